"""Mark the indexed words of tasks by their owner, so that a search reads no other user's."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# A mark narrows a search, and user_id decides: two owners may share one. With it, a word may have 2046 bytes.
# The cost keeps PostgreSQL from marking the words of task after task where the index knows them.
WORDS = """
CREATE FUNCTION owned_words(owner text, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT left(md5(owner), 8) || left(word, 500) FROM unnest(tsvector_to_array(words)) AS word
    ))
$$
"""

# In a query's text each word stands in quotes, with its own doubled, and only outside of words are spaces.
# Marked words have no positions: those that should follow each other need only be there.
QUERY = r"""
CREATE FUNCTION owned_query(owner text, words tsquery) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(words::text, ' <(-|[0-9]+)> ', ' & ', 'g'),
        '''((?:[^'']|'''')*)''', '''' || left(md5(owner), 8) || '\1''', 'g'
    )::tsquery
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(WORDS)
    op.execute(QUERY)
    # For a million tasks this takes about 15 seconds; they can be read meanwhile, but not changed.
    op.create_index(
        "ix_task_user_id_owned_words",
        "task",
        ["user_id", sa.text("owned_words(user_id, search_vector)")],
        postgresql_using="gin",
    )
    op.drop_index("ix_task_user_id_search_vector", table_name="task")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_task_user_id_search_vector", "task", ["user_id", "search_vector"], postgresql_using="gin"
    )
    op.drop_index("ix_task_user_id_owned_words", table_name="task")
    op.execute("DROP FUNCTION owned_query")
    op.execute("DROP FUNCTION owned_words")
