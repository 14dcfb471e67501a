"""Every page as each role sees it: no barrier, nothing from elsewhere, light enough."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import Served
from tests.browser.reader import Reader, Screen

PICTURES = Path(__file__).parents[2] / "build" / "pages"
HEAVIEST = 100_000
"""Bytes of a page with its style sheet, script and icon, unpacked."""
ALL_THE_LAW = 125_000
"""The page of the rules: more than a hundred conditions, each with its article, which nobody reads on the way."""

SECRETARY, OFFICER, DISTRICT, STAFF = "bithu.ao-truc", "canbo.hai-luu", "vanphong.huyen", "tochuc.huyen"
OWN, THEIRS = "/case/K9AFNC5B", "/case/KEXQDWWT"
PAGES: dict[str, list[tuple[str, str]]] = {
    "": [("sign-in", "/sign-in"), ("link-over", "/link/none")],
    SECRETARY: [
        ("work", "/"),
        ("case", OWN),
        ("act", f"{OWN}/do/nominate"),
        ("suspend", f"{OWN}/do/suspend"),
        ("receive", f"{OWN}/receive/1-KNĐ"),
        ("hidden", "/case/K0000000"),
        ("register", "/register"),
        ("village", "/register/unit/quang-yen/thon-ao-truc"),
        ("meeting", "/register/enter/meeting/quang-yen/thon-ao-truc"),
        ("rules", "/rules"),
        ("me", "/me"),
        ("password", "/password"),
    ],
    OFFICER: [
        ("work", "/"),
        ("case", THEIRS),
        ("act", f"{THEIRS}/do/conclude_verification"),
        ("correct", f"{THEIRS}/correct/2"),
        ("board", "/board"),
        ("cases", "/cases"),
        ("register", "/register"),
        ("commune", "/register/unit/hai-luu"),
        ("people", "/register/people?q=trieu"),
        ("hold", "/register/enter/hold/hai-luu/thon-ben-mo"),
        ("add-unit", "/register/enter/add_unit/hai-luu"),
        ("letters", "/letters"),
        ("admin", "/admin"),
    ],
    DISTRICT: [
        ("work", "/"),
        ("board", "/board"),
        ("board-then", "/board?on=30/06/2022&known=then"),
        ("cases", "/cases"),
        ("register", "/register"),
        ("register-commune", "/register?unit=hai-luu"),
        ("meetings", "/register/meetings"),
        ("users", "/register/users"),
        ("change-unit", "/register/enter/change_unit/hai-luu"),
        ("rules", "/rules"),
        ("rules-difference", "/rules/difference?old=2021-07&new=2025-07"),
        ("letters", "/letters"),
        ("letters-sent", "/letters?show=sent"),
        ("admin", "/admin"),
        ("admin-user", "/admin/user/bithu.ao-truc"),
        ("office", "/admin/office"),
        ("looks", "/admin/looks"),
        ("import", "/register/import"),
        ("heads", "/heads"),
        ("due", "/due"),
        ("untold", "/untold"),
    ],
    STAFF: [("work", "/"), ("board", "/board")],
}
EVERY = slice(None)
LOOKS = [
    pytest.param(Screen.PHONE, False, slice(0, None, 2), id="phone-every-other"),
    pytest.param(Screen.DESK, True, slice(1, None, 2), id="desk-dark-the-others"),
    pytest.param(Screen.PHONE, False, EVERY, id="phone", marks=pytest.mark.soak),
    pytest.param(Screen.DESK, True, EVERY, id="desk-dark", marks=pytest.mark.soak),
    pytest.param(Screen.PHONE, True, EVERY, id="phone-dark", marks=pytest.mark.soak),
    pytest.param(Screen.DESK, False, EVERY, id="desk", marks=pytest.mark.soak),
]
"""Each page once in every run; in the soak each in every look, and kept as a picture."""
NOT_THERE = {"hidden", "link-over"}
"""Pages that say that there is nothing."""


@pytest.mark.parametrize(("screen", "dark", "some"), LOOKS)
@pytest.mark.parametrize("user", PAGES, ids=lambda user: user or "nobody")
def test_nothing_serious_stands_in_anybodys_way(
    browser: Browser, shown: Served, user: str, screen: Screen, dark: bool, some: slice
) -> None:
    reader = Reader.at(browser, shown.address, screen, dark=dark)
    reader.awaited.add(404)
    if user:
        reader.enter(user)
    found: list[str] = []
    for name, path in PAGES[user][some]:
        if reader.go(path).status != (404 if name in NOT_THERE else 200):
            found.append(f"{path}: not there")
        found += [f"{path}: {one}" for one in barriers(reader)]
        wide = reader.page.evaluate("document.documentElement.scrollWidth")
        if wide > screen.value[0]:
            found.append(f"{path}: wider than the screen ({wide})")
        if reader.weight() > (ALL_THE_LAW if path.startswith("/rules") else HEAVIEST):
            found.append(f"{path}: {reader.weight()} bytes")
        if some == EVERY:
            look = f"{screen.name.lower()}{'-dark' if dark else ''}"
            reader.page.screenshot(path=PICTURES / f"{user or 'nobody'}-{name}-{look}.png", full_page=True)
    assert found == []
    reader.close()


def barriers(reader: Reader) -> list[str]:
    """What axe calls serious or critical, by its rule and the first place."""
    results = Axe().run(reader.page).response
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in results["violations"]
        if one["impact"] in ("serious", "critical")
    ]
