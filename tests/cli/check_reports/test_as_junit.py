from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from answerbot.cli.check_reports import render
from answerbot.domain.check import CheckReport
from tests.cli.check_reports import made
from tests.cli.check_reports.made import EVERY, TEA_LINE
from tests.cli.reports.made import HOSTILE, INJECTIONS

NAMED = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "file"},
    "testcase": {"name", "classname", "file", "line"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["testcase"],
    # In this order, as the common schemas want it.
    "testcase": ["skipped", "error", "failure", "system-out"],
}
COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def read(report: CheckReport) -> ET.Element:
    """The document, read back and held against the rules that its readers share."""
    root = ET.fromstring(render("junit", report).encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= NAMED[element.tag]
        assert NAMED[element.tag] - {"file", "line"} <= set(element.attrib)
        allowed = CHILDREN.get(element.tag, [])
        order = [allowed.index(child.tag) for child in element]
        assert order == sorted(order)
        if element.tag == "testcase":
            assert sum(child.tag in ("skipped", "error") for child in element) <= 1
        if "tests" in NAMED[element.tag]:
            for name in NAMED[element.tag] & set(COUNTED):
                assert int(element.attrib[name]) == len(list(element.iter(COUNTED[name])))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert all(all(pair) for pair in names)
    return root


def case(root: ET.Element, suite: str, name: str) -> ET.Element:
    found = root.find(f"testsuite[@name='{suite}']/testcase[@name='{name}']")
    assert found is not None
    return found


def is_red(root: ET.Element) -> bool:
    return any(True for tag in ("failure", "error") for _ in root.iter(tag))


@pytest.mark.parametrize("name", EVERY)
def test_it_is_red_exactly_where_the_check_fails(name: str) -> None:
    report = EVERY[name]()
    assert is_red(read(report)) == bool(report.failed)
    off = tuple(replace(gate, on=False) for gate in report.gates)
    assert not is_red(read(replace(report, gates=off)))


def test_a_rubric_is_a_suite_and_an_exemplar_a_case_with_its_line() -> None:
    root = read(made.clean())
    assert [suite.get("name") for suite in root] == ["lint", "tea", "gates"]
    wrong = case(root, "tea", "wrong")
    assert wrong.get("file") == "rubrics/tea.yaml"
    assert wrong.get("line") == str(TEA_LINE["- id: wrong"])
    assert list(wrong) == []


def test_a_flip_is_a_failure_with_its_cause() -> None:
    (failure, *_) = case(read(made.flipped()), "tea", "full")
    assert failure.tag == "failure"
    assert failure.get("message") == "take-the-leaves-out: met → not_met, should be met"
    assert str(failure.text).splitlines() == [
        "take-the-leaves-out: met → not_met, should be met",
        "judge: So it says.",
        "because of the judge's prompt",
    ]


def test_a_stale_exemplar_is_an_error_with_the_edit_and_the_command() -> None:
    (error,) = case(read(made.stale()), "tea", "some")
    assert (error.tag, error.get("type")) == ("error", "stale")
    assert str(error.text).splitlines() == [
        "because of rubrics/tea.yaml:12: the text of criterion three-minutes",
        "refresh: answerbot check --record",
    ]


def test_an_explained_score_is_told_and_fails_nothing() -> None:
    (told,) = case(read(made.pointed()), "tea", "some")
    assert told.tag == "system-out"
    assert str(told.text).splitlines() == [
        "score: 7/10 pass → 5/8 pass",
        "because of rubrics/tea.yaml:7: criterion hot-water: points 4 → 2",
    ]


def test_lint_is_a_suite_whose_warnings_fail_nothing() -> None:
    root = read(made.everything())
    (told,) = case(root, "lint", "rubrics/tea.yaml:10: vague-word")
    assert told.tag == "system-out"
    (failure,) = case(root, "lint", "rubrics/tea.yaml:4: overlapping-criteria")
    assert (failure.tag, failure.get("type")) == ("failure", "overlapping-criteria")


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, *INJECTIONS.values(), "]]></failure><x>", "\x00\x08\x0b\x1f\x7f\ud800\ufffe\uffff"],
)
def test_hostile_words_break_nothing(text: str) -> None:
    plain, evil = read(made.hostile("plain words")), read(made.hostile(text))
    assert [one.tag for one in evil.iter()] == [one.tag for one in plain.iter()]
