"""The `todo` command, and a whole service from nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jwt
import pytest
from typer.testing import CliRunner

from src.cli import cli

ROOT = Path(__file__).resolve().parents[1]
SERVE = [sys.executable, "-m", "src.cli", "serve"]
UVICORN = [sys.executable, "-m", "uvicorn", "src.main:app"]
SECRET = "q7Zr0vX2mK9wB4tN6yH1sD8fG3jL5pC0aE"


def variables(folder: Path, **given: str) -> dict[str, str]:
    """The environment of a machine on which nothing is configured."""
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), **given}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="todo-test-", dir="/tmp") as path:
        Path(path).chmod(0o755)
        yield Path(path)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def todo(folder: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "src.cli", *arguments],
        cwd=folder,
        env=variables(folder, **given),
        input="Add a task to water the plants\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def service(folder: Path, command: list[str], port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A service and the line that its greeting offers for pasting."""
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=folder,
        env=variables(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            yield process, next((line for line in process.stdout if line.startswith("curl ")), "")
        finally:
            process.kill()


def pasted(line: str) -> httpx.Response:
    """What the line of the greeting would get from the service."""
    url, body = re.findall(r"curl (\S+)", line)[0], re.findall(r"-d '(.+)'", line)[0]
    headers = dict(header.split(": ") for header in re.findall(r"-H '([^']+)'", line))
    return httpx.post(url, headers=headers, content=body, timeout=30)


def test_a_token_speaks_for_its_user_for_some_days(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)

    result = CliRunner().invoke(cli, ["token", "ann", "--days", "3"])

    claims = jwt.decode(result.stdout.strip(), SECRET, algorithms=["HS256"])
    assert claims["sub"] == "ann"
    assert claims["exp"] - claims["iat"] == 3 * 24 * 3600


@pytest.mark.parametrize("command", [["token", "ann"], ["chat"]])
def test_where_no_token_of_the_secret_is_accepted_none_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    production = {
        "ENVIRONMENT": "production",
        "BETTER_AUTH_SECRET": SECRET,
        "DATABASE_URL": "postgresql://ann@db.example/todo",
        "BETTER_AUTH_URL": "https://app.example",
        "JWT_ALGORITHM": "EdDSA",
    }
    for name, value in production.items():
        monkeypatch.setenv(name, value)

    result = CliRunner().invoke(cli, command)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "JWT_ALGORITHM=EdDSA" in result.stderr
    assert "personal access token" in result.stderr


@pytest.mark.parametrize("days", ["0", "366"])
def test_a_token_lives_at_most_a_year(days: str) -> None:
    result = CliRunner().invoke(cli, ["token", "ann", "--days", days])

    assert result.exit_code == 2


@pytest.mark.parametrize("command", ["serve", "token", "migrate", "chat"])
def test_unusable_settings_end_every_command_with_sentences(folder: Path, command: str) -> None:
    arguments = [command, "ann"] if command == "token" else [command]

    done = todo(folder, *arguments, ENVIRONMENT="production")

    assert done.returncode == 78
    assert [line.split()[1] for line in done.stderr.splitlines()] == ["BETTER_AUTH_SECRET", "DATABASE_URL"]
    assert list(folder.iterdir()) == []


def test_the_schema_is_printed_without_settings_or_database(folder: Path) -> None:
    done = todo(folder, "openapi", ENVIRONMENT="production")

    assert "/api/{user_id}/tasks" in json.loads(done.stdout)["paths"]
    assert list(folder.iterdir()) == []


def test_a_database_that_is_away_is_told_in_one_sentence(folder: Path) -> None:
    done = todo(folder, "migrate", DATABASE_URL=f"postgresql://ann:hunter2@127.0.0.1:{free_port()}/todo")

    assert done.returncode == 1
    assert re.fullmatch(r"todo: The database does not answer: .+\n", done.stderr)
    assert "hunter2" not in done.stderr


def test_migrating_twice_is_harmless(folder: Path) -> None:
    first, second = todo(folder, "migrate"), todo(folder, "migrate")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.endswith("has the newest schema.\n")


@pytest.mark.parametrize(("command", "sign"), [(SERVE, signal.SIGINT), (UVICORN, signal.SIGTERM)])
def test_from_nothing_to_an_answer_and_a_clean_end(
    folder: Path, command: list[str], sign: signal.Signals
) -> None:
    with service(folder, command, free_port()) as (process, line):
        answer = pasted(line)
        process.send_signal(sign)
        process.wait(timeout=30)

    assert answer.status_code == 200, answer.text
    assert process.returncode in {0, -sign}
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_a_killed_service_neither_blocks_nor_slows_the_next_start(folder: Path) -> None:
    with service(folder, SERVE, free_port()) as (process, line):
        pasted(line)
        process.kill()

    began = time.monotonic()
    with service(folder, SERVE, free_port()) as (process, line):
        seconds = time.monotonic() - began
        answer = pasted(line)
        process.terminate()
        process.wait(timeout=30)

    assert answer.status_code == 200
    assert seconds < 10  # Three on an idle machine; the tests may share theirs.


def test_two_services_of_a_folder_share_the_database_and_the_secret(folder: Path) -> None:
    with service(folder, SERVE, free_port()) as (first, line):
        other_port = free_port()
        with service(folder, SERVE, other_port) as (second, _):
            elsewhere = re.sub(r"localhost:\d+", f"localhost:{other_port}", line)
            first_answer = pasted(elsewhere)
            first.terminate()
            first.wait(timeout=30)
            second_answer = pasted(elsewhere)
            second.terminate()
            second.wait(timeout=30)

    assert [first_answer.status_code, second_answer.status_code] == [200, 200]
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_chat_brings_its_own_service_along(folder: Path) -> None:
    done = todo(folder, "chat", PORT=str(free_port()))

    assert done.returncode == 0, done.stderr
    assert "add_task" in done.stdout
    assert done.stderr == ""
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_chat_tells_when_the_service_refuses_the_token(folder: Path) -> None:
    with service(folder, SERVE, free_port()) as (process, line):
        url = re.findall(r"curl (http://[^/]+)", line)[0]
        done = todo(folder, "chat", "--url", url, "--token", "wrong")
        process.terminate()
        process.wait(timeout=30)

    assert done.returncode == 1
    assert "token" in done.stdout.lower()


def test_a_provider_without_its_key_is_told_at_the_start(folder: Path) -> None:
    done = subprocess.run(
        SERVE,
        cwd=folder,
        env=variables(folder, LLM_PROVIDER="groq"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 78
    assert "GROQ_API_KEY" in done.stderr
    assert "Traceback" not in done.stderr
