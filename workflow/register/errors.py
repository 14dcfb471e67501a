"""An entry that cannot stand is refused with a fact.

Each has its values; nothing was written.
"""

from collections.abc import Mapping
from typing import Any

from states.errors import UserError


class RegisterError(UserError):
    """Nothing was written. ``code`` words it in the catalogue (``register.CODE``), filled with ``values``."""

    catalogue = "register"

    def __init__(self, **values: Any) -> None:
        super().__init__(f"{self.code}: {values}")
        self.values, self.near = values, values.get("near", ())

    def get_message_values(self) -> Mapping[str, object]:
        """All that was said of it."""
        return self.values


class UnknownUnit(RegisterError):
    """No unit is called ``unit`` on the day ``on``; ``near``: ids of units that are called alike."""

    code = "unknown_unit"


class UnknownPost(RegisterError):
    """There is no post ``post`` on the day ``on``."""

    code = "unknown_post"


class UnknownUser(RegisterError):
    """There is no user ``user`` on the day ``on``."""

    code = "unknown_user"


class UnknownGrant(RegisterError):
    """The user ``user`` does not hold the role ``role`` at ``unit`` on the day ``on``."""

    code = "unknown_grant"


class AlreadyKnown(RegisterError):
    """There is one already: ``id``."""

    code = "already_known"


class AlreadyEnded(RegisterError):
    """``id`` has ended already; ``last`` was its last day."""

    code = "ended"


class ChangedLater(RegisterError):
    """What is asked for ``id`` would reach behind a later change, of the day ``since``."""

    code = "changed_later"


class StillUsed(RegisterError):
    """``id`` cannot end: ``by`` still stand on it the day after (units, posts, open cases)."""

    code = "still_used"


class NotALevel(RegisterError):
    """The rules in force on the day ``on`` know no ``level``, but ``known``."""

    code = "not_a_level"


class NotARole(RegisterError):
    """The rules in force on the day ``on`` know no ``role``, but ``known``."""

    code = "not_a_role"


class NotAnOrgan(RegisterError):
    """A unit of ``level`` has no organ ``organ`` by the rules of the day ``on``, but ``known``."""

    code = "not_an_organ"


class WrongLevel(RegisterError):
    """``unit`` is of the level ``level``; what is asked for is of ``wanted``."""

    code = "wrong_level"


class UnitMisplaced(RegisterError):
    """``unit`` cannot stand below ``parent``: it is below it itself, or of the same level."""

    code = "misplaced"


class PostHeld(RegisterError):
    """``person`` has held the post ``post`` since ``since``."""

    code = "held"


class PostVacant(RegisterError):
    """Nobody holds the post ``post`` on the day ``on``."""

    code = "vacant"


class NotAMember(RegisterError):
    """``person`` is not in the Party on the day ``on``, as a secretary has to be."""

    code = "not_a_member"


class AlreadyAMember(RegisterError):
    """``person`` is in the Party on the day ``on``; plans and invitations are for heads who are not."""

    code = "already_a_member"
