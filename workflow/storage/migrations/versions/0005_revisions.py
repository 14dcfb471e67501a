"""By which revisions of the editions acts are judged."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Revisions."""
    op.create_table(
        "revisions",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("n", "pipeline", "edition"),
    )
