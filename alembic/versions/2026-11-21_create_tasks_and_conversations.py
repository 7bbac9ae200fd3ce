"""Create tasks, their change log, settings and conversations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

SOONEST = "coalesce(due_wall, 'infinity'::timestamp)"
LATEST = "coalesce(due_wall, '-infinity'::timestamp)"

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Lets the GIN index over tags begin with the owner.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.create_table(
        "chat_turn",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_chat_turn")),
    )
    op.create_index("ix_chat_turn_user_id_started_at", "chat_turn", ["user_id", "started_at"])
    op.create_table(
        "conversation",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        sa.Column("turn_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_conversation")),
    )
    op.create_index(
        "ix_conversation_user_id_updated_at_id",
        "conversation",
        ["user_id", sa.text("updated_at DESC"), sa.text("id DESC")],
    )
    op.create_table(
        "task",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column(
            "priority_rank",
            sa.SmallInteger(),
            sa.Computed(
                "CASE priority WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tag_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_timezone", sa.Text(), nullable=True),
        sa.Column(
            "due_wall",
            sa.DateTime(),
            sa.Computed(
                "CASE WHEN due_at IS NULL THEN due_on + interval '1 day' "
                "ELSE timezone(due_timezone, due_at) END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("priority IN ('High', 'Medium', 'Low', 'None')", name=op.f("ck_task_priority")),
        sa.CheckConstraint("status IN ('pending', 'completed', 'skipped')", name=op.f("ck_task_status")),
        sa.CheckConstraint(
            "due_at IS NULL OR (due_on IS NOT NULL AND due_timezone IS NOT NULL)", name=op.f("ck_task_due")
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_user_id_category", "task", ["user_id", sa.text("lower(category)")])
    op.create_index(
        "ix_task_user_id_created_at_id", "task", ["user_id", sa.text("created_at DESC"), sa.text("id DESC")]
    )
    op.create_index("ix_task_user_id_due_soonest", "task", ["user_id", sa.text(SOONEST), "id"])
    op.create_index(
        "ix_task_user_id_due_latest", "task", ["user_id", sa.text(f"{LATEST} DESC"), sa.text("id DESC")]
    )
    op.create_index(
        "ix_task_user_id_priority_rank_id",
        "task",
        ["user_id", sa.text("priority_rank DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_task_user_id_status_created_at_id",
        "task",
        ["user_id", "status", sa.text("created_at DESC"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_task_user_id_status_due_soonest", "task", ["user_id", "status", sa.text(SOONEST), "id"]
    )
    op.create_index(
        "ix_task_user_id_status_due_latest",
        "task",
        ["user_id", "status", sa.text(f"{LATEST} DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_task_user_id_status_id", "task", ["user_id", "status", "id"])
    op.create_index("ix_task_user_id_tag_keys", "task", ["user_id", "tag_keys"], postgresql_using="gin")
    op.create_index("ix_task_user_id_title_id", "task", ["user_id", sa.text("lower(title)"), "id"])
    op.create_index(
        "ix_task_user_id_updated_at_id", "task", ["user_id", sa.text("updated_at DESC"), sa.text("id DESC")]
    )
    op.create_table(
        "task_change",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_task_change")),
    )
    op.create_index("ix_task_change_user_id_occurred_at", "task_change", ["user_id", "occurred_at"])
    op.create_index("ix_task_change_user_id_task_id_id", "task_change", ["user_id", "task_id", "id"])
    op.create_table(
        "user_settings",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("week_start", sa.Text(), server_default="mon", nullable=False),
        sa.Column("date_order", sa.Text(), server_default="mdy", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_settings")),
    )
    op.create_table(
        "conversation_item",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "conversation_id"],
            ["conversation.user_id", "conversation.id"],
            name=op.f("fk_conversation_item_user_id_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", "id", name=op.f("pk_conversation_item")),
        sa.UniqueConstraint(
            "user_id",
            "conversation_id",
            "position",
            name=op.f("uq_conversation_item_user_id_conversation_id_position"),
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("conversation_item")
    op.drop_table("user_settings")
    op.drop_table("task_change")
    op.drop_table("task")
    op.drop_table("conversation")
    op.drop_table("chat_turn")
