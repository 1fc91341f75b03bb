import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import get_args

import pytest

from answerbot.cli.calibrate_reports import Form, render
from answerbot.domain.calibration import Scale
from answerbot.domain.calibration_fit import fit
from answerbot.domain.calibration_mapping import Basis
from answerbot.domain.calibration_report import calibration_report
from tests.cli.calibrate_reports.made import tea
from tests.cli.reports.made import HOSTILE
from tests.rated import rated

HTML_FORMS: tuple[Form, ...] = get_args(Form)


class _Elements(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("form", HTML_FORMS)
def test_every_form_tells_agreement_with_its_interval(form: Form) -> None:
    report = tea()
    value = report.program["qwk"].value
    assert value is not None
    assert (f"{value:.2f}" if form != "json" else repr(value)) in render(form, report)
    assert "no reply" in render(form, report)


def test_the_json_has_every_figure_with_n_and_interval() -> None:
    document = json.loads(render("json", tea()))
    for side in ("program", "people"):
        for figure in document["agreement"][side].values():
            assert set(figure) == {"value", "low", "high", "n"}
    assert document["agreement"]["program"]["mae"]["n"] == 12
    assert document["agreement"]["people"]["mae"]["n"] == 36
    assert len(document["grades"]) == 12
    assert document["ungraded"] == [
        {"path": "labels.jsonl", "line": 40, "question_id": "q0 ", "why": "no reply "}
    ]
    worst = document["worst"][0]
    assert {"human_reason", "reason", "answer", "human", "program"} <= set(worst)


def test_a_figure_that_is_not_defined_is_null_and_a_dash() -> None:
    report = calibration_report([rated(1, 1), rated(1, 1)])
    document = json.loads(render("json", report))
    assert document["agreement"]["program"]["pearson"]["value"] is None
    assert "NaN" not in render("json", report)
    assert re.search(r"Pearson +–", render("terminal", report))


def test_a_single_answer_makes_a_report_too() -> None:
    report = calibration_report([rated(1, 2)])
    for form in HTML_FORMS:
        assert render(form, report)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_add_nothing_to_the_page(text: str) -> None:
    plain, hostile = _Elements(render("html", tea())), _Elements(render("html", tea(text)))
    assert hostile.attributes == plain.attributes
    # A hidden character has an element of its own, and so have the differing ones of a list.
    added = [tag for tag in hostile.tags if tag not in ("span", "p")]
    assert added == [tag for tag in plain.tags if tag not in ("span", "p")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_command_neither_terminal_nor_table(text: str) -> None:
    terminal = render("terminal", tea(text))
    assert not re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]", terminal)
    assert "\x1b]" not in terminal
    rows = [line for line in _lines(render("markdown", tea(text))) if line.startswith("| ")]
    headers = [line for line in _lines(render("markdown", tea())) if line.startswith("| ")]
    assert len(rows) == len(headers)
    bars = [len(re.findall(r"(?<!\\)\|", line)) for line in rows]
    assert bars == [len(re.findall(r"(?<!\\)\|", line)) for line in headers]


def _lines(text: str) -> Iterator[str]:
    yield from text.split("\n")


def test_the_page_forbids_itself_everything_but_its_style() -> None:
    page = render("html", tea())
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in page
    assert "<script" not in page
    assert "http" not in re.sub(r'http-equiv|"http://www.w3.org/2000/svg"', "", page)


def test_the_page_has_the_four_plots() -> None:
    page = render("html", tea())
    for title in ("Program against people", "Differences", "Scores given", "Confidence"):
        assert f"<h3>{title}</h3>" in page


def test_a_mapping_is_told_before_and_after() -> None:
    rows = [
        rated(n % 2, (n % 4) / 4, scale=Scale(1, 1), question=f"q{n % 3}", line=n)
        for n in range(30)
    ]
    fitted = fit(rows, "isotonic", Basis(method="reference", model="small"))
    report = calibration_report(rows, "small", fitted)
    assert "With a mapping" in render("terminal", report)
    assert "isotonic" in render("markdown", report)
    assert json.loads(render("json", report))["mapping"]["kind"] == "isotonic"
