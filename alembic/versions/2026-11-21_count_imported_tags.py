"""Let an import count its tags at once: one row of tag_usage, updated by each of 10,000 tasks, takes 20 s."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# `todo.counts_tags` is set by src/transfer for one transaction, which then counts by itself.
TRIGGER = (
    "CREATE OR REPLACE TRIGGER count_tags_of_new AFTER INSERT ON task FOR EACH ROW "
    "WHEN (cardinality(NEW.tag_keys) > 0{more}) EXECUTE FUNCTION count_tags()"
)
UNLESS_COUNTED = " AND coalesce(current_setting('todo.counts_tags', true), '') <> 'itself'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TRIGGER.format(more=UNLESS_COUNTED))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TRIGGER.format(more=""))
