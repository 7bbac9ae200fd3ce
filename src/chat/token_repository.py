"""The statement over the tokens that one user's turns took."""

from datetime import datetime

from sqlalchemy import DateTime, Text, bindparam, func, select

from src.chat import models
from src.core.database import Executor, Query
from src.core.tables import metadata

FREE_PROVIDER = "local"
"""The built-in model, whose tokens nobody pays for."""

_turn = metadata.tables[str(models.ChatTurn.__tablename__)]


class TokenRepository:
    """The tokens of one user."""

    def __init__(self, executor: Executor, user_id: str) -> None:
        self._executor = executor
        self._owner = user_id

    async def spent(self, since: datetime, day_began_at: datetime) -> tuple[int, int]:
        """The tokens of the turns begun since an instant, and of those since a day began, which is later."""
        row = await self._executor.fetch_one(
            _spent, owner=self._owner, since=since, day_began_at=day_began_at
        )
        return (int(row["lately"]), int(row["today"])) if row else (0, 0)


_zoned = DateTime(timezone=True)
_tokens = func.coalesce(func.sum(_turn.c.input_tokens + _turn.c.output_tokens), 0)
_today = func.coalesce(
    func.sum(_turn.c.input_tokens + _turn.c.output_tokens).filter(
        _turn.c.started_at >= bindparam("day_began_at", type_=_zoned)
    ),
    0,
)
_spent = Query(
    select(_tokens.label("lately"), _today.label("today")).where(
        _turn.c.user_id == bindparam("owner", type_=Text),
        _turn.c.started_at >= bindparam("since", type_=_zoned),
        _turn.c.provider.is_distinct_from(FREE_PROVIDER),
    )
)
