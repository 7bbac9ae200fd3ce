"""Keep files sent along with messages, and what users think of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "attachment",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id", "conversation_id"],
            ["conversation.user_id", "conversation.id"],
            name=op.f("fk_attachment_user_id_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_user_id_conversation_id", "attachment", ["user_id", "conversation_id"])
    op.create_table(
        "attachment_content",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "attachment_id"],
            ["attachment.user_id", "attachment.id"],
            name=op.f("fk_attachment_content_user_id_attachment_id_attachment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "attachment_id", name=op.f("pk_attachment_content")),
    )
    # Pictures are compressed already; to try again costs time and saves nothing.
    op.execute("ALTER TABLE attachment_content ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "item_feedback",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "conversation_id", "item_id"],
            ["conversation_item.user_id", "conversation_item.conversation_id", "conversation_item.id"],
            name=op.f("fk_item_feedback_user_id_conversation_id_item_id_conversation_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", "item_id", name=op.f("pk_item_feedback")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("item_feedback")
    op.drop_table("attachment_content")
    op.drop_table("attachment")
