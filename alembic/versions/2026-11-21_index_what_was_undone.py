"""Index deletions, reopenings and skips, by which figures are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_task_change_user_id_kind_task_id_id",
        "task_change",
        ["user_id", "kind", "task_id", "id"],
        postgresql_where=sa.text("kind IN ('deleted', 'reopened', 'skipped')"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(
        "ix_task_change_user_id_kind_task_id_id",
        table_name="task_change",
        postgresql_where=sa.text("kind IN ('deleted', 'reopened', 'skipped')"),
    )
