"""Debian's PgBouncer in transaction mode, in front of the PostgreSQL of the tests."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.core.database_url import DatabaseAddress
from tests.faults.waiting import until

PROGRAM = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
_OPTIONS = """
[databases]
* = host={host} port={port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 5
logfile = {folder}/log
"""


def knows_prepared_statements() -> bool:
    """Since 1.21 PgBouncer keeps track of them where `max_prepared_statements` is set."""
    if PROGRAM is None:
        return False
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"PgBouncer (\d+)\.(\d+)", told)
    return found is not None and (int(found[1]), int(found[2])) >= (1, 21)


@contextmanager
def pgbouncer(server: DatabaseAddress, **options: str | int) -> Iterator[str]:
    """A running PgBouncer with some options of its own; yields `127.0.0.1:port`."""
    assert PROGRAM is not None
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="todo-pgbouncer-", dir="/tmp"))
    if user is not None:
        shutil.chown(folder, user)
    port = _free_port()
    text = _OPTIONS.format(host=server.host, port=server.port, listen_port=port, folder=folder)
    (folder / "ini").write_text(text + "".join(f"{name} = {value}\n" for name, value in options.items()))
    # It refuses to run as root.
    process = subprocess.Popen([PROGRAM, "-q", str(folder / "ini")], user=user, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port), f"PgBouncer listens: {folder}/log")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
