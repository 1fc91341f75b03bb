"""The whole command over a real socket, on real files."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from answerbot.adapters.decision_files import append_decisions
from answerbot.cli.app import run
from answerbot.domain.decisions import Decision, hash_of, parts_of, wording_of
from tests.endpoint import Answer, Body, Endpoint, refused, said
from tests.grading import BANK, CONFIG, GOOD, PRICED, QUOTES, judging, sheet
from tests.rubrics import CLIPPING, CLIPPING_TEXT

pytestmark = pytest.mark.enable_socket


def grades(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> list[Body]:
    assert run(["grade", *args, "--json"]) == code
    found: list[Body] = json.loads(capsys.readouterr().out)["grades"]
    return found


def test_an_answer_is_graded_with_the_words_that_earned_it(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grade", "ann.md", "--only", "deep/1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    (grade,) = document["grades"]
    assert grade["candidate"] == "Ann"
    assert grade["question_id"] == "deep/1"
    assert (grade["status"], grade["score"], grade["possible"]) == ("graded", 10, 10)
    assert (grade["fraction"], grade["passed"]) == (1.0, True)
    for verdict in grade["verdicts"]:
        (evidence,) = verdict["evidence"]
        assert evidence["quote"] == QUOTES[verdict["criterion"]]
        assert GOOD[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert grade["misconceptions"] == grade["flags"] == []
    assert document["usage"]["replies"] == {"recording": 0, "store": 0, "endpoint": 1}
    assert len(live.bodies) == 1


@pytest.mark.usefixtures("live")
def test_an_answer_without_a_rubric_is_not_graded_and_never_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, other = grades(capsys, "ann.md", code=3)
    assert other["status"] == "ungraded"
    assert [other[key] for key in ("score", "fraction", "passed")] == [None, None, None]
    assert "no rubric" in other["reason"]


def test_the_second_run_asks_for_nothing(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    first = grades(capsys, "ann.md", "--only", "deep/1")
    assert grades(capsys, "ann.md", "--only", "deep/1") == first
    assert len(live.bodies) == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("", "no answer"),
        ("_[To be filled]_", "no answer"),
        ("What is gradient clipping?", "repeats the question"),
    ],
)
def test_what_is_no_answer_never_reaches_the_model_and_earns_0(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str], answer: str, text: str
) -> None:
    (project / "bob.jsonl").write_text(json.dumps({"question": "deep/1", "answer": answer}))
    (grade,) = grades(capsys, "bob.jsonl")
    assert (grade["status"], grade["score"], grade["candidate"]) == ("graded", 0, "bob")
    assert text in grade["feedback"] or text in str(grade["flags"])
    assert live.bodies == []


def test_an_oversized_answer_never_reaches_the_model_and_is_not_graded(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "bob.jsonl").write_text(json.dumps({"question": "deep/1", "answer": "so " * 9000}))
    (grade,) = grades(capsys, "bob.jsonl", code=3)
    assert (grade["status"], grade["score"]) == ("ungraded", None)
    assert live.bodies == []


def test_votes_and_single_criteria_are_asked_for_as_told(live: Endpoint) -> None:
    assert run(["grade", "ann.md", "--only", "deep/1", "--votes", "3"]) == 0
    assert {body.get("seed") for body in live.bodies} == {None, 1, 2}
    live.bodies.clear()
    assert run(["grade", "ann.md", "--only", "deep/1", "--per-criterion"]) == 0
    assert len(live.bodies) == len(CLIPPING.criteria) + 1


def test_more_votes_come_only_where_the_first_leaves_a_doubt(live: Endpoint, project: Path) -> None:
    assert run(["grade", "ann.md", "--only", "deep/1", "--votes", "1+2"]) == 0
    assert len(live.bodies) == 1
    (project / "bob.md").write_text(sheet("Bob", GOOD.split(". It happens", maxsplit=1)[0] + "."))
    assert run(["grade", "bob.md", "--only", "deep/1", "--votes", "1+2"]) == 0
    assert len(live.bodies) == 4


@pytest.mark.parametrize("votes", ["0", "x", "1+", "-1", "1+0", "1000"])
def test_votes_that_are_no_number_are_refused(
    votes: str, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grade", "ann.md", f"--votes={votes}"]) == 2
    assert "votes" in capsys.readouterr().err
    assert live.bodies == []


@pytest.mark.usefixtures("live")
def test_the_pass_mark_decides_the_exit_code(project: Path) -> None:
    (project / "bob.md").write_text(sheet("Bob", GOOD.split(". It happens", maxsplit=1)[0] + "."))
    assert run(["grade", "bob.md", "--only", "deep/1", "--pass-mark", "80"]) == 0
    assert run(["grade", "bob.md", "--only", "deep/1", "--pass-mark", "81"]) == 1
    assert run(["grade", "bob.md", "--only", "deep/1"]) == 0


def test_a_dry_run_tells_calls_tokens_and_price_and_asks_nothing(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "answerbot.toml").write_text(PRICED, "utf-8")
    (project / "bob.md").write_text(sheet("Bob", "", "Penalizes big weights."))
    assert run(["grade", "ann.md", "bob.md", "--dry-run", "--votes", "1+2"]) == 0
    out = capsys.readouterr().out
    assert live.bodies == []
    assert "4 answers" in out
    assert "1 skipped: there is no answer" in out
    assert "bob.md:7: Bob, deep/1" in out or "bob.md:3: Bob, deep/1" in out
    assert "2 skipped: no rubric serves question deep/2" in out
    assert "1 request, at most 3" in out
    assert "cost about $0.0" in out
    assert run(["grade", "ann.md", "--only", "deep/1"]) == 0
    capsys.readouterr()
    assert run(["grade", "ann.md", "--dry-run", "--only", "deep/1"]) == 0
    out = capsys.readouterr().out
    assert "1 judged by recordings and stored replies" in out
    assert "0 requests" in out


def test_a_plan_with_its_price_stands_before_the_first_paid_request(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "answerbot.toml").write_text(PRICED, "utf-8")
    assert run(["grade", "ann.md", "--only", "deep/1"]) == 0
    err = capsys.readouterr().err
    assert f"asking small at {live.url}: 1 answer, 1 request" in err


def test_a_budget_that_is_too_small_grades_nothing_and_says_so(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "answerbot.toml").write_text(PRICED, "utf-8")
    (grade,) = grades(capsys, "ann.md", "--only", "deep/1", "--budget", "0.000001", code=3)
    assert grade["status"] == "ungraded"
    assert "budget" in grade["reason"]
    assert live.bodies == []


def test_recorded_judgements_grade_without_an_endpoint(
    live: Endpoint,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (project / "rubrics" / "recordings").mkdir()
    keep = "rubrics/recordings/ann.jsonl"
    recorded = grades(capsys, "ann.md", "--only", "deep/1", "--record", keep, "--model", "small")
    monkeypatch.delenv("OPENAI_BASE_URL")
    (project / "answerbot.toml").write_text(CONFIG + "[model]\nreplay = 'small'\n", "utf-8")
    assert grades(capsys, "ann.md", "--only", "deep/1", "--replay") == recorded
    (line,) = (project / keep).read_text("utf-8").splitlines()
    assert json.loads(line)["label"] == "Ann/deep/1 judge"
    assert len(live.bodies) == 1


@pytest.mark.usefixtures("project")
def test_without_endpoint_and_recording_an_estimate_is_given_and_called_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["grade", "ann.md", "--only", "deep/1"]) == 0
    out, err = capsys.readouterr()
    assert "estimate" in out
    assert "1 of 1 answers are estimated, not judged: no recording judges them" in err
    (grade,) = grades(capsys, "ann.md", "--only", "deep/1")
    assert grade["status"] == "estimated"
    (asked,) = grades(capsys, "ann.md", "--only", "deep/1", "--estimate")
    assert asked == grade
    assert run(["grade", "ann.md", "--only", "deep/1", "--pass-mark", "1"]) == 3


@pytest.mark.usefixtures("project")
def test_in_a_replay_that_was_asked_for_a_missing_recording_is_no_estimate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (grade,) = grades(capsys, "ann.md", "--only", "deep/1", "--replay", code=3)
    assert (grade["status"], grade["score"]) == ("ungraded", None)


def test_a_failing_endpoint_leaves_answers_ungraded_and_the_rest_graded(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "bob.md").write_text(sheet("Bob", "I break things. " + GOOD))

    def breaking(body: Body) -> Answer:
        broken = "I break things" in body["messages"][-1]["content"]
        return refused(400, "no such luck") if broken else judging(body)

    live.reply = breaking
    ann, bob = grades(capsys, "ann.md", "bob.md", "--only", "deep/1", code=3)
    assert (ann["status"], bob["status"], bob["score"]) == ("graded", "ungraded", None)
    assert "no such luck" in bob["reason"]


@pytest.mark.usefixtures("live")
def test_answers_that_cannot_be_matched_are_told_and_the_others_graded(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = sheet("Ann", GOOD) + "\n## Question 9\n\n**What is a Boltzmann machine?**\n\nA net.\n"
    (project / "ann.md").write_text(odd, "utf-8")
    assert run(["grade", "ann.md", "--only", "deep/1"]) == 3
    out, err = capsys.readouterr()
    assert "10/10" in out
    assert "ann.md:15: " in err


@pytest.mark.usefixtures("live")
def test_reports_go_to_files_by_their_endings(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("r.json", "r.csv", "r.md", "r.html")
    flags = [flag for name in names for flag in ("-o", name)]
    assert run(["grade", "ann.md", "--only", "deep/1", *flags]) == 0
    assert "10/10" in capsys.readouterr().out
    assert json.loads((project / "r.json").read_text("utf-8"))["grades"][0]["score"] == 10
    rows = list(csv.DictReader(io.StringIO((project / "r.csv").read_text("utf-8-sig"))))
    assert [row["criterion"] for row in rows] == [one.id for one in CLIPPING.criteria]
    assert "Ann" in (project / "r.md").read_text("utf-8")
    assert (project / "r.html").read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["-o", "r.pdf"], "no report has this ending"),
        (["-o", "nowhere/r.html"], "no such folder"),
        (["--json", "--csv"], "both want stdout"),
        (["--estimate", "--live"], "--estimate"),
        (["--only", "deep/7"], "deep/7"),
        (["--pass-mark", "101"], "less than or equal to 100"),
    ],
)
def test_flags_that_make_no_sense_cost_nothing(
    live: Endpoint, capsys: pytest.CaptureFixture[str], args: list[str], what: str
) -> None:
    assert run(["grade", "ann.md", *args]) == 2
    assert what in capsys.readouterr().err
    assert live.bodies == []


def test_without_solutions_no_form_tells_what_would_have_earned_points(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "bob.md").write_text(sheet("Bob", "It does something to gradients at some point."))
    flags = [flag for name in ("r.json", "r.csv", "r.md", "r.html") for flag in ("-o", name)]
    assert run(["grade", "bob.md", "--only", "deep/1", "--no-solutions", *flags]) == 0
    told = capsys.readouterr().out
    told += "".join((project / flag).read_text("utf-8") for flag in flags[1::2])
    assert len(live.bodies) == 1
    for criterion in CLIPPING.criteria:
        assert criterion.states not in " ".join(told.split())
        assert f"It does not say {criterion.id}" not in told


def test_a_bank_as_init_makes_it_can_be_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    (tmp_path / "rubrics").mkdir()
    rubric = CLIPPING_TEXT.replace("[bank/1]", "[example/1]")
    (tmp_path / "rubrics" / "clipping.yaml").write_text(rubric, "utf-8")
    (tmp_path / "ann.jsonl").write_text('{"question": "example/1", "answer": "Noise is learned."}')
    capsys.readouterr()
    (grade,) = grades(capsys, "ann.jsonl")
    assert (grade["question_id"], grade["status"]) == ("example/1", "estimated")


def test_the_shipped_rubrics_serve_no_other_bank_that_has_the_same_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answerbot.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "rnn-theory-50.md").write_text(BANK.replace("gradient", "cat"), "utf-8")
    (tmp_path / "ann.jsonl").write_text('{"question": "rnn-theory-50/2", "answer": "They purr."}')
    (grade,) = grades(capsys, "ann.jsonl", code=3)
    assert "no rubric serves" in grade["reason"]


def test_in_an_empty_folder_the_shipped_bank_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = {"question": "rnn-theory-50/2", "answer": "It is about gradients that shrink."}
    (tmp_path / "ann.jsonl").write_text(json.dumps(answer))
    (grade,) = grades(capsys, "ann.jsonl")
    assert grade["status"] == "estimated"


def test_a_report_replaces_no_answers(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "ann.md").read_bytes()
    assert run(["grade", "ann.md", "-o", "ann.md"]) == 2
    assert "would replace the answers" in capsys.readouterr().err
    assert (project / "ann.md").read_bytes() == before
    assert live.bodies == []


@pytest.mark.parametrize("name", ["folder.html", "x/y.csv"])
def test_a_report_that_cannot_be_written_is_told_before_anything_is_asked(
    live: Endpoint, project: Path, name: str
) -> None:
    (project / "folder.html").mkdir()
    assert run(["grade", "ann.md", "-o", name]) == 2
    assert run(["grade", "ann.md", "--record", "ann.md"]) == 2
    assert run(["grade", "ann.md", "--record", "folder.html"]) == 2
    assert live.bodies == []


def test_recordings_are_added_to_and_never_dropped(
    live: Endpoint, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = ["--only", "deep/1", "--record", "kept.jsonl"]
    lines = (project / "kept.jsonl").read_text

    assert run(["grade", "ann.md", "--votes", "3", *kept]) == 0
    assert len(lines("utf-8").splitlines()) == 3
    assert run(["grade", "ann.md", *kept]) == 0
    (project / "other").mkdir()
    other = sheet("Ann", "A namesake says: " + GOOD)
    (project / "other" / "ann.md").write_text(other, "utf-8")
    assert run(["grade", "other/ann.md", *kept]) == 0
    assert len(lines("utf-8").splitlines()) == 4
    monkeypatch.delenv("OPENAI_BASE_URL")
    (project / "ann.md").write_text(sheet("Ann", "Something else about norms."), "utf-8")
    assert run(["grade", "ann.md", *kept]) == 0
    assert len(lines("utf-8").splitlines()) == 4
    assert len(live.bodies) == 4


def test_replies_on_disk_are_counted_once(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grade", "ann.md", "--only", "deep/1"]) == 0
    capsys.readouterr()
    assert run(["grade", "ann.md", "--only", "deep/1", "--json"]) == 0
    usage = json.loads(capsys.readouterr().out)["usage"]
    assert usage["replies"] == {"recording": 0, "store": 1, "endpoint": 0}
    assert len(live.bodies) == 1


def test_the_votes_can_be_set_in_the_environment(
    live: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSWERBOT_VOTES", "3")
    assert run(["grade", "ann.md", "--only", "deep/1"]) == 0
    assert len(live.bodies) == 3


@pytest.mark.usefixtures("live")
def test_a_dry_run_speaks_json_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bob.md").write_text(sheet("Bob", ""))
    assert run(["grade", "ann.md", "bob.md", "--dry-run", "--json", "--votes", "1+2"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["answers"]) == (1, 4)
    assert document["requests"] == {"at_least": 1, "at_most": 3}
    assert {"candidate": "Bob", "question_id": "deep/1", "why": "there is no answer"} in document[
        "skipped"
    ]
    assert run(["grade", "ann.md", "--dry-run", "-o", "x.html"]) == 2


@pytest.mark.usefixtures("project")
def test_a_dry_run_without_an_endpoint_tells_of_estimates(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["grade", "ann.md", "--only", "deep/1", "--dry-run"]) == 0
    assert "1 answer would be estimated" in capsys.readouterr().out
    assert run(["grade", "ann.md", "--only", "deep/1", "--dry-run", "--replay"]) == 0
    assert "would stay ungraded: no recording judges them" in capsys.readouterr().out


def test_without_solutions_no_quote_that_the_judge_made_up_is_told(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def inventing(body: Body) -> Answer:
        reply = json.loads(str(judging(body).body["choices"][0]["message"]["content"]))  # type: ignore[index]
        for claim in reply["criteria"]:
            claim |= {"verdict": "met", "quotes": ["the secret of the norm"]}
        return said(json.dumps(reply))

    live.reply = inventing
    flags = [flag for name in ("r.json", "r.csv", "r.md", "r.html") for flag in ("-o", name)]
    assert run(["grade", "ann.md", "--only", "deep/1", "--no-solutions", *flags]) == 0
    told = capsys.readouterr().out
    told += "".join((project / flag).read_text("utf-8") for flag in flags[1::2])
    assert "secret" not in told
    assert run(["grade", "ann.md", "--only", "deep/1", "--json"]) == 0
    assert "secret" in capsys.readouterr().out


@pytest.mark.usefixtures("live")
def test_what_was_not_matched_is_told_in_the_report_too(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = sheet("Ann", GOOD) + "\n## Question 9\n\n**What is a Boltzmann machine?**\n\nA net.\n"
    (project / "ann.md").write_text(odd, "utf-8")
    assert run(["grade", "ann.md", "--only", "deep/1", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    (left_out,) = document["unmatched"]
    assert left_out["place"].endswith("ann.md:15")


DECIDED = {
    "at": "2026-01-01T00:00:00+00:00",
    "by": "eve",
    "candidate": "Ann",
    "question": "deep/1",
    "answer": hash_of(GOOD),
    "rubric": "clipping",
    "before": "met",
    "comment": None,
}


def decide(path: Path, comment: str | None = None, **labels: str) -> None:
    """Eve's decisions on Ann's answer, one a criterion, stand in the file."""
    wordings = {part.id: wording_of(part) for part in parts_of(CLIPPING)}
    entries = [
        Decision.model_validate(
            {
                **DECIDED,
                "id": f"{number}{id_}",
                "criterion": id_,
                "wording": wordings[id_],
                "after": label,
                "comment": comment,
            }
        )
        for number, (id_, label) in enumerate(labels.items())
    ]
    append_decisions(path, *entries)


ONE = ("ann.md", "--only", "deep/1")
HONOURING = (*ONE, "--decisions", "d.jsonl")


def test_a_decided_verdict_takes_the_place_of_the_judges_in_every_form(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(project / "d.jsonl", "No norm is named.", what="partial")
    flags = [flag for name in ("r.json", "r.csv", "r.md", "r.html") for flag in ("-o", name)]
    assert run(["grade", *HONOURING, *flags]) == 0
    out = capsys.readouterr().out
    assert "8/10" in out
    assert "✓ human" in out
    assert "-2 what (human): No norm is named." in " ".join(out.split())
    (grade,) = json.loads((project / "r.json").read_text("utf-8"))["grades"]
    assert (grade["score"], grade["status"]) == (8, "graded")
    assert [verdict["human"] for verdict in grade["verdicts"]] == [True, False, False]
    assert grade["verdicts"][0]["reason"] == "No norm is named."
    rows = list(csv.DictReader(io.StringIO((project / "r.csv").read_text("utf-8-sig"))))
    assert [row["human"] for row in rows] == ["yes", "no", "no"]
    assert "What (human): No norm is named." in (project / "r.md").read_text("utf-8")
    assert '<span class="tag">human</span>' in (project / "r.html").read_text("utf-8")
    assert len(live.bodies) == 1


@pytest.mark.usefixtures("live")
def test_without_decisions_no_form_speaks_of_humans(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grade", *ONE, "-o", "r.md", "-o", "r.html"]) == 0
    told = capsys.readouterr().out + (project / "r.md").read_text("utf-8")
    assert "human" not in told
    assert ">human<" not in (project / "r.html").read_text("utf-8")


@pytest.mark.usefixtures("live")
def test_an_answer_that_is_set_aside_is_graded_once_its_doubts_are_decided(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "answerbot.toml").write_text(CONFIG + "[grade]\nmargin = 100\n", "utf-8")
    (before,) = grades(capsys, *ONE)
    assert before["status"] == "review"
    decide(project / "d.jsonl", what="met", why="met")
    assert grades(capsys, *HONOURING)[0]["status"] == "review"
    decide(project / "d.jsonl", when="met")
    (after,) = grades(capsys, *HONOURING)
    assert (after["status"], after["score"], after["flags"]) == ("graded", 10, [])
    assert [one["reason"] for one in after["verdicts"]] == [
        one["reason"] for one in before["verdicts"]
    ]


def test_a_changed_answer_and_a_criterion_that_is_gone_are_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(project / "d.jsonl", what="not_met", when="not_met")
    rubric = project / "rubrics" / "clipping.yaml"
    text = rubric.read_text("utf-8")
    rubric.write_text(re.sub(r"\bwhen\b", "then", text), "utf-8")
    assert run(["grade", *HONOURING, "--estimate", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "Ann, deep/1: the decision on when is not applied" in err
    assert any("the decision on when" in one["what"] for one in json.loads(out)["notices"])
    rubric.write_text(text, "utf-8")
    (project / "ann.md").write_text(sheet("Ann", GOOD + " So."), "utf-8")
    assert run(["grade", *HONOURING, "--json"]) == 0
    out, err = capsys.readouterr()
    (grade,) = json.loads(out)["grades"]
    assert [verdict["human"] for verdict in grade["verdicts"]] == [False, False, False]
    assert "the answer has changed since a person decided about it" in err


def test_a_person_can_grade_what_no_recording_judges(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(project / "d.jsonl", what="met", why="level_2")
    (grade,) = grades(capsys, *HONOURING, "--replay", code=3)
    assert grade["status"] == "ungraded"
    decide(project / "d.jsonl", when="met")
    (grade,) = grades(capsys, *HONOURING, "--replay")
    assert (grade["status"], grade["score"]) == ("graded", 9)


@pytest.mark.usefixtures("project")
def test_an_estimate_of_which_all_is_decided_is_a_grade(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(project / "d.jsonl", what="met", why="level_1")
    (grade,) = grades(capsys, *HONOURING, "--estimate")
    assert (grade["status"], grade["passed"]) == ("estimated", None)
    decide(project / "d.jsonl", when="met", cure="absent")
    (grade,) = grades(capsys, *HONOURING, "--estimate")
    assert (grade["status"], grade["score"], grade["passed"]) == ("graded", 7, True)


@pytest.mark.usefixtures("live")
def test_the_configuration_can_name_decisions_that_are_to_come(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CONFIG + "[grade]\ndecisions = 'd.jsonl'\n"
    (project / "answerbot.toml").write_text(text, "utf-8")
    assert grades(capsys, *ONE)[0]["score"] == 10
    decide(project / "d.jsonl", when="not_met")
    assert grades(capsys, *ONE)[0]["score"] == 8
    assert run(["grade", *ONE, "--decisions", "none.jsonl"]) == 2
    assert "the decisions cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("rows", [False, True])
def test_what_ended_the_run_is_told_once_with_what_to_do_about_it(
    live: Endpoint, project: Path, capsys: pytest.CaptureFixture[str], rows: bool
) -> None:
    live.reply = lambda _: refused(401, "bad key")
    asked = {"question": "deep/1", "answer": GOOD}
    (project / "all.jsonl").write_text(
        "".join(json.dumps(asked | {"candidate": f"c{n}"}) + "\n" for n in range(30)), "utf-8"
    )
    report = project / ("rows.jsonl" if rows else "all.json")
    assert run(["grade", "all.jsonl", "-o", report.name, "--yes"]) == 3
    assert capsys.readouterr().err.count("set OPENAI_API_KEY to a key") == 1
    text = report.read_text("utf-8")
    grades = list(map(json.loads, text.splitlines())) if rows else json.loads(text)["grades"]
    assert [one["code"] for one in grades] == ["key-refused"] * 30
    assert len(live.bodies) <= 4
