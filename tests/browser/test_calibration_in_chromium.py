"""The report of a calibration in Chromium: what it fetches, how it looks, what hostile words do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from answerbot.cli.calibrate_reports import render
from tests.browser.conftest import Opened
from tests.browser.test_report_in_chromium import CONTRAST
from tests.cli.calibrate_reports.made import tea
from tests.cli.reports.made import HOSTILE

Show = Callable[..., Opened]


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Opens the report with these words everywhere: `shown(words, width=360, theme="dark")`."""
    contexts = []

    def show(words: str = "", *, width: int = 1280, theme: str = "light") -> Opened:
        context = browser.new_context(
            viewport=ViewportSize(width=width, height=800),
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        path = tmp_path / f"report{len(contexts)}.html"
        path.write_text(render("html", tea(words)), "utf-8")
        return Opened(context.new_page(), path.as_uri())

    yield show
    for context in contexts:
        context.close()


def test_hostile_words_fetch_nothing_and_run_nothing(shown: Show) -> None:
    report = shown(" ".join(HOSTILE))
    assert [url for url in report.requests if not url.startswith("data:")] == [report.url]
    assert report.complaints == []


@pytest.mark.parametrize("width", [320, 760, 1280])
def test_the_page_never_scrolls_sideways(width: int, shown: Show) -> None:
    for words in ("", "endless" * 100):
        report = shown(words, width=width)
        assert report.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(theme: str, shown: Show) -> None:
    result = shown("leaf", theme=theme).page.evaluate(CONTRAST)
    assert result["seen"] > 50
    assert result["found"] == []


def test_each_plot_is_drawn_within_its_frame(shown: Show) -> None:
    page = shown().page
    assert page.locator(".plane").count() == 3
    inside = """() => [...document.querySelectorAll('.plane .cell')].every(one => {
        const [mark, frame] = [one, one.closest('svg').querySelector('.frame')]
            .map(each => each.getBoundingClientRect());
        return mark.left >= frame.left - 1 && mark.right <= frame.right + 1
            && mark.top >= frame.top - 1 && mark.bottom <= frame.bottom + 1;
    })"""
    assert page.evaluate(inside)
