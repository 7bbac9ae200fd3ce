"""Which tokens of accounts were not signed out."""

from uuid import UUID

from src.accounts.repository import AccountRepository
from src.core.database import Executor


class AccountSessionDirectory:
    """The `AccountSessions` of `auth`: one indexed read for each request."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def is_alive(self, token_id: str, user_id: str) -> bool:
        session_id = session_id_of(token_id)
        return session_id is not None and await AccountRepository(self._executor, user_id).has_session(
            session_id
        )


def session_id_of(token_id: str) -> UUID | None:
    """A token's `jti` as the id of its session; None where it is none."""
    try:
        return UUID(token_id)
    except ValueError:
        return None
