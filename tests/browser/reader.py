"""Somebody with a phone or a desk's screen in front of the pages. Nothing amiss in the browser goes
unnoticed.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

TIMEOUT = 15_000


class Screen(Enum):
    """What the reader looks at: width and height in CSS pixels."""

    PHONE = (390, 844)
    DESK = (1280, 900)


@dataclass
class Reader:
    """A browser of its own, with its cookies and what it keeps."""

    address: str
    context: BrowserContext
    page: Page
    amiss: list[str] = field(default_factory=list)
    awaited: set[int] = field(default_factory=set)
    """Statuses that the test itself brings about."""

    @classmethod
    def at(
        cls, browser: Browser, address: str, screen: Screen, *, scripts: bool = True, dark: bool = False
    ) -> "Reader":
        """Open a browser."""
        width, height = screen.value
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            locale="vi-VN",
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        context.set_default_timeout(TIMEOUT)
        reader = cls(address, context, context.new_page())
        reader.page.on("console", reader._said)
        reader.page.on("pageerror", lambda error: reader.amiss.append(f"script: {error}"))
        reader.page.on("request", reader._asked)
        reader.page.on("response", reader._answered)
        return reader

    def _said(self, message: ConsoleMessage) -> None:
        # A page's own status is heard of as an answer, below.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.amiss.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.amiss.append(f"asked elsewhere: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.awaited:
            self.amiss.append(f"{response.status}: {response.url}")

    def enter(self, user: str) -> None:
        """Enter the sample office by a click, as somebody whose role stands there, or by the same form."""
        self.go("/sign-in")
        button = self.page.locator(f'form[action="/enter/{user}"] button')
        if button.count():
            button.click()
        else:
            answer = self.context.request.post(f"{self.address}/enter/{user}")
            assert answer.ok, answer.status
            self.go("/")

    def go(self, path: str) -> Response:
        """Open a page."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer

    @property
    def text(self) -> str:
        """What stands on the page."""
        return " ".join(self.page.locator("body").inner_text().split())

    def fill(self, **typed: str) -> None:
        """Type into fields by their names."""
        for name, value in typed.items():
            self.page.locator(f'[name="{name}"]').first.fill(value)

    def send(self) -> None:
        """Press the main button of the page's form."""
        self.page.locator("main form button.main").click()
        self.page.wait_for_load_state()

    def press_link(self, name: str) -> None:
        """Follow the first link of a name."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def weight(self) -> int:
        """Bytes of the page and all that it loads, as they come over the line before they are unpacked."""
        sizes: Any = self.page.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".map((one) => one.decodedBodySize)"
        )
        return int(sum(sizes))

    def close(self) -> None:
        """Close the browser. Raises AssertionError for whatever it has heard amiss."""
        self.context.close()
        assert self.amiss == []
