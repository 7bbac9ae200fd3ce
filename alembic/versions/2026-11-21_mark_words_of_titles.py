"""Mark the indexed words of tasks by whether titles say them, so that the best matches are found alone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A mark narrows a search, and user_id decides: two owners may share one. With it, a word may have 2046 bytes.
# The cost keeps PostgreSQL from marking the words of task after task where the index knows them.
WORDS = """
CREATE FUNCTION marked_words(owner text, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT left(md5(owner), 8) || CASE WHEN 'A' = ANY (weights) THEN 't' ELSE 'o' END || left(lexeme, 500)
        FROM unnest(words)
    ))
$$
"""

# In a query's text each word stands in quotes, with its own doubled, and behind a beginning a star.
# Marked words have no positions, so none can be asked to follow another. It is not parallel safe: a search
# that is split between processes spends its time on starting them.
QUERY = r"""
CREATE FUNCTION marked_query(owner text, words tsquery, in_title boolean) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL UNSAFE AS $$
    SELECT regexp_replace(
        words::text,
        '''((?:[^'']|'''')*)''(:\*)?',
        format(
            CASE WHEN in_title THEN '''%1$st\1''\2' ELSE '(''%1$st\1''\2 | ''%1$so\1''\2)' END,
            left(md5(owner), 8)
        ),
        'g'
    )::tsquery
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(WORDS)
    op.execute(QUERY)
    # For a million tasks this takes about 15 seconds; they can be read meanwhile, but not changed.
    op.create_index(
        "ix_task_marked_words",
        "task",
        [sa.text("marked_words(user_id, search_vector)")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index("ix_task_user_id_owned_words", table_name="task")
    # 0013's functions stay: during a roll-out, instances of the code before this still search by them.
    # What waits to be sorted in is read whole by every lookup: after 5,000 tasks, for a millisecond.
    op.execute("ALTER INDEX ix_task_user_id_tag_keys SET (fastupdate = off)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER INDEX ix_task_user_id_tag_keys RESET (fastupdate)")
    op.create_index(
        "ix_task_user_id_owned_words",
        "task",
        ["user_id", sa.text("owned_words(user_id, search_vector)")],
        postgresql_using="gin",
    )
    op.drop_index("ix_task_marked_words", table_name="task")
    op.execute("DROP FUNCTION marked_query")
    op.execute("DROP FUNCTION marked_words")
