"""The README's commands do what it says."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


PORT = free_port()


def environment(data_dir: Path) -> dict[str, str]:
    """A newcomer's: no settings, and the commands that `uv run` would find."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "PORT": str(PORT), "DATA_DIR": str(data_dir), "LLM_PROVIDER": "local"}


def as_run_here(command: str) -> str:
    command = command.replace("python3 -m pip install uv && ", "")
    return re.sub(r"(python3 -m )?uv run ", "", command).replace("localhost:8000", f"localhost:{PORT}")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The README's first command, running; gives the environment in which to run the others."""
    env = environment(tmp_path_factory.mktemp("readme"))
    process = subprocess.Popen(
        as_run_here(BLOCKS[0]),
        shell=True,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    greeting = []
    for line in process.stdout:
        greeting.append(line)
        if line.startswith("curl"):
            break
    yield env | {"GREETING": "".join(greeting)}
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    process.stdout.close()


def run(command: str, env: dict[str, str]) -> str:
    done = subprocess.run(command, shell=True, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_first_two_commands_set_everything_up() -> None:
    assert BLOCKS[0].startswith("python3 -m pip install uv && python3 -m uv run todo")
    assert BLOCKS[1].strip() == "python3 -m uv run pytest"


def test_the_greetings_curl_adds_a_task(service: dict[str, str]) -> None:
    curl = next(line for line in service["GREETING"].splitlines() if line.startswith("curl"))

    answer = json.loads(run(f"{curl} -s", service))

    assert answer["tool_calls"][0]["tool"] == "add_task"
    assert "call mom" in answer["response"]


def test_the_examples_answer_as_shown(service: dict[str, str]) -> None:
    chat, requests = (as_run_here(block) for block in BLOCKS[2:4])
    token = chat.splitlines()[0]
    listing, creation = requests.split("\ncurl")

    answer = json.loads(run(chat, service))
    created = json.loads(run(f"{token}\ncurl {creation}", service))
    listed = json.loads(run(f"{token}\n{listing}", service))

    shown = json.loads(re.findall(r"```json\n(.*?)```", README, re.DOTALL)[0])
    assert answer.keys() == shown.keys()
    assert answer["tool_calls"][0].keys() == shown["tool_calls"][0].keys()
    assert created["recurrence"]["text"] == "every month on the 1st"
    assert {task["title"] for task in listed["items"]} == {"call mom", "Pay rent"}


def test_ci_runs_the_very_commands_of_the_gate() -> None:
    gate = next(block for block in BLOCKS if "lint-imports" in block)
    ci = (ROOT / ".ci" / "run").read_text()

    assert [line for line in gate.splitlines() if line not in ci] == []
