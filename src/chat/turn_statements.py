"""The statements of a turn, from the lease of its conversation to its end; all are of one user's rows.

What belongs together is one statement: each costs a round trip, and each that changes something a commit.
"""

import re
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from src.core.database import Query
from src.core.shared_limit_statements import TAKE, TAKE_TYPES

_zoned = DateTime(timezone=True)
_TYPES: dict[str, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    "owner": Text,
    "conversation_id": BigInteger,
    "title": Text,
    "this_turn": Uuid,
    "lease_seconds": Integer,
    "page_size": Integer,
    "now": _zoned,
    "item_id": Text,
    "kind": Text,
    "item": JSONB,
    "item_at": _zoned,
    "provider": Text,
    "model": Text,
    "outcome": Text,
    "requests": Integer,
    "input_tokens": Integer,
    "output_tokens": Integer,
    "started_at": _zoned,
    "finished_at": _zoned,
    **TAKE_TYPES,
}


_PARAMETER = re.compile(r":(\w+)")


def _query(statement: str) -> Query:
    names = set(_PARAMETER.findall(statement))
    return Query(text(statement).bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names)))


_SETTINGS = """
(SELECT json_build_object('timezone', timezone, 'week_start', week_start, 'date_order', date_order)
 FROM user_settings WHERE user_id = :owner) AS settings"""
_ITEMS = """
(SELECT coalesce(json_agg(json_build_object('kind', kind, 'item', item) ORDER BY position), '[]')
 FROM conversation_item
 WHERE user_id = :owner AND conversation_id = :conversation_id AND position >= (
     SELECT min(position) FROM (
         SELECT position FROM conversation_item
         WHERE user_id = :owner AND conversation_id = :conversation_id
             AND kind IN ('user_message', 'assistant_message')
         ORDER BY position DESC
         LIMIT :page_size
     ) AS latest
 ))"""
# Leases are told by the database's clock, the one clock that all instances share. Of one who has said too
# much nothing is stored: then there is no id.
BEGIN_NEW = _query(f"""
WITH counted AS ({TAKE}), begun AS (
    INSERT INTO conversation (user_id, title, details, created_at, updated_at, turn_id, turn_expires_at)
    SELECT :owner, :title, '{{}}', :now, :now, :this_turn,
           clock_timestamp() + make_interval(secs => :lease_seconds)
    WHERE NOT EXISTS (SELECT FROM counted WHERE NOT was_taken)
    RETURNING id
), said AS (
    INSERT INTO conversation_item (user_id, conversation_id, id, kind, item, created_at)
    SELECT :owner, id, :item_id, :kind, :item || jsonb_build_object('thread_id', CAST(id AS text)), :item_at
    FROM begun WHERE :item_id IS NOT NULL
)
SELECT begun.id, {_SETTINGS}, CAST('[]' AS json) AS items, counted.taken, counted.was_taken
FROM (VALUES (1)) AS always LEFT JOIN counted ON true LEFT JOIN begun ON true
""")  # noqa: S608 - all of it is written here.
BEGIN = _query(f"""
WITH counted AS ({TAKE}), begun AS (
    UPDATE conversation SET
        turn_id = :this_turn,
        turn_expires_at = clock_timestamp() + make_interval(secs => :lease_seconds),
        updated_at = coalesce(:item_at, updated_at)
    WHERE user_id = :owner AND id = :conversation_id
        AND (turn_id IS NULL OR turn_expires_at < clock_timestamp())
        AND coalesce(details -> 'status' ->> 'type', '') NOT IN ('locked', 'closed')
        AND NOT EXISTS (SELECT FROM counted WHERE NOT was_taken)
    RETURNING id
), said AS (
    INSERT INTO conversation_item (user_id, conversation_id, id, kind, item, created_at)
    SELECT :owner, id, :item_id, :kind, :item, :item_at FROM begun WHERE :item_id IS NOT NULL
)
SELECT begun.id, {_SETTINGS}, CASE WHEN begun.id IS NOT NULL THEN {_ITEMS} END AS items,
    counted.taken, counted.was_taken
FROM (VALUES (1)) AS always LEFT JOIN counted ON true LEFT JOIN begun ON true
""")  # noqa: S608 - as above.
READ = _query(f"SELECT {_SETTINGS}, {_ITEMS} AS items")
APPEND = _query("""
WITH touched AS (
    UPDATE conversation SET updated_at = :now WHERE user_id = :owner AND id = :conversation_id RETURNING id
)
INSERT INTO conversation_item (user_id, conversation_id, id, kind, item, created_at)
SELECT :owner, id, :item_id, :kind, :item, :item_at FROM touched
ON CONFLICT DO NOTHING
""")
# A turn whose lease ran out does not end the next one's.
FINISH = _query("""
WITH ended AS (
    UPDATE conversation SET
        turn_id = nullif(turn_id, :this_turn),
        turn_expires_at = CASE WHEN turn_id <> :this_turn THEN turn_expires_at END,
        updated_at = coalesce(:item_at, updated_at)
    WHERE user_id = :owner AND id = :conversation_id
    RETURNING id
), answered AS (
    INSERT INTO conversation_item (user_id, conversation_id, id, kind, item, created_at)
    SELECT :owner, id, :item_id, :kind, :item, :item_at FROM ended WHERE :item_id IS NOT NULL
    ON CONFLICT DO NOTHING
)
INSERT INTO chat_turn (
    user_id, id, conversation_id, provider, model, outcome, requests, input_tokens, output_tokens,
    started_at, finished_at
)
VALUES (
    :owner, :this_turn, :conversation_id, :provider, :model, :outcome, :requests, :input_tokens,
    :output_tokens, :started_at, :finished_at
)
ON CONFLICT DO NOTHING
""")
RELEASE = _query("""
UPDATE conversation SET turn_id = NULL, turn_expires_at = NULL
WHERE user_id = :owner AND id = :conversation_id AND turn_id = :this_turn
""")
DELETE_EMPTY = _query("""
DELETE FROM conversation AS held
WHERE user_id = :owner AND id = :conversation_id AND turn_id = :this_turn AND NOT EXISTS (
    SELECT FROM conversation_item WHERE user_id = :owner AND conversation_id = held.id
)
""")
FIND = _query("SELECT id FROM conversation WHERE user_id = :owner AND turn_id = :this_turn")
