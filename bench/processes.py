"""What the kernel knows about a process: the time it took and the memory it holds."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """The processor time of a process since its start, in user mode and in the kernel."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes(pid: int) -> int:
    """The memory of a process that is in use now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES


def open_files(pid: int) -> int:
    """How many files and connections a process holds open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def family_cpu_seconds(parent: int) -> float:
    """The processor time of a process and of its living children, such as PostgreSQL's backends."""
    total = cpu_seconds(parent)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if int(_stat(int(folder.name))[1]) == parent:
                    total += cpu_seconds(int(folder.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # It ended while we were looking.
    return total


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may hold spaces: the first is the state, the second the parent."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
