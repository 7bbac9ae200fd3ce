"""Passwords that are tried first: those of `common_passwords.txt`.

The list was put together by hand, in small letters and of eight characters and more, from the patterns that
every published ranking shares: keyboard walks, names of the thing itself, years and exclamation marks, wishes
and idols. Repetitions and plain sequences are not on it, since rules refuse them.
"""

from functools import cache
from pathlib import Path


@cache
def common_passwords() -> frozenset[str]:
    return frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())
