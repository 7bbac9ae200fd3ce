"""Count tags as tasks change, not when somebody looks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Tags are counted in one order by everybody, so that two writers never wait for each other in a circle.
COUNT = """
CREATE FUNCTION count_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE tag_usage SET usage_count = usage_count - 1
        FROM (
            SELECT tag_key FROM tag_usage
            WHERE user_id = OLD.user_id AND tag_key = ANY (OLD.tag_keys) ORDER BY tag_key FOR UPDATE
        ) AS dropped
        WHERE tag_usage.user_id = OLD.user_id AND tag_usage.tag_key = dropped.tag_key;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tag_usage (user_id, tag_key, name, usage_count)
        SELECT NEW.user_id, tag_key, name, 1
        FROM unnest(NEW.tag_keys, NEW.tags) AS carried (tag_key, name) ORDER BY tag_key
        ON CONFLICT (user_id, tag_key)
        DO UPDATE SET usage_count = tag_usage.usage_count + 1, name = EXCLUDED.name;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER count_tags_of_new AFTER INSERT ON task FOR EACH ROW "
    "WHEN (cardinality(NEW.tag_keys) > 0) EXECUTE FUNCTION count_tags()",
    "CREATE TRIGGER count_tags_of_changed AFTER UPDATE OF tags, tag_keys ON task FOR EACH ROW "
    "WHEN (OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION count_tags()",
    "CREATE TRIGGER count_tags_of_deleted AFTER DELETE ON task FOR EACH ROW "
    "WHEN (cardinality(OLD.tag_keys) > 0) EXECUTE FUNCTION count_tags()",
)
BACKFILL = """
INSERT INTO tag_usage (user_id, tag_key, name, usage_count)
SELECT user_id, carried.tag_key, min(carried.name), count(*)
FROM task, unnest(tag_keys, tags) AS carried (tag_key, name) GROUP BY user_id, carried.tag_key
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "tag_usage",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("tag_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("usage_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "tag_key", name=op.f("pk_tag_usage")),
    )
    op.create_index(
        "ix_tag_usage_user_id_usage_count",
        "tag_usage",
        ["user_id", sa.text("usage_count DESC"), "tag_key"],
    )
    op.execute(COUNT)
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute(BACKFILL)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("count_tags_of_new", "count_tags_of_changed", "count_tags_of_deleted"):
        op.execute(f"DROP TRIGGER {name} ON task")
    op.execute("DROP FUNCTION count_tags")
    op.drop_table("tag_usage")
