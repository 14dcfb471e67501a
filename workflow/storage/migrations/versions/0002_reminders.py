"""Reminders: ledger of notices, outbox, calendar entries, snoozes, heartbeat; clocks say when they were
armed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What reminders stand on."""
    _clocks()
    _letters()
    _notices()
    _of_people()
    op.create_table(
        "beats",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _clocks() -> None:
    """Clocks that ran before there were reminders count as armed when they started."""
    op.add_column("clocks", sa.Column("armed_on", sa.Date(), nullable=True))
    op.execute("UPDATE clocks SET armed_on = start")
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.alter_column("armed_on", existing_type=sa.Date(), nullable=False)
        batch_op.create_index("armed_clocks", ["state", "armed_on"], unique=False)


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "day"),
    )
    op.create_index("next_letters", "letters", ["state", "next_at"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reminder", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("swept_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("letter_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "clock", "instance", "step", "due", "user_id"),
    )
    op.create_index("waiting_notices", "notices", ["state", "via"])
    op.create_index("ix_notices_letter_id", "notices", ["letter_id"])


def _of_people() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("off_since", sa.Date(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("only_duty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "entries",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("uid"),
        sa.UniqueConstraint("user_id", "subject", "clock", "instance"),
    )
    op.create_table(
        "snoozes",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("ix_snoozes_subject", "snoozes", ["subject"])
