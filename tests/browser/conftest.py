"""A real browser: Chromium (Debian: `apt-get install chromium`), driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from answerbot.cli.reports import render
from answerbot.cli.reports.summary import Report

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


# Playwright's event loop runs as long as the browser does, and tests elsewhere start their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; in CI it has to be there, unless `NO_CHROMIUM` says why it is not."""
    if CHROMIUM is None:
        if os.environ.get("CI") and not os.environ.get("NO_CHROMIUM"):
            pytest.fail("CI needs Chromium: .ci/run installs it")
        pytest.skip(
            os.environ.get("NO_CHROMIUM") or "there is no Chromium: apt-get install chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield browser
        browser.close()


@dataclass
class Opened:
    """A report in the browser, and what it did there that it should not."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        self.page.on("popup", lambda page: self.complaints.append(f"popup {page.url}"))
        self.page.goto(self.url)

    def unfold(self) -> None:
        """Open every answer."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


Open = Callable[..., Opened]


@pytest.fixture
def opened_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens HTML in a window of its own: `opened_page(html, width=360, theme="dark")`."""
    contexts = []

    def show(html: str, *, width: int = 1280, theme: str = "light") -> Opened:
        context = browser.new_context(
            viewport=ViewportSize(width=width, height=800),
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        path = tmp_path / f"report{len(contexts)}.html"
        path.write_text(html, "utf-8")
        return Opened(context.new_page(), path.as_uri())

    yield show
    for context in contexts:
        context.close()


@pytest.fixture
def opened(opened_page: Open) -> Open:
    """Opens a report so: `opened(report, width=360, theme="dark")`."""

    def show(report: Report, **how: Any) -> Opened:
        return opened_page(render("html", report), **how)

    return show
