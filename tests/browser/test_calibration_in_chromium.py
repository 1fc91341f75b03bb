"""The report of a calibration in Chromium: what it fetches, how it looks, what hostile words do."""

from __future__ import annotations

from typing import Any

import pytest

from answerbot.cli.calibrate_reports import render
from tests.browser.conftest import Open, Opened
from tests.browser.test_report_in_chromium import CONTRAST
from tests.cli.calibrate_reports.made import tea
from tests.cli.reports.made import HOSTILE


@pytest.fixture
def shown(opened_page: Open) -> Open:
    """Opens the report with these words everywhere: `shown(words, width=360, theme="dark")`."""

    def show(words: str = "", **how: Any) -> Opened:
        return opened_page(render("html", tea(words)), **how)

    return show


def test_hostile_words_fetch_nothing_and_run_nothing(shown: Open) -> None:
    report = shown(" ".join(HOSTILE))
    assert [url for url in report.requests if not url.startswith("data:")] == [report.url]
    assert report.complaints == []


@pytest.mark.parametrize("width", [320, 760, 1280])
def test_the_page_never_scrolls_sideways(width: int, shown: Open) -> None:
    for words in ("", "endless" * 100):
        report = shown(words, width=width)
        assert report.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(theme: str, shown: Open) -> None:
    result = shown("leaf", theme=theme).page.evaluate(CONTRAST)
    assert result["seen"] > 50
    assert result["found"] == []


def test_each_plot_is_drawn_within_its_frame(shown: Open) -> None:
    page = shown().page
    assert page.locator(".plane").count() == 3
    inside = """() => [...document.querySelectorAll('.plane .cell')].every(one => {
        const [mark, frame] = [one, one.closest('svg').querySelector('.frame')]
            .map(each => each.getBoundingClientRect());
        return mark.left >= frame.left - 1 && mark.right <= frame.right + 1
            && mark.top >= frame.top - 1 && mark.bottom <= frame.bottom + 1;
    })"""
    assert page.evaluate(inside)
