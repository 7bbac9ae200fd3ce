"""The statements over shared limits."""

from typing import Any

from sqlalchemy import DateTime, Integer, Text, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from src.core import shared_limit_table
from src.core.database import Query
from src.core.tables import metadata

_table = metadata.tables[str(shared_limit_table.SharedLimit.__tablename__)]
_key = bindparam("key", type_=Text)
_now = bindparam("now", type_=DateTime(timezone=True))
_this_one = _table.c.key == _key

TAKE = """
INSERT INTO shared_limit AS held (key, taken, was_taken, forgotten_at)
SELECT :limit_key, ARRAY[:taken_at], true, :forgotten_at WHERE :limit_key IS NOT NULL
ON CONFLICT (key) DO UPDATE SET (taken, was_taken, forgotten_at) = (
    SELECT CASE WHEN judged.may THEN array_append(judged.recent, :taken_at) ELSE judged.recent END,
           judged.may,
           excluded.forgotten_at
    FROM (
        SELECT ARRAY(
                   SELECT instant FROM unnest(held.taken) AS instant
                   WHERE instant > :taken_at - (excluded.forgotten_at - :taken_at)
                   ORDER BY instant
               ) AS recent,
               NOT EXISTS (
                   SELECT FROM unnest(:mosts, :spans) AS given(most, seconds)
                   WHERE given.most <= (
                       SELECT count(*) FROM unnest(held.taken) AS instant
                       WHERE instant > :taken_at - make_interval(secs => given.seconds)
                   )
               ) AS may
    ) AS judged
)
RETURNING taken, was_taken
"""
"""Takes from the limits of a key, or does nothing where that is NULL; the parameters are those of `Take`."""
TAKE_TYPES: dict[str, Any] = {
    "limit_key": Text,
    "taken_at": DateTime(timezone=True),
    "mosts": ARRAY(Integer),
    "spans": ARRAY(Integer),
    "forgotten_at": DateTime(timezone=True),
}
NOTHING_TAKEN: dict[str, Any] = dict.fromkeys(TAKE_TYPES)
"""The parameters with which `TAKE` does nothing."""

TAKE_ALONE = Query(text(TAKE).bindparams(*(bindparam(name, type_=kind) for name, kind in TAKE_TYPES.items())))
GIVE_BACK = Query(
    text("""
UPDATE shared_limit
SET taken = taken[1 : array_position(taken, :now) - 1] || taken[array_position(taken, :now) + 1 : ]
WHERE key = :key AND array_position(taken, :now) IS NOT NULL
""").bindparams(_key, _now)
)
CLEAR = Query(delete(_table).where(_this_one))
_over = select(_table.c.key).where(_table.c.forgotten_at < _now).limit(1000).with_for_update(skip_locked=True)
# A row that somebody holds is left for next time: waiting here with others locked could end in a deadlock.
PURGE = Query(delete(_table).where(_table.c.key.in_(_over)))
