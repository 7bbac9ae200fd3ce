"""The names by which tasks and series are known outside, wherever they move."""

import hashlib
import re
from datetime import UTC, datetime
from enum import StrEnum

_OWN_UID = re.compile(r"(task|series)-([1-9][0-9]{0,17})-[0-9a-f]{24}@todo-ai")


class OriginKind(StrEnum):
    """What has a name of its own outside."""

    TASK = "task"
    SERIES = "series"


def uid_of(user_id: str, kind: OriginKind, row_id: int, created_at: datetime) -> str:
    """The lasting name of a row: made of what never changes, and saying nothing of whose it is.

    `created_at` is an aware instant. The same id in another account or another database is another name.
    """
    made_of = f"{user_id}\n{kind}\n{row_id}\n{created_at.astimezone(UTC).isoformat()}"
    return f"{kind}-{row_id}-{hashlib.sha256(made_of.encode()).hexdigest()[:24]}@todo-ai"


def row_id_in(uid: str) -> int | None:
    """The id that a name of ours holds; None for a name that others gave."""
    match = _OWN_UID.fullmatch(uid)
    return int(match[2]) if match else None
