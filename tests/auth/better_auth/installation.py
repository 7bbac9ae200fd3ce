"""A real Better Auth: installed once from its lock file, outside this tree, and run beside the tests."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_PACKAGE_FILES = ("package.json", "package-lock.json")
_INSTALL_SECONDS = 300
_START_SECONDS = 60


class NotInstalled(Exception):
    """Better Auth cannot run here, with the reason why."""


def installation() -> Path:
    """The folder with the packages of the lock file, installed by whoever comes first.

    Raises:
        NotInstalled: Node.js is missing, `npm ci` failed, or there is no place for what it installs.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstalled(f"{program} is not installed")
    locked = b"".join((FOLDER / name).read_bytes() for name in _PACKAGE_FILES)
    home = _cache() / f"better-auth-{hashlib.sha256(locked).hexdigest()[:16]}"
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotInstalled(f"{home.parent} cannot be made: {error}") from error
    with home.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not home.exists():
            _install(home)
    return home


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "todo-ai"


def _install(home: Path) -> None:
    """Install beside the place and move there at the end: what is there is whole."""
    with tempfile.TemporaryDirectory(dir=home.parent) as made:
        for name in _PACKAGE_FILES:
            shutil.copy(FOLDER / name, made)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            subprocess.run(command, cwd=made, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
        except subprocess.CalledProcessError as error:
            raise NotInstalled(f"npm ci failed: {error.stderr.decode()[-500:]}") from error
        except subprocess.TimeoutExpired as error:
            raise NotInstalled("npm ci did not end") from error
        Path(made).rename(home)
        Path(made).mkdir()  # What the context manager removes.


@contextmanager
def better_auths(database_url: str, servers: dict[str, dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Running servers and their addresses, by name; they end with this process, however it ends."""
    with tempfile.TemporaryFile() as log, _process(installation(), log) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"database": database_url, "servers": servers}) + "\n")
        process.stdin.flush()
        ready = _first_line(process)
        if not ready:
            log.seek(0)
            raise NotInstalled(f"Better Auth did not start: {log.read().decode()[-2000:]}")
        yield json.loads(ready)


@contextmanager
def _process(home: Path, log: Any) -> Iterator["subprocess.Popen[str]"]:
    # Node.js finds packages beside a file, but beside the folder it runs in where the program is no file.
    command = ["node", "--input-type=module", "--eval", (FOLDER / "server.mjs").read_text()]
    with subprocess.Popen(
        command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _first_line(process: "subprocess.Popen[str]") -> str:
    """What a process says first; nothing where it says nothing in a minute."""
    assert process.stdout is not None
    impatience = threading.Timer(_START_SECONDS, process.kill)
    impatience.start()
    try:
        return process.stdout.readline()
    finally:
        impatience.cancel()
