"""Since when a sponsor or helper has been together with a candidate."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Companions."""
    op.create_table(
        "companions",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("retired_n", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("n"),
    )
    for column in ("person_id", "candidate_id"):
        op.create_index(op.f(f"ix_companions_{column}"), "companions", [column])
