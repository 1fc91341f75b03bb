"""Every answer is graded or reported where an endpoint breaks; `benchmarks/faults.py` in full."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from answerbot.cli.app import run
from benchmarks.endpoint import Settings, counts
from benchmarks.exam import Exam, Run, prepare, settings_for
from benchmarks.faults import HEAVY, account, endpoint
from benchmarks.throughput import ROOT

pytestmark = pytest.mark.enable_socket

ANSWERS = 40
BROKEN = replace(HEAVY, resets=0.1, truncated=0.1)
Grade = Callable[[str, str], Run]


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Exam:
    """Answers to the questions of a few rubrics: reading all of them takes longer than the rest."""
    folder = tmp_path_factory.mktemp("exam")
    (folder / "rubrics").mkdir()
    for rubric in sorted(ROOT.glob("rubrics/*.yaml"))[:8]:
        shutil.copy(rubric, folder / "rubrics")
    return prepare(folder, ANSWERS)


@pytest.fixture
def grade(exam: Exam, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Grade:
    """The command, in this process."""

    def command(address: str, store: str) -> Run:
        for name, value in settings_for(exam, address, store).items():
            monkeypatch.setenv(name, value)
        code = run(["grade", "answers.jsonl", "--live", "--yes", "--json"])
        printed = capsys.readouterr()
        grades = json.loads(printed.out)["grades"]
        return Run(0.0, 0.0, code, {one["candidate"]: one for one in grades}, printed.err)

    monkeypatch.chdir(exam.folder)
    return command


def test_every_answer_is_graded_alike_or_reported_and_asked_for_anew_when_the_user_says_so(
    exam: Exam, grade: Grade, capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(exam, Settings()) as address:
        whole = grade(address, "whole")
    assert whole.graded == ANSWERS
    with endpoint(exam, BROKEN, seed=3) as address:
        disturbed = grade(address, "broken")
        became = account(exam, disturbed, whole, address)
    assert became.broken > 0
    assert became.same + became.reported == ANSWERS
    assert (became.other, became.untrue, became.missing, became.wasted) == (0, 0, 0, 0)
    assert disturbed.code == 3
    with endpoint(exam, Settings()) as address:
        again = grade(address, "broken")
        assert "received" not in counts(address)
        assert again.grades == disturbed.grades
        assert run(["store", "prune", "--unusable"]) == 0
        capsys.readouterr()
        anew = grade(address, "broken")
        assert became.reported <= counts(address)["received"] <= became.broken
    assert anew.grades == whole.grades


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Settings(status=429, code="insufficient_quota"), "answered 429"),
        (Settings(dies=True), "cannot be reached"),
    ],
)
def test_where_nothing_works_every_answer_says_why_and_none_is_asked_for_again(
    settings: Settings, reason: str, exam: Exam, grade: Grade
) -> None:
    with endpoint(exam, settings) as address:
        failed = grade(address, f"failed-{settings.status}")
        if not settings.dies:
            # A run starts with four in flight, and a circuit opens at the eighth failure.
            assert 4 <= counts(address)["received"] <= 8
    assert failed.code == 3
    assert len(failed.grades) == ANSWERS
    assert all(one["reason"] for one in failed.grades.values())
    assert any(reason in one["reason"] for one in failed.grades.values())


def test_what_an_endpoint_ignores_is_found_out_at_first_contact_only(
    exam: Exam, grade: Grade
) -> None:
    with endpoint(exam, Settings(ignores_format=True)) as address:
        graded = grade(address, "ignores").graded
        received = counts(address)["received"]
    assert graded == ANSWERS
    # Sixteen go out at once, and each is asked for in three ways.
    assert received <= ANSWERS + 2 * 16


def test_what_comes_with_the_second_judgement_is_refused_to_a_few(
    exam: Exam, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSWERBOT_TEMPERATURE", "0")
    monkeypatch.setenv("ANSWERBOT_VOTES", "2")
    with endpoint(exam, Settings(refuses="temperature,seed")) as address:
        graded = grade(address, "refuses").graded
        received = counts(address)["received"]
    assert graded == ANSWERS
    # Four go out at the start, and four with the first seeds.
    assert 2 * ANSWERS < received <= 2 * ANSWERS + 8
