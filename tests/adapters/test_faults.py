"""The table of faults: each response has its row, and the documents show the same rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from answerbot.adapters.faults import FAULTS, STATUS_FAULTS, Fault, fault_of_status


@pytest.mark.parametrize(
    ("status", "said", "name"),
    [
        (307, "", "moved"),
        (400, "Unsupported value", "bad-request"),
        (400, "content_filter", "prompt-filtered"),
        (400, "This model's maximum context length is 8192 tokens", "request-too-long"),
        (400, "Your credit balance is too low", "no-credit"),
        (401, "", "key-refused"),
        (402, "", "no-credit"),
        (403, "", "forbidden"),
        (403, "Your input was flagged", "prompt-filtered"),
        (404, "model_not_found", "not-found"),
        (405, "", "not-found"),
        (408, "", "later"),
        (409, "", "later"),
        (413, "", "request-too-long"),
        (415, "", "bad-request"),
        (418, "", "bad-request"),
        (422, "", "bad-request"),
        (425, "", "later"),
        (429, "rate_limit_exceeded", "rate-limited"),
        (429, "insufficient_quota", "no-credit"),
        (429, "billing_hard_limit_reached", "no-credit"),
        (429, "quota exceeded, please check your plan and billing details.", "no-credit"),
        (429, "RESOURCE_EXHAUSTED\nYour prepayment credits are depleted", "no-credit"),
        (429, "check your plan and billing details.\nPlease retry in 34.1s.", "rate-limited"),
        (429, "visit example.com/account/billing to add a card", "rate-limited"),
        (500, "", "server-error"),
        (500, "the request exceeds the available context size", "request-too-long"),
        (501, "", "unsupported"),
        (502, "", "server-error"),
        (503, "Loading model", "overloaded"),
        (504, "", "gateway-timeout"),
        (520, "", "server-error"),
        (524, "", "gateway-timeout"),
        (529, "", "overloaded"),
        (599, "", "server-error"),
    ],
)
def test_a_response_is_the_fault_that_its_status_and_its_words_say(
    status: int, said: str, name: str
) -> None:
    assert fault_of_status(status, said).name == name


def test_only_what_does_not_get_better_by_itself_ends_the_run() -> None:
    for fault in FAULTS.values():
        assert fault.ends == "request" or fault.again == "no", fault.name
        assert fault.hint, fault.name


@pytest.fixture
def documented(repository: Path) -> list[list[str]]:
    """The cells of the table in the documents."""
    text = (repository / "docs" / "faults.md").read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.split("## The table")[1].split("\n## ")[0].splitlines()
        if line.startswith("| `")
    ]


def test_the_documents_have_the_rows_of_the_program_in_its_order(
    documented: list[list[str]],
) -> None:
    rows = [
        [f"`{fault.name}`", fault.came, fault.again, fault.ends, fault.charged]
        for fault in FAULTS.values()
    ]
    assert [[name, *rest] for name, _, *rest in documented] == rows


def test_the_documents_name_each_status_where_the_program_puts_it(
    documented: list[list[str]],
) -> None:
    told = {name.strip("`"): status for name, status, *_ in documented}
    for fault in STATUS_FAULTS:
        own, _, worded = told[fault.name].rpartition("; ")
        if "that say so" not in worded:
            own, worded = worded, ""
        assert _numbers(own) == {
            status for status in range(300, 600) if fault_of_status(status) is fault
        }, fault.name
        assert _numbers(worded) == _worded(fault), fault.name


def _worded(fault: Fault) -> set[int]:
    return {status for when in fault.when if when.says for status in when.statuses}


def _numbers(text: str) -> set[int]:
    """'404-405, 410' -> 404, 405 and 410."""
    found = re.findall(r"(\d+)(?:-(\d+))?", text)
    return {number for low, high in found for number in range(int(low), int(high or low) + 1)}
