"""A PostgreSQL of one's own for development and tests, started on demand and stopped by its last user.

Who uses the server of a folder is told by shared locks on a file, which the kernel drops with the process:
a killed service is no longer counted, and blocks nothing.
"""

import fcntl
import os
import re
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from src.core.postgres_account import EmbeddedPostgresFailed, account_for

MAJOR_VERSION = "18"
_PATIENCE_SECONDS = 60
_ATTEMPTS = 3
_PAUSE_SECONDS = 0.1
# A socket's path may have 103 bytes on macOS and 107 on Linux; PostgreSQL adds `/.s.PGSQL.65535.lock`.
_MAX_SOCKET_FOLDER_LENGTH = 80
_PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class EmbeddedPostgres:
    """A running PostgreSQL over the folder `data_dir/postgres`, which every process on that folder shares.

    With `durable=False` a crash of the machine may lose the data; tests start and write faster that way.

    Raises:
        EmbeddedPostgresFailed: the package is missing, or PostgreSQL does not start.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._home = data_dir.absolute()
        self._link = self._home / "postgres"
        self._is_durable = durable
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            self._users = (self._home / "postgres.users").open("a")
            with self._alone():
                self._join()
        except PermissionError as error:
            message = f"{self._home} cannot be used by this user: remove it, or start as its owner."
            raise EmbeddedPostgresFailed(message) from error

    def __enter__(self) -> "EmbeddedPostgres":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        where = urlencode({"host": self._socket_folder, "port": self._port})
        return f"postgresql://postgres@/postgres?{where}"

    def close(self) -> None:
        """Leave the server; the last to leave stops it."""
        if self._users.closed:
            return
        if not self._home.exists():
            # PostgreSQL notices within a minute that its folder was removed, and ends itself.
            self._users.close()
            return
        with self._alone(), self._users:
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._stop()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._home / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        try:
            self._account = account_for(self._link)
            self._data = self._ready_data_folder()
            self._ensure_running()
            self._port, self._socket_folder = self._postmaster_lines()[3:5]
            fcntl.flock(self._users, fcntl.LOCK_SH)
        except BaseException:
            self._users.close()
            raise

    def _ready_data_folder(self) -> Path:
        data = self._link.resolve()
        if not (data / "PG_VERSION").exists():
            return self._initialised()
        version = (data / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise EmbeddedPostgresFailed(
                f"{data} was made by PostgreSQL {version}, this is {MAJOR_VERSION}: move the folder away."
            )
        self._account.adopt(data)
        return data

    def _initialised(self) -> Path:
        data = self._account.place_for_data(self._link, is_temporary=not self._is_durable)
        unfinished = data.with_name(f"{data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._account.own(unfinished)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        options += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        options += [] if self._is_durable else ["--no-sync"]
        try:
            self._run("initdb", *options, "-D", unfinished)
        except subprocess.CalledProcessError as error:
            raise EmbeddedPostgresFailed(f"PostgreSQL could not be set up: {error.stderr.strip()}") from error
        unfinished.rename(data)
        return data

    def _ensure_running(self) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            if self._is_running():
                return
            try:
                self._start()
            except subprocess.CalledProcessError as error:
                if attempt == _ATTEMPTS:
                    raise EmbeddedPostgresFailed(f"PostgreSQL did not start: {self._last_words()}") from error
                # What is left of a killed server needs a moment to notice.
                time.sleep(_PAUSE_SECONDS * 5)
            else:
                return

    def _is_running(self) -> bool:
        """Whether a postmaster serves the folder; one that is starting or stopping is waited for."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._has_postmaster():
            lines = self._postmaster_lines()
            if len(lines) > 7 and lines[7] == "ready":
                return True
            if time.monotonic() > deadline:
                raise EmbeddedPostgresFailed(f"The PostgreSQL of {self._data} neither starts nor stops.")
            time.sleep(_PAUSE_SECONDS)
        return False

    def _has_postmaster(self) -> bool:
        """Whether the process that `postmaster.pid` names lives and is this folder's PostgreSQL."""
        lines = self._postmaster_lines()
        if not lines:
            return False
        try:
            os.kill(int(lines[0]), 0)
            arguments = Path(f"/proc/{lines[0]}/cmdline").read_bytes().split(b"\0")
        except ProcessLookupError:
            return False
        except (FileNotFoundError, PermissionError):
            return not Path("/proc/self").exists()  # Without /proc, alive is all there is to know.
        return Path(os.fsdecode(arguments[0])).name == "postgres" and os.fsencode(self._data) in arguments

    def _postmaster_lines(self) -> list[str]:
        try:
            text = (self._data / "postmaster.pid").read_text()
        except FileNotFoundError:
            return []
        return [line.strip() for line in text.splitlines()]

    def _start(self) -> None:
        # PostgreSQL would take a stranger who got the dead server's process id for that server.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self._data.glob(".s.PGSQL.*"):
            leftover.unlink()
        settings = [
            "listen_addresses=",
            # A name of its own: a forgotten server of a removed folder deletes its socket when it ends.
            f"port={10_000 + secrets.randbelow(50_000)}",
            f"unix_socket_directories={self._new_socket_folder()}",
            "timezone=UTC",
            *(() if self._is_durable else _NOT_DURABLE),
        ]
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
        log = self._data / "server.log"
        log.unlink(missing_ok=True)
        wait = ("-w", "-t", str(_PATIENCE_SECONDS))
        self._run("pg_ctl", "start", *wait, "-D", self._data, "-l", log, "-o", options)

    def _new_socket_folder(self) -> Path:
        path = str(self._data)
        if len(path) <= _MAX_SOCKET_FOLDER_LENGTH and _PLAIN_PATH.fullmatch(path):
            return self._data
        folder = Path(tempfile.mkdtemp(prefix="todo-", dir="/tmp"))  # TMPDIR may be as long.
        self._account.own(folder)
        return folder

    def _stop(self) -> None:
        if not self._has_postmaster():
            return
        wait = ("-w", "-t", str(_PATIENCE_SECONDS))
        try:
            self._run("pg_ctl", "stop", *wait, "-m", "fast", "-D", self._data)
        except subprocess.CalledProcessError as error:
            if self._has_postmaster():
                raise EmbeddedPostgresFailed(f"PostgreSQL did not stop: {error.stderr.strip()}") from error
        if Path(self._socket_folder) != self._data:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def _last_words(self) -> str:
        log = self._data / "server.log"
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        fatal = [line for line in lines if "FATAL" in line]
        return (fatal or lines or ["it gave no reason."])[-1]

    def _run(self, program: str, *arguments: str | Path) -> None:
        self._account.run([str(self._account.programs / program), *map(str, arguments)])
