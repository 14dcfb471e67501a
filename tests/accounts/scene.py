"""People at the door: the branch secretary with a telephone, strangers without one; and the hours they
come at.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

from workflow.accounts.one_time_links import create_link, use_link
from workflow.accounts.sessions import NewSession
from workflow.accounts.sign_in import sign_in
from workflow.office import Office

BAO, XUAN = "bithu", "canbo"
"""The secretary of the branch; the officer of the commune, who is above her."""
SENTENCE, ANOTHER = "con trâu đi trước cái cày", "cái cày theo sau con trâu"
MORNING = int(datetime(2024, 8, 9, 1, 0, tzinfo=UTC).timestamp())
"""Eight o'clock at the office, on the day of the sample."""
MINUTE, HOUR, DAY = 60, 3600, 86400

T = TypeVar("T")


def welcome(office: Office, user: str = BAO, *, at: int = MORNING, password: str = SENTENCE) -> NewSession:
    """Somebody gets a link, sets a password, and is in."""
    return use_link(office, create_link(office, user, XUAN, "first", at=at), password, at=at)


def come(
    office: Office,
    user: str = BAO,
    password: str = SENTENCE,
    *,
    at: int = MORNING,
    device: str | None = None,
    address: str = "203.0.113.7",
) -> NewSession:
    """Somebody signs in."""
    return sign_in(office, user, password, device=device, address=address, agent="Điện thoại", at=at)


def at_once(number: int, does: Callable[[int], T]) -> list[T]:
    """So many people do something at the same moment; what each of them gets."""
    line = Barrier(number)

    def one(who: int) -> T:
        line.wait()
        return does(who)

    with ThreadPoolExecutor(number) as crowd:
        return list(crowd.map(one, range(number)))
