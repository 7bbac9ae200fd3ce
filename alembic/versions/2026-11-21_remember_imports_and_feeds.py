"""Remember where tasks were imported from, and private calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "import_origin",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('task', 'series')", name=op.f("ck_import_origin_kind")),
        sa.PrimaryKeyConstraint("user_id", "kind", "uid", name=op.f("pk_import_origin")),
    )
    op.create_index("ix_import_origin_user_id_kind_row_id", "import_origin", ["user_id", "kind", "row_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
    )
    op.create_index("ix_calendar_feed_token_hash", "calendar_feed", ["token_hash"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("calendar_feed")
    op.drop_table("import_origin")
