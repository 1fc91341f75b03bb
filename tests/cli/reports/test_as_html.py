from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from answerbot.cli.reports import render
from answerbot.cli.reports.summary import Report
from answerbot.domain.bank import QuestionId
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


class Page(HTMLParser):
    """The elements of a page in order, their attributes and the text."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.html = render("html", report)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.elements if (value := attrs.get(attribute))]

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


REPORTS = {
    "one": one_candidate(),
    "many": many_candidates(),
    "none": Report(()),
    "ungraded": Report((ungraded(1, "no reply"),)),
    "kept back": one_candidate(solutions=False),
}


@pytest.fixture(params=REPORTS)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(REPORTS[request.param])


def test_the_page_needs_nothing_from_elsewhere(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "base", "form", "video"}
    assert not re.search(r"(?:https?:)?//\w", page.html)
    assert "@import" not in page.html
    assert set(re.findall(r"url\([^)]*\)", page.html)) <= {"url(#hatch)"}
    assert [attrs["href"] for tag, attrs in page.elements if tag == "link"] == ["data:,"]


def test_the_page_forbids_itself_all_but_its_own_style(page: Page) -> None:
    (policy,) = [
        attrs["content"]
        for tag, attrs in page.elements
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy is not None
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not page.values("style")


def test_every_link_leads_to_a_place_of_the_page(page: Page) -> None:
    ids = page.values("id")
    assert [name for name, number in Counter(ids).items() if number > 1] == []
    links = [attrs["href"] or "" for tag, attrs in page.elements if tag == "a"]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert {name for names in page.values("aria-labelledby") for name in names.split()} <= set(ids)


def test_headings_are_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_each_mark_is_tied_to_its_criterion_and_back() -> None:
    page = Page(one_candidate())
    marks = {attrs["id"] or "" for tag, attrs in page.elements if tag == "mark"}
    quotes = {value.removeprefix("#") for value in page.values("href") if value.count("-") == 2}
    assert marks == quotes == {"a1-1-1", "a1-2-1", "a2-1-1", "a2-2-1", "a2-A-1"}
    labels = {
        attrs["href"]: attrs["aria-label"]
        for _, attrs in page.elements
        if "ref" in (attrs.get("class") or "")
    }
    assert labels["#a2-1"] == "criterion 1: Hot water"
    assert labels["#a2-A"] == "misconception A: Boil the leaves"


def test_it_says_what_was_lost_why_and_what_would_have_earned_it() -> None:
    text = Page(one_candidate()).text
    assert "The leaves stay in." in text
    assert "Would have earned it The leaves come out after that." in text
    assert "67 % of the votes" in text
    assert "Review the votes differ on hot-water" in text


def test_without_solutions_it_tells_no_better_answer() -> None:
    text = Page(one_candidate(solutions=False)).text
    assert "Take the leaves out" in text
    for told in ("The leaves stay in", "Would have earned", "Water just off", "come out after"):
        assert told not in text


def test_an_estimate_is_marked_everywhere() -> None:
    page = Page(Report((graded(3, ("met", "partial", "not_met"), estimate=True), graded(1))))
    assert "Part of this is an estimate." in page.text
    assert "partly an estimate" in page.text
    judged, estimated = page.html.split('id="a1"')[1].split('id="a2"')[::-1]
    assert estimated.count('<span class="tag est">estimate</span>') == 3
    assert '<span class="pill estimated">Estimate</span>' in estimated
    assert 'class="fill hatched"' in estimated
    assert "estimate" not in judged.partition("<footer>")[0].lower()


def test_no_grade_is_no_zero() -> None:
    text = Page(Report((ungraded(1, "no reply"),))).text
    assert "Nothing was graded." in text
    assert "0 of 10" not in text
    assert "no reply" in text


def test_the_review_list_comes_before_the_overview_and_the_answers() -> None:
    some = (*many_candidates().graded, graded(1, candidate="Zoe", flags=[REVIEW]))
    text = Page(Report(some)).text
    places = [text.index(title) for title in (
        "For a person to decide", "How the scores lie", "Candidates by question", "Marked words",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "Zoe tea/1 the votes differ on hot-water" in text


@pytest.mark.parametrize("report", [one_candidate(), many_candidates(), Report(())])
def test_answers_that_are_left_out_come_first_and_notices_last(report: Report) -> None:
    text = Page(replace(report, unmatched=(LOST, LOST), notices=(KEPT_APART,))).text
    told = text.index("2 answers are in none of the numbers of this page")
    assert all(told < text.find(word) for word in ("tea/1", "Marked words") if word in text)
    assert "answers/ada.md:90 no question of the bank is 'What is cocoa?' copy the" in text
    assert text.partition("Notes on the files 1 b/ada.md 'Ada' answers")[2]


def test_a_reason_that_many_answers_share_is_in_the_list_once() -> None:
    page = Page(Report(tuple(ungraded(n, "401: no such key") for n in range(1, 9))))
    listed = page.text.partition("Not graded 8")[2].partition("Marked words")[0]
    assert "8 answers: tea/1, tea/2, tea/3, tea/4, tea/5 and 3 more 401: no such key" in listed
    assert listed.count("401") == 1


def test_a_single_answer_has_no_spread() -> None:
    one = graded(1, candidate="Bo")
    page = Page(Report((one, graded(2))))
    assert page.values("aria-label").count("mean 100 %, standard deviation –") == 2


def test_questions_of_several_banks_go_by_numbers_that_the_list_explains() -> None:
    one = graded(1)
    submission = replace(one.submission, question_id=QuestionId("coffee/7"))
    coffee = replace(one, submission=submission)
    text = Page(Report((one, coffee, graded(1, candidate="Bo")))).text
    assert "#1 coffee/7 How is tea steeped?" in text
    assert text.count("A question goes by its # in the list of questions.") == 2
    assert "by their numbers in tea." in Page(many_candidates()).text


def test_the_plots_say_their_numbers() -> None:
    page = Page(many_candidates(people=4))
    labels = page.values("aria-label")
    # Each of the four has 10 and 4 of 20 points.
    assert any("60 to 70 %: 0, 70 to 80 %: 4" in label for label in labels)
    assert labels.count("mean 70 %, standard deviation 30 %") == 2


@cache
def shape(text: str) -> list[tuple[str, list[str]]]:
    """The elements of a page with these words everywhere, and their attributes."""
    return [
        (tag, sorted(attrs))
        for tag, attrs in Page(hostile(text)).elements
        if attrs.get("class") != "hidden"
    ]


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_change_no_element_and_no_attribute_name(text: str) -> None:
    # The quotes of a text that starts or ends with white space are other words.
    assert shape(text.strip()) == shape("plain words")


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_are_shown_and_hide_nothing(text: str) -> None:
    page = Page(hostile(text))
    assert not set(page.html) & set("\x00\x1b\x07\x08\x9b\u202e\u2066\u2069\u200b\ufeff\ud800")
    assert page.text.count("and more") >= 4


def test_the_title_of_the_page_is_text() -> None:
    html = render("html", Report((graded(1, candidate="</title><script>"),), title="<b>"))
    assert "<title>&lt;b&gt;: &lt;/title&gt;&lt;script&gt;</title>" in html
