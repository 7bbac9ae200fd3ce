"""Keep what a series' pattern looks like to clients beside its rule."""

import sqlalchemy as sa
from alembic import op

from src.tasks.pattern import pattern_of
from src.tasks.recurrence_schemas import read_pattern

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_READ = ("rule", "basis", "catch_up", "timezone", "starts_wall", "has_time")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("task_series", sa.Column("described", sa.JSON))
    series = sa.table(
        "task_series", *map(sa.column, ("user_id", "id", *_READ)), sa.column("described", sa.JSON)
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(series)).mappings().all():
        pattern = pattern_of({f"series_{name}": row[name] for name in _READ})
        connection.execute(
            sa.update(series)
            .where(series.c.user_id == row["user_id"], series.c.id == row["id"])
            .values(described=read_pattern(pattern).model_dump(mode="json"))
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("task_series", "described")
