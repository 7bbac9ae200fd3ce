"""Add recurring series and their missed occurrences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "missed_occurrence",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("scheduled_wall", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "series_id", "occurrence", name=op.f("pk_missed_occurrence")),
    )
    op.create_index(
        "ix_missed_occurrence_user_id_scheduled_wall", "missed_occurrence", ["user_id", "scheduled_wall"]
    )
    op.create_table(
        "task_series",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("catch_up", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("starts_wall", sa.DateTime(), nullable=False),
        sa.Column("has_time", sa.Boolean(), nullable=False),
        sa.Column("last_occurrence", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("basis IN ('due_date', 'completion')", name=op.f("ck_task_series_basis")),
        sa.CheckConstraint("catch_up IN ('next_future', 'every')", name=op.f("ck_task_series_catch_up")),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_task_series")),
    )
    op.add_column("task", sa.Column("series_id", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("occurrence", sa.Integer(), nullable=True))
    op.add_column("task", sa.Column("scheduled_wall", sa.DateTime(), nullable=True))
    op.create_index(
        "uq_task_user_id_series_id_occurrence",
        "task",
        ["user_id", "series_id", "occurrence"],
        unique=True,
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(
        "uq_task_user_id_series_id_occurrence",
        table_name="task",
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )
    op.drop_column("task", "scheduled_wall")
    op.drop_column("task", "occurrence")
    op.drop_column("task", "series_id")
    op.drop_table("task_series")
    op.drop_table("missed_occurrence")
