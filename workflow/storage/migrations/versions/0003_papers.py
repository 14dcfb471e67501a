"""Papers as files, the books of numbers, and the terms within which those run."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Papers; numbers; terms."""
    op.create_table(
        "papers",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("ix_papers_case_id", "papers", ["case_id"])
    op.create_table(
        "numbers",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "seq", "field"),
    )
    op.create_index("ix_numbers_unit_id", "numbers", ["unit_id"])
    op.create_table(
        "terms",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("retired_n", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("ix_terms_unit_id", "terms", ["unit_id"])
