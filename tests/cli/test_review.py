"""The whole command: on real files, and once in a real terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from answerbot.adapters.decision_files import append_decisions, read_decisions
from answerbot.adapters.packaged import packaged
from answerbot.cli.app import run
from answerbot.cli.reports import render
from answerbot.cli.reports.summary import Report
from answerbot.domain.decisions import Decision, parts_of, wording_of
from answerbot.domain.grade import Flag
from answerbot.domain.rubric import parse_rubric
from answerbot.domain.submission import Graded
from tests.cli.reports.made import graded, submitted, ungraded
from tests.decided import decision
from tests.rubrics import CLIPPING_TEXT

CONFIG = '[bank]\nquestions = ["bank/*.md"]\nreferences = []\n'
BANK = "## Question 1\n\nWhat is gradient clipping?\n\n## Question 2\n\nWhy clip?\n"
TEXT = CLIPPING_TEXT.replace("[bank/1]", "[deep/1, deep/2]").replace("id: clipping\n", "id: clip\n")
RUBRIC = parse_rubric(TEXT, "clip.yaml")
DOUBT = Flag("split-vote", "what: the votes differ", about=("what",))
CLIPPED = "A gradient above a norm is shrunk."
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[a-zA-Z]|[^\[])")


def item(number: int, candidate: str, text: str, *flags: Flag) -> Graded:
    made = graded(
        number, ("met", "level_1", "met"), candidate=candidate, text=text, flags=flags,
        quotes={"what": [text[:10]]}, rubric=RUBRIC,
    )  # fmt: skip
    submission = submitted(number, candidate, text, f"Question {number}?", f"{candidate}.md")
    id_ = f"deep/{number}"
    return Graded(
        type(submission)(candidate, id_, submission.question, text, submission.place),  # type: ignore[arg-type]
        RUBRIC,
        made.outcome,
    )


ADA = item(1, "Ada", CLIPPED, DOUBT)
BOB = item(2, "Bob", "It limits the step.")
ITEMS = (BOB, ADA)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A bank with a rubric, and a report in which one of two answers is set aside."""
    (tmp_path / "answerbot.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "deep.md").write_text(BANK, "utf-8")
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "clip.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "r.json").write_text(render("json", Report(ITEMS)), "utf-8")
    return tmp_path


def answers(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["review", "r.json", *args, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    found: list[dict[str, Any]] = document["answers"]
    return found


@pytest.mark.usefixtures("project")
def test_the_answers_set_aside_are_listed_and_with_all_the_others_behind_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (ada,) = answers(capsys)
    assert (ada["candidate"], ada["question_id"], ada["status"]) == ("Ada", "deep/1", "review")
    assert (ada["score"], ada["possible"], ada["passed"]) == (7, 10, True)
    assert ada["why"] == ["what: the votes differ"]
    assert [one["candidate"] for one in answers(capsys, "--all")] == ["Ada", "Bob"]
    assert [one["candidate"] for one in answers(capsys, "--all", "--only", "deep/2")] == ["Bob"]
    assert [one["candidate"] for one in answers(capsys, "--all", "--candidate", "B*")] == ["Bob"]


def test_decisions_stand_beside_the_report_or_where_the_configuration_says(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append_decisions(project / "r.decisions.jsonl", decision(ADA, "what", "partial"))
    (ada,) = answers(capsys)
    assert (ada["status"], ada["score"]) == ("graded", 5)
    assert ada["decided"] == {"what": {"verdict": "partial", "by": "eve", "comment": ""}}
    (project / "answerbot.toml").write_text(f"{CONFIG}[grade]\ndecisions = 'all.jsonl'\n", "utf-8")
    assert answers(capsys)[0]["status"] == "review"
    append_decisions(project / "all.jsonl", decision(ADA, "what", "not_met"))
    assert answers(capsys)[0]["score"] == 3
    assert answers(capsys, "--decisions", "r.decisions.jsonl")[0]["score"] == 5


def test_a_torn_line_is_told_and_the_rest_counts(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "r.decisions.jsonl"
    append_decisions(path, decision(ADA, "what", "partial"))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"version": 1, "at": "20')
    assert run(["review", "r.json", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["answers"][0]["score"] == 5
    assert "r.decisions.jsonl:2: this line is no decision" in err


def test_a_decision_that_the_answer_has_outgrown_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = item(1, "Ada", "A gradient is shrunk.", DOUBT)
    append_decisions(project / "r.decisions.jsonl", decision(before, "what", "partial"))
    assert run(["review", "r.json", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["answers"][0]["status"] == "review"
    assert "Ada.md:10: Ada, deep/1: the answer has changed since" in err


@pytest.mark.usefixtures("project")
def test_without_a_terminal_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["review", "r.json"]) == 2
    assert "a review needs a terminal" in capsys.readouterr().err


def test_nothing_set_aside_is_no_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "r.json").write_text(render("json", Report((BOB,))), "utf-8")
    assert run(["review", "r.json"]) == 0
    assert capsys.readouterr().out == "no answer is set aside; --all goes through the others\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "no report of `grade --json`"),
        ("[]", "no report of `grade --json`"),
        ('{"version": 2, "pass_mark": null, "grades": []}', "version"),
        (
            '{"version": 1, "pass_mark": null, "grades": [{"candidate": "Ada"}]}',
            "no report of `grade --json`",
        ),
    ],
)
def test_what_is_no_report_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    (project / "r.json").write_text(text, "utf-8")
    assert run(["review", "r.json"]) == 2
    assert told in capsys.readouterr().err


def test_a_report_without_the_answers_is_told_to_be_of_an_earlier_version(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((project / "r.json").read_text("utf-8"))
    for one in document["grades"]:
        del one["answer"]
    (project / "r.json").write_text(json.dumps(document), "utf-8")
    assert run(["review", "r.json"]) == 2
    assert "earlier version" in capsys.readouterr().err


def test_an_answer_whose_rubric_has_other_criteria_now_is_told_and_left_out(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rubric = project / "rubrics" / "clip.yaml"
    rubric.write_text(re.sub(r"\bwhat\b", "that", TEXT), "utf-8")
    assert run(["review", "r.json", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["answers"] == []
    assert "Ada, deep/1: the rubric clip has other criteria now" in err


def test_what_a_report_says_is_read_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = Graded(ADA.submission, RUBRIC, ungraded(1, "no reply").outcome)
    (project / "r.json").write_text(render("json", Report((none,), pass_mark=70)), "utf-8")
    (ada,) = answers(capsys)
    assert (ada["status"], ada["score"], ada["verdicts"]) == ("ungraded", None, {})
    all_three = [decision(ADA, id_, "met") for id_ in ("what", "why", "when")]
    append_decisions(project / "r.decisions.jsonl", *all_three)
    (ada,) = answers(capsys)
    assert (ada["status"], ada["score"], ada["passed"]) == ("graded", 10, True)


def test_a_promoted_answer_becomes_an_exemplar_and_is_added_once(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "rubrics" / "clip.yaml"
    append_decisions(project / "r.decisions.jsonl", decision(ADA, "what", "partial"))
    assert run(["review", "r.json", "--promote"]) == 0
    added = path.read_text("utf-8").removeprefix(TEXT)
    assert added.splitlines()[1:] == [
        "    answer: |-",
        f"      {CLIPPED}",
        "    verdicts:",
        "      what: partial",
        "      why: level_1",
        "      when: met",
        "      cure: absent",
    ]
    out = capsys.readouterr().out
    assert re.search(r"rubrics/clip\.yaml: reviewed-\w{8} added \(Ada, deep/1\)", out)
    assert "1 new exemplar needs a recording: answerbot check --record clip" in out
    assert run(["review", "r.json", "--promote"]) == 0
    out, err = capsys.readouterr()
    assert out == "nothing to promote\n"
    assert re.search(r"Ada, deep/1: it is the exemplar reviewed-\w{8} already", err)
    assert path.read_text("utf-8") == TEXT + added


def test_checking_a_promotion_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    eve = item(1, "Eve", "Large gradients are cut.")
    (project / "r.json").write_text(render("json", Report((ADA, eve))), "utf-8")
    append_decisions(
        project / "r.decisions.jsonl",
        decision(ADA, "what", "met"),
        decision(eve, "what", "met"),
    )
    assert run(["review", "r.json", "--promote", "--check"]) == 1
    out = capsys.readouterr().out
    assert out.count("would be added") == 2
    assert run(["review", "r.json", "--promote", "--diff", "--candidate", "Ada"]) == 1
    out = capsys.readouterr().out
    assert f"+      {CLIPPED}\n" in out
    assert [line for line in out.splitlines() if line.startswith("-")] == ["--- rubrics/clip.yaml"]
    assert run(["review", "r.json", "--promote", "--check", "--json", "--candidate", "Eve"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["written"]) == (1, False)
    assert [one["candidate"] for one in document["added"]] == ["Eve"]
    assert (project / "rubrics" / "clip.yaml").read_text("utf-8") == TEXT
    assert run(["review", "r.json", "--check"]) == 2


def test_an_answer_to_the_second_question_of_a_rubric_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append_decisions(project / "r.decisions.jsonl", decision(BOB, "what", "met"))
    assert run(["review", "r.json", "--promote"]) == 0
    out, err = capsys.readouterr()
    assert out == "nothing to promote\n"
    assert "Bob, deep/2: it answers deep/2, and the exemplars" in err
    assert "answers to deep/1, the first of its questions" in err
    assert (project / "rubrics" / "clip.yaml").read_text("utf-8") == TEXT


def test_what_is_still_in_doubt_or_undecided_is_not_promoted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append_decisions(project / "r.decisions.jsonl", decision(ADA, "when", "met"))
    assert run(["review", "r.json", "--promote"]) == 0
    out, err = capsys.readouterr()
    assert out == "nothing to promote\n"
    assert "Ada, deep/1: not all of it is decided" in err
    assert "Bob" not in err
    assert run(["review", "r.json", "--promote", "--decisions", "none.jsonl"]) == 2


def test_packaged_rubrics_are_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = {"question": "rnn-theory-50/5", "answer": "It limits the norm of gradients."}
    (tmp_path / "ann.jsonl").write_text(json.dumps(line), "utf-8")
    assert run(["grade", "ann.jsonl", "--estimate", "-o", "r.json"]) == 0
    (one,) = json.loads((tmp_path / "r.json").read_text("utf-8"))["grades"]
    append_decisions(
        tmp_path / "r.decisions.jsonl",
        *(_confirmed(one, part["criterion"]) for part in one["verdicts"]),
        *(_confirmed(one, part["criterion"], "absent") for part in one["misconceptions"]),
    )
    capsys.readouterr()
    assert run(["review", "r.json", "--promote"]) == 2
    err = capsys.readouterr().err
    assert "gradient-clipping is a packaged rubric" in err
    assert "hint: copy all of" in err


def _confirmed(one: dict[str, Any], criterion: str, label: str = "met") -> Decision:
    path = packaged("rubrics") / "gradient-clipping.yaml"
    parts = {part.id: part for part in parts_of(parse_rubric(path.read_text("utf-8"), str(path)))}
    return Decision.model_validate(
        {
            "at": "2026-01-01T00:00:00+00:00",
            "id": criterion,
            "candidate": one["candidate"],
            "question": one["question_id"],
            "answer": one["answer_hash"],
            "rubric": one["rubric"],
            "criterion": criterion,
            "wording": wording_of(parts[criterion]),
            "before": None,
            "after": label,
        }
    )


class Terminal:
    """A terminal of 80 by 24 in which the program runs."""

    def __init__(self, *args: str) -> None:
        self.parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "answerbot", *args],
            stdin=child,
            stdout=child,
            stderr=child,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        )
        os.close(child)
        self.seen = b""

    def until(self, words: str) -> None:
        """Reads on until the words were shown."""
        while words.encode() not in ESCAPES.sub(b"", self.seen):
            assert select.select([self.parent], [], [], 30)[0], self.seen[-2000:]
            self.seen += os.read(self.parent, 65536)

    def press(self, keys: str) -> None:
        """What was shown before no longer counts."""
        self.seen = b""
        os.write(self.parent, keys.encode())

    def ended(self) -> int:
        """The exit code, once all that was written was read."""
        try:
            while chunk := os.read(self.parent, 65536):
                self.seen += chunk
        except OSError:
            pass  # how Linux tells that the other side is closed
        return self.process.wait(30)

    def close(self) -> None:
        """The program and the terminal are gone."""
        self.process.kill()
        self.process.wait()
        os.close(self.parent)


def test_in_a_real_terminal_keys_decide_and_every_decision_is_on_disk_at_once(
    project: Path,
) -> None:
    path = project / "r.decisions.jsonl"
    terminal = Terminal("review", "r.json", "--reviewer", "eve")
    try:
        terminal.until("Ada, deep/1")
        terminal.until("y confirm")
        terminal.press("2")
        terminal.until("decided;")
        (line,) = path.read_text("utf-8").splitlines()
        assert json.loads(line)["after"] == "partial"
        terminal.press("u")
        terminal.until("taken back")
        terminal.press("y")
        terminal.until("decided;")
        terminal.press("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()
    shown = ESCAPES.sub(b"", terminal.seen).decode()
    assert "0 answers still open" in shown
    assert "grade --decisions r.decisions.jsonl" in shown
    decisions, problems = read_decisions(path)
    assert problems == []
    assert [each.label for each in decisions.of(ADA.submission).values()] == ["met"]
    assert len(path.read_text("utf-8").splitlines()) == 3


def test_a_killed_review_has_lost_nothing(project: Path) -> None:
    terminal = Terminal("review", "r.json")
    try:
        terminal.until("y confirm")
        terminal.press("y")
        terminal.until("decided;")
        terminal.process.kill()
        terminal.ended()
    finally:
        terminal.close()
    decisions, problems = read_decisions(project / "r.decisions.jsonl")
    assert (len(decisions), problems) == (1, [])


def test_two_reviews_at_once_write_one_file(project: Path) -> None:
    one, other = Terminal("review", "r.json", "--all"), Terminal("review", "r.json", "--all")
    try:
        for terminal in (one, other):
            terminal.until("y confirm")
        one.press("2")
        other.press("n")
        other.until("Bob, deep/2")
        other.press("y")
        for terminal in (one, other):
            terminal.until("human")
            terminal.press("q")
            assert terminal.ended() == 0
    finally:
        one.close()
        other.close()
    decisions, problems = read_decisions(project / "r.decisions.jsonl")
    assert (len(decisions), problems) == (2, [])


def test_no_other_command_imports_textual(repository: Path) -> None:
    code = (
        "import sys; from answerbot.cli.app import run; "
        "codes = [run([name, '--help']) for name in ('grade', 'review', 'fill', 'check')]; "
        "codes.append(run(['rubric', 'list'])); print(codes); "
        "assert 'textual' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=repository, check=True, capture_output=True)
