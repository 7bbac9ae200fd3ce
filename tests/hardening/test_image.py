"""What the Dockerfile promises, read without an engine."""

import json
import re
import shlex
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_LINES = (_ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
INSTRUCTIONS = [
    (name.upper(), " ".join(rest.split()))
    for name, _, rest in (line.strip().partition(" ") for line in _LINES if line and not line.startswith("#"))
]
_LAST_FROM = max(at for at, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM")
FINAL = INSTRUCTIONS[_LAST_FROM + 1 :]


def of_final(name: str) -> list[str]:
    return [rest for each, rest in FINAL if each == name]


def test_what_compiles_stays_behind_in_a_stage_of_its_own() -> None:
    stages = [rest for name, rest in INSTRUCTIONS if name == "FROM"]

    assert [bool(re.search(r" AS \w+$", stage)) for stage in stages] == [True] * (len(stages) - 1) + [False]
    assert [rest for rest in of_final("COPY") if not rest.startswith("--from=")] == []
    assert not any("apt-get" in rest or "uv " in rest for rest in of_final("RUN"))


def test_any_builder_takes_it() -> None:
    text = "\n".join(_LINES)

    assert not text.startswith("# syntax")
    assert "--mount" not in text
    assert "<<" not in text


def test_dependencies_are_those_of_the_lock_without_the_tools_of_developers() -> None:
    syncs = [
        step for name, rest in INSTRUCTIONS if name == "RUN" for step in rest.split("&&") if "uv sync" in step
    ]

    assert len(syncs) == 2
    for step in syncs:
        assert {"--frozen", "--no-dev"} <= set(shlex.split(step.replace("(", " ").replace(")", " ")))
    environment = " ".join(rest for name, rest in INSTRUCTIONS if name == "ENV")
    assert "UV_COMPILE_BYTECODE=1" in environment
    assert "UV_NO_CACHE=1" in environment


def test_it_runs_as_the_user_of_spaces_who_can_change_no_code() -> None:
    assert of_final("USER") == ["1000"]
    assert not any("--chown" in rest for rest in of_final("COPY"))
    assert "DATA_DIR=/tmp/todo" in " ".join(of_final("ENV"))
    names = [name for name, _ in FINAL]
    assert "USER" in names
    assert {"RUN", "COPY"}.isdisjoint(names[names.index("USER") :])


@pytest.mark.parametrize("name", ["CMD", "HEALTHCHECK"])
def test_no_shell_stands_between_signals_and_the_process(name: str) -> None:
    (rest,) = of_final(name)

    command = json.loads(rest[rest.index("[") :])

    assert command
    assert "sh" not in {Path(command[0]).name, Path(command[0]).stem.removesuffix("ba")}


def test_no_secret_and_no_history_gets_in() -> None:
    ignored = (_ROOT / ".dockerignore").read_text().split()
    sources = [word for name, rest in INSTRUCTIONS if name == "COPY" for word in rest.split()[:-1]]

    assert {".env", ".git", ".venv"} <= {
        line.strip("/").removesuffix("*") for line in ignored
    } or "*" in ignored
    assert "." not in sources
    assert [rest for name, rest in INSTRUCTIONS if name in ("ARG", "ENV") and "SECRET" in rest] == []
