"""The HTML report in Chromium: what it fetches, how it looks, what it lets hostile words do."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerbot.cli.reports.summary import Report
from tests.browser.conftest import Open
from tests.cli.reports.made import (
    HOSTILE,
    INJECTIONS,
    KEPT_APART,
    LOST,
    REVIEW,
    graded,
    hostile,
    many_candidates,
    one_candidate,
    ungraded,
)

CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")


def several() -> Report:
    """Candidates with judged, estimated and ungraded answers, and some for a person to decide."""
    return Report(
        (
            *many_candidates(4, 3).graded,
            graded(1, ("met", "not_met", "not_met"), candidate="Estrid", estimate=True),
            graded(2, ("met", "level_1", "met"), candidate="Estrid", flags=[REVIEW]),
            ungraded(3, "no reply", candidate="Estrid"),
        ),
        title="Tea, spring",
        unmatched=(LOST,),
        notices=(KEPT_APART,),
    )


def attacked() -> Report:
    """All hostile words at once: as names, questions, answers, quotes, reasons, flags, paths."""
    texts = (*HOSTILE, *INJECTIONS.values())
    reports = [hostile(text) for text in texts]
    return Report(
        tuple(one for report in reports for one in report.graded[:2]),
        unmatched=tuple(one for report in reports for one in report.unmatched),
        notices=tuple(one for report in reports for one in report.notices),
    )


REPORTS = {"one": one_candidate, "several": several, "attacked": attacked}


@pytest.mark.parametrize("name", REPORTS)
def test_no_request_leaves_the_page_and_the_console_stays_empty(name: str, opened: Open) -> None:
    report = opened(REPORTS[name]())
    report.unfold()
    assert [url for url in report.requests if not url.startswith("data:")] == [report.url]
    assert report.complaints == []


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *((name, width) for name in ("one", "several") for width in (320, 360, 800, 1280)),
        ("attacked", 320),
    ],
)
def test_the_page_never_scrolls_sideways(name: str, width: int, opened: Open) -> None:
    report = opened(REPORTS[name](), width=width)
    report.unfold()
    assert report.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_word_without_end_breaks_and_does_not_widen_the_page(opened: Open) -> None:
    report = opened(hostile("endless" * 100), width=360)
    report.unfold()
    assert report.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["one", "several", "attacked"])
def test_every_text_has_the_contrast_of_wcag_aa(name: str, theme: str, opened: Open) -> None:
    report = opened(REPORTS[name](), theme=theme)
    report.unfold()
    result = report.page.evaluate(CONTRAST)
    assert result["seen"] > 50
    assert result["found"] == []


def test_the_page_is_light_or_dark_as_the_system_is(opened: Open) -> None:
    back = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.body).color"
    light, dark = (opened(one_candidate(), theme=theme).page for theme in ("light", "dark"))
    assert min(channels(light.evaluate(back))) > 200 > 80 > max(channels(light.evaluate(ink)))
    assert max(channels(dark.evaluate(back))) < 80 < 200 < min(channels(dark.evaluate(ink)))


def channels(color: str) -> list[int]:
    return [int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(",")]


def test_a_mark_leads_to_its_criterion_and_the_criterion_to_its_mark(opened: Open) -> None:
    page = opened(one_candidate()).page
    page.locator("#a2 .answer a.ref", has_text="2").click()
    assert page.evaluate("document.querySelector(':target').id") == "a2-2"
    page.locator("#a2-2 .quotes a").click()
    assert page.evaluate("document.querySelector(':target').textContent") == "Wait three minutes"


def test_pointing_at_a_criterion_lights_up_its_words_and_no_others(opened: Open) -> None:
    page = opened(one_candidate()).page
    colors = (
        "[1, 2].map(n => getComputedStyle(document.querySelector(`#a2-${n}-1`)).backgroundColor)"
    )
    before = page.evaluate(colors)
    page.locator("#a2-1").hover()
    after = page.evaluate(colors)
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_cell_of_the_matrix_opens_the_answer(opened: Open) -> None:
    page = opened(several()).page
    assert not page.locator("#a5 .answer").is_visible()
    page.locator(".matrix a[href='#a5']").click()
    assert page.locator("#a5").is_visible()
    assert page.locator("#a5").bounding_box() is not None


def test_print_shows_what_is_folded_and_is_light(opened: Open) -> None:
    page = opened(several(), theme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#a1 .answer").evaluate("one => one.checkVisibility()")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF-")


def test_hostile_words_create_no_element_and_run_nothing(opened: Open) -> None:
    report = opened(attacked())
    report.unfold()
    page = report.page
    page.locator("#a1 .answer").click()
    page.locator("#a1 .part").first.hover()
    page.keyboard.press("Tab")
    foreign = (
        "script, img, iframe, form, base, object, embed, textarea, input, title ~ title, [style]"
    )
    assert page.locator(foreign).count() == 0
    handlers = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
    assert page.evaluate(f"{handlers}.filter(a => a.name.startsWith('on')).length") == 0
    links = "[...document.links].filter(a => a.protocol !== 'file:' || !a.hash).length"
    assert page.evaluate(links) == 0
    assert report.complaints == []
    assert page.url.partition("#")[0] == report.url


def test_hostile_words_are_there_to_read(opened: Open) -> None:
    page = opened(hostile("<script>alert(1)</script>")).page
    assert page.title() == "<script>alert(1)</script>"
    words = page.locator("#a1 .answer").text_content() or ""
    assert "<script>alert(1)</script>" in words


def test_a_script_that_came_in_all_the_same_would_not_run(opened: Open) -> None:
    report = opened(one_candidate())
    ran = report.page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true'>");
        return new Promise(done => setTimeout(() => done(window.ran === true), 100));
    }""")
    assert ran is False
    assert any("Content Security Policy" in complaint for complaint in report.complaints)


def test_hundreds_of_candidates_are_one_page_that_opens(opened: Open) -> None:
    page = opened(many_candidates(200, 1)).page
    assert page.locator(".candidate").count() == 200
    page.locator(".matrix a[href='#a200']").click()
    assert page.locator("#a200").is_visible()
