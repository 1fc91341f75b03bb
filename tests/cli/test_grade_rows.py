"""`answerbot grade` from rows to rows, over a real socket, on real files."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from answerbot.adapters.decision_files import append_decisions
from answerbot.cli import progress
from answerbot.cli.app import run
from answerbot.domain.bank import QuestionId
from answerbot.domain.decisions import Decision, hash_of, wording_of
from tests.endpoint import Answer, Body, Endpoint, refused
from tests.grading import CONFIG, GOOD, PRICED, QUOTES, judging
from tests.rubrics import CLIPPING

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("project")]

Row = dict[str, Any]
PART = "A gradient " + QUOTES["what"] + "."
OUT = ("-o", "r.jsonl")


def row(candidate: str, answer: str = GOOD, question: str = "deep/1", **more: object) -> Row:
    return {"question": question, "answer": answer, "candidate": candidate, **more}


def write(*rows: Row | str, name: str = "all.jsonl") -> str:
    text = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    Path(name).write_text("".join(f"{one}\n" for one in text), "utf-8")
    return name


def read(name: str = "r.jsonl") -> list[Row]:
    return [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]


def test_each_row_of_answers_becomes_a_row_of_results(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row("Ann", id="e1"), row("Bob", PART, id=2), row("Eve", "")]
    assert run(["grade", write(*rows), *OUT]) == 0
    ann, bob, eve = read()
    assert [one["candidate"] for one in (ann, bob, eve)] == ["Ann", "Bob", "Eve"]
    assert [one["id"] for one in (ann, bob, eve)] == ["e1", "2", None]
    assert [one["score"] for one in (ann, bob, eve)] == [10, 4, 0]
    assert (ann["file"], ann["line"], bob["line"]) == ("all.jsonl", 1, 2)
    assert (ann["rubric"], ann["models"]) == ("clipping", ["small-2026-01-01"])
    assert [len(one["keys"]) for one in (ann, bob, eve)] == [1, 1, 0]
    for verdict in ann["verdicts"]:
        (evidence,) = verdict["evidence"]
        assert evidence["quote"] == QUOTES[verdict["criterion"]]
        assert GOOD[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert len(live.bodies) == 2
    told = capsys.readouterr().out.splitlines()
    # 10, 4 and 0 of 10 points: a mean of 47 %, and roots of squares of 53, 7 and 47 %.
    assert told[:2] == [
        "3 answers: 1 passed, 1 not passed, 1 unanswered",
        "14 of 30 points; mean 47 %, spread 41 %",
    ]
    assert "written: r.jsonl" in told


def test_rows_say_what_the_json_report_says(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write(row("Ann"), row("Bob", PART), row("Eve", "x" * 20_001), row("Eve", "", "deep/2"))
    assert run(["grade", name, *OUT]) == 3
    capsys.readouterr()
    assert run(["grade", name, "--json", *OUT[:1], "again.jsonl"]) == 3
    grades = json.loads(capsys.readouterr().out)["grades"]
    assert [{key: one[key] for key in of} for one, of in zip(read(), grades, strict=True)] == grades
    assert Path("again.jsonl").read_bytes() == Path("r.jsonl").read_bytes()
    assert len(live.bodies) == 2


def test_json_lines_csv_and_parquet_come_to_the_same(live: Endpoint) -> None:
    pq.write_table(
        pa.table({key: [row("Ann")[key], row("Bob", PART)[key]] for key in row("Ann")}),
        "all.parquet",
    )
    write("question,candidate,answer", f'deep/1,Ann,"{GOOD}"', f'deep/1,Bob,"{PART}"', name="a.csv")
    write(row("Ann"), row("Bob", PART))
    results = []
    for name in ("all.jsonl", "a.csv", "all.parquet"):
        assert run(["grade", name, *OUT, "-o", "r.parquet"]) == 0
        results.append(read())
        assert [one["score"] for one in pq.read_table("r.parquet").to_pylist()] == [10, 4]
    places = ("file", "line", "place")
    first, *others = [
        [{key: value for key, value in one.items() if key not in places} for one in result]
        for result in results
    ]
    assert others == [first, first]
    assert len(live.bodies) == 2


def test_a_second_run_asks_for_nothing_and_writes_the_same_bytes(live: Endpoint) -> None:
    name = write(*(row(f"c{n}", f"{GOOD} {n}") for n in range(8)))
    for out in ("one", "two"):
        assert run(["grade", name, "-o", f"{out}.jsonl", "-o", f"{out}.parquet"]) == 0
    assert len(live.bodies) == 8
    for ending in ("jsonl", "parquet"):
        assert Path(f"one.{ending}").read_bytes() == Path(f"two.{ending}").read_bytes()


def test_results_are_in_the_order_of_the_answers_whichever_comes_first(live: Endpoint) -> None:
    others = threading.Event()

    def before(number: int) -> None:
        said = live.bodies[number - 1]["messages"][-1]["content"]
        if "number 1" in said:
            assert others.wait(30)
        if "number 2" in said:
            others.set()

    live.before = before
    assert run(["grade", write(*(row(f"c{n}", f"It is number {n}") for n in range(6))), *OUT]) == 0
    assert [one["candidate"] for one in read()] == [f"c{n}" for n in range(6)]


def test_progress_counts_what_waits_for_its_turn(
    live: Endpoint, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.01)
    told: list[str] = []

    def five_told() -> bool:
        told.append(capfd.readouterr().err)
        return "grading: 5 of 6" in "".join(told)

    def before(number: int) -> None:
        if "number 0" in live.bodies[number - 1]["messages"][-1]["content"]:
            _until(five_told)

    live.before = before
    assert run(["grade", write(*(row(f"c{n}", f"It is number {n}") for n in range(6))), *OUT]) == 0
    assert five_told()


def test_a_result_is_written_when_it_is_there(live: Endpoint) -> None:
    seen: list[int] = []

    def before(number: int) -> None:
        if "number 3" in live.bodies[number - 1]["messages"][-1]["content"]:
            _until(lambda: Path("r.jsonl").exists() and len(read()) == 3)
            seen.append(len(read()))

    live.before = before
    assert run(["grade", write(*(row(f"c{n}", f"It is number {n}") for n in range(4))), *OUT]) == 0
    assert seen == [3]


def _until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if true():
            return
        threading.Event().wait(0.01)


def test_a_bad_row_stops_no_other_and_is_told_before_anything_is_asked(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    told_first: list[bool] = []

    def reply(body: Body) -> Answer:
        told_first.append("all.jsonl:2: no JSON" in capsys.readouterr().err)
        return judging(body)

    live.reply = reply
    rows: list[Row | str] = [
        row("Ann"),
        '{"question": "deep/1", "ans',
        row("Bob", question="deep/7"),
        row("Eve"),
        row("Eve"),
    ]
    assert run(["grade", write(*rows), *OUT]) == 3
    assert [one["candidate"] for one in read()] == ["Ann"]
    assert told_first == [True]
    out = capsys.readouterr().out
    assert "1 answer: 1 passed" in out
    assert "4 more rows could not be read, or matched to a question" in out


@pytest.mark.parametrize("name", ["all.jsonl", "all.parquet"])
def test_an_id_that_is_there_twice_is_told_before_anything_is_asked(
    name: str, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []

    def reply(body: Body) -> Answer:
        told.append(capsys.readouterr().err)
        return judging(body)

    live.reply = reply
    rows = [row("Ann", id=7), row("Bob", PART, id=8), row("Eve", f"{PART} ", id=7)]
    write(*rows)
    pq.write_table(pa.Table.from_pylist(rows), "all.parquet")
    assert run(["grade", name, *OUT]) == 0
    assert f"{name}:3: 2 rows have the id '7' and answer deep/1; the first is at line 1" in told[0]
    assert [one["id"] for one in read()] == ["7", "8", "7"]


def test_a_problem_of_a_file_of_parquet_names_its_row(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"question": ["deep/1", "deep/1", None], "answer": [GOOD, None, GOOD]}
    pq.write_table(pa.table({**columns, "candidate": ["Ann", "Bob", "Eve"]}), "all.parquet")
    assert run(["grade", "all.parquet", *OUT]) == 3
    told = capsys.readouterr().err
    assert "all.parquet:2: 'answer' is null, not a string" in told
    assert "all.parquet:3: 'question' is null, not a string" in told
    assert len(read()) == len(live.bodies) == 1


def test_what_gets_no_grade_is_a_row_with_the_reason(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    def reply(body: Body) -> Answer:
        if "number 1" in body["messages"][-1]["content"]:
            return refused(400, "this one is refused")
        return judging(body)

    live.reply = reply
    assert run(["grade", write(*(row(f"c{n}", f"It is number {n}") for n in range(3))), *OUT]) == 3
    assert [one["status"] for one in read()] == ["graded", "ungraded", "graded"]
    assert "refused" in read()[1]["reason"]
    assert read()[1]["score"] is None
    out = capsys.readouterr().out
    assert "Not graded: 1" in out


@pytest.mark.parametrize(("mark", "code"), [("40", 0), ("41", 1)])
@pytest.mark.usefixtures("live")
def test_the_pass_mark_decides_over_the_exit_code(mark: str, code: int) -> None:
    assert run(["grade", write(row("Ann"), row("Bob", PART)), *OUT, "--pass-mark", mark]) == code
    assert [one["passed"] for one in read()] == [True, code == 0]


def test_estimates_need_no_endpoint_and_do_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    name = write(row("Ann"), row("Bob", PART))
    assert run(["grade", name, *OUT]) == 0
    assert [one["status"] for one in read()] == ["estimated", "estimated"]
    assert "2 of 2 answers are estimated, not judged: no rec" in capsys.readouterr().err
    assert run(["grade", name, *OUT, "--estimate", "--pass-mark", "0"]) == 3
    assert {one["passed"] for one in read()} == {None}


def test_rows_that_are_added_meanwhile_are_for_the_next_run(live: Endpoint) -> None:
    name = write(row("Ann"))

    def reply(body: Body) -> Answer:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row("Bob", PART)) + "\n")
        live.reply = judging
        return judging(body)

    live.reply = reply
    assert run(["grade", name, *OUT, "--max-concurrency", "1"]) == 0
    assert [one["candidate"] for one in read()] == ["Ann"]
    assert run(["grade", name, *OUT]) == 0
    assert [one["candidate"] for one in read()] == ["Ann", "Bob"]
    assert len(live.bodies) == 2


def test_rows_that_are_added_to_one_file_take_no_place_of_another(live: Endpoint) -> None:
    names = [write(row(name), name=f"{name}.jsonl") for name in ("Ann", "Eve")]

    def reply(body: Body) -> Answer:
        with Path(names[0]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row("Bob", PART)) + "\n")
        live.reply = judging
        return judging(body)

    live.reply = reply
    assert run(["grade", *names, *OUT, "--max-concurrency", "1"]) == 0
    assert [one["candidate"] for one in read()] == ["Ann", "Eve"]


def test_rows_that_go_meanwhile_are_told(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [write(row(one, f"{GOOD} {one}"), name=f"{one}.jsonl") for one in ("Ann", "Bob", "Eve")]

    def reply(body: Body) -> Answer:
        write({"question": "no", "answer": ""}, name=names[2])
        return judging(body)

    live.reply = reply
    assert run(["grade", *names, *OUT, "--max-concurrency", "1"]) == 3
    assert [one["candidate"] for one in read()] == ["Ann", "Bob"]
    assert "1 answer went from the files while they were graded" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [(), ("-o", "r.html")])
def test_a_file_with_no_row_that_can_be_graded_replaces_no_results(
    flags: tuple[str, ...], live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("r.jsonl").write_text("before\n", "utf-8")
    assert run(["grade", write(row("Ann", question="deep/99")), *OUT, *flags]) == 3
    assert Path("r.jsonl").read_text("utf-8") == "before\n"
    assert "what was there before is left as it was: r.jsonl" in capsys.readouterr().err
    assert not live.bodies


def test_a_pipe_is_read_once(live: Endpoint) -> None:
    os.mkfifo("pipe.jsonl")
    writer = threading.Thread(target=write, args=(row("Ann"),), kwargs={"name": "pipe.jsonl"})
    writer.start()
    assert run(["grade", "pipe.jsonl", *OUT]) == 0
    writer.join()
    assert [one["score"] for one in read()] == [10]
    assert len(live.bodies) == 1


def test_only_some_questions_may_be_graded(live: Endpoint) -> None:
    name = write(row("Ann"), row("Ann", question="deep/2"))
    assert run(["grade", name, *OUT, "--only", "deep/1"]) == 0
    assert [one["question_id"] for one in read()] == ["deep/1"]
    assert run(["grade", name, *OUT, "--only", "deep/3"]) == 2
    assert len(live.bodies) == 1


def test_a_dry_run_tells_the_plan_and_asks_and_writes_nothing(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("answerbot.toml").write_text(PRICED, "utf-8")
    assert run(["grade", write(row("Ann"), row("Bob", "")), *OUT, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 answers\n")
    assert "1 request to small" in out
    assert not Path("r.jsonl").exists()
    assert not live.bodies


def test_the_plan_of_many_answers_is_reckoned_from_some_of_them(
    live: Endpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("answerbot.cli.row_work._SAMPLE", 10)
    name = write(*(row(f"c{n}", f"It is number {n}" if n % 3 else "") for n in range(30)))
    assert run(["grade", name, *OUT, "--dry-run"]) == 0
    out = capsys.readouterr().out
    # The ten blank ones are the same, and may be among the sample: then nine of it are asked for.
    assert out.startswith("30 answers, 21 of them different; of 10 of these\n")
    assert "so of all: 21 requests" in out or "so of all: 19 requests" in out
    assert not live.bodies


@pytest.mark.parametrize("most", [10, 1000])
def test_an_answer_that_is_given_twice_is_planned_once_as_it_is_asked_for_once(
    live: Endpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("answerbot.cli.row_work._SAMPLE", most)
    name = write(*(row(f"c{n}", f"It is number {n % 6}") for n in range(30)))
    assert run(["grade", name, *OUT]) == 0
    assert "30 answers (24 the same as another), 6 requests, " in capsys.readouterr().err
    assert len(live.bodies) == 6


def test_a_plan_tells_how_many_requests_the_budget_lets_be_in_flight(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("answerbot.toml").write_text(
        PRICED.replace("[model]\n", "[model]\nmax_output_tokens = 8000\n"), "utf-8"
    )
    name = write(*(row(f"c{n}", f"It is number {n}") for n in range(3)))
    # 8,000 tokens cost 8 cents, what is sent less than one.
    told = "; the budget of $0.3 lets at most 3 requests be in flight, as each may cost $0.08"
    assert run(["grade", name, *OUT, "--dry-run", "--budget", "0.3"]) == 0
    assert told in capsys.readouterr().out
    assert run(["grade", name, "--dry-run", "--budget", "0.3"]) == 0
    assert told in capsys.readouterr().out
    assert run(["grade", name, *OUT, "--budget", "0.3"]) == 0
    assert told in capsys.readouterr().err
    assert len(live.bodies) == 3
    assert run(["grade", write(row("Ann")), *OUT, "--budget", "3"]) == 0
    assert "in flight" not in capsys.readouterr().err


def test_what_people_decided_is_honoured(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    def decision(candidate: str, answer: str, criterion: int = 1) -> Decision:
        part = CLIPPING.criteria[criterion]
        return Decision(
            at="2026-11-01T12:00:00+00:00",
            by="Eve",
            id=f"{candidate}{criterion}",
            candidate=candidate,
            question=QuestionId("deep/1"),
            answer=hash_of(answer),
            rubric="clipping",
            criterion=part.id,
            wording=wording_of(part),
            before="not_met",
            after="met",
        )

    append_decisions(Path("d.jsonl"), decision("Bob", PART), decision("Ann", "before"))
    assert run(["grade", write(row("Ann"), row("Bob", PART)), *OUT, "--decisions", "d.jsonl"]) == 0
    ann, bob = read()
    assert (ann["score"], bob["score"]) == (10, 8)
    assert [one["human"] for one in bob["verdicts"]] == [False, True, False]
    assert "Ann, deep/1: the answer has changed since a person decided" in capsys.readouterr().err
    assert len(live.bodies) == 2


@pytest.mark.usefixtures("live")
def test_rows_can_be_reviewed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["grade", write(row("Ann"), row("Bob", PART)), *OUT]) == 0
    capsys.readouterr()
    assert run(["review", "r.jsonl", "--all", "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert [one["candidate"] for one in answers] == ["Ann", "Bob"]
    Path("r.jsonl").write_text("{}\n")
    assert run(["review", "r.jsonl", "--all", "--json"]) == 2


@pytest.mark.usefixtures("live")
def test_other_reports_of_the_same_run_may_be_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = write(row("Ann"), row("Bob", PART))
    assert run(["grade", name, *OUT, "-o", "r.csv", "-o", "r.parquet"]) == 0
    assert [one["score"] for one in read()] == [10, 4]
    assert pq.read_table("r.parquet").num_rows == 2
    assert Path("r.csv").exists()
    assert "candidate" in capsys.readouterr().out


@pytest.mark.usefixtures("live")
def test_answers_in_markdown_become_rows_as_well() -> None:
    assert run(["grade", "ann.md", *OUT, "--only", "deep/1"]) == 0
    (ann,) = read()
    assert (ann["candidate"], ann["score"], ann["file"]) == ("Ann", 10, "ann.md")


@pytest.mark.usefixtures("live")
def test_replies_may_be_recorded() -> None:
    name = write(row("Ann"), row("Bob", PART))
    assert run(["grade", name, *OUT, "--record", "rec.jsonl"]) == 0
    assert len(read("rec.jsonl")) == len(read()) == 2


def test_answers_are_never_written_over(live: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    name = write(row("Ann"))
    before = Path(name).read_bytes()
    assert run(["grade", name, "-o", name]) == 2
    assert "would replace the answers" in capsys.readouterr().err
    assert Path(name).read_bytes() == before
    assert not live.bodies


def test_results_in_the_folder_of_the_answers_are_no_answers(live: Endpoint) -> None:
    Path("in").mkdir()
    write(row("Ann"), name="in/all.jsonl")
    for _ in range(2):
        assert run(["grade", "in/all.jsonl", "-o", "in/r.jsonl"]) == 0
    assert run(["grade", "in", *OUT]) == 0
    assert [one["candidate"] for one in read()] == ["Ann"]
    assert len(live.bodies) == 1


def test_after_an_error_that_all_would_meet_each_answer_has_its_row(live: Endpoint) -> None:
    live.reply = lambda _: refused(401, "wrong key")
    name = write(*(row(f"c{n}", f"It is number {n}") for n in range(300)))
    assert run(["grade", name, *OUT]) == 3
    rows = read()
    assert [one["candidate"] for one in rows] == [f"c{n}" for n in range(300)]
    assert {one["status"] for one in rows} == {"ungraded"}
    assert len(live.bodies) < 100


@pytest.mark.parametrize("outputs", [("r.jsonl", "r.parquet"), ("r.csv", "r.html", "r.jsonl")])
def test_a_run_that_can_judge_nothing_leaves_earlier_results_as_they_were(
    outputs: tuple[str, ...], live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [flag for name in outputs for flag in ("-o", name)]
    assert run(["grade", write(row("Ann"), row("Bob", "")), *flags]) == 0
    before = [Path(name).read_bytes() for name in outputs]
    capsys.readouterr()
    live.reply = lambda _: refused(401, "wrong key")
    later = write(row("Bob", ""), row("Eve", PART), name="later.jsonl")
    assert run(["grade", later, *flags, "-o", "new.jsonl"]) == 3
    assert [Path(name).read_bytes() for name in outputs] == before
    assert [one["status"] for one in read("new.jsonl")] == ["graded", "ungraded"]
    out, err = capsys.readouterr()
    for name in outputs:
        assert f"what was there before is left as it was: {name}" in err
        assert f"written: {name}" not in out
    assert "written: new.jsonl" in out
    live.reply = judging
    assert run(["grade", later, *flags]) == 0
    assert [one["candidate"] for one in read()] == ["Bob", "Eve"]


def test_blank_answers_alone_replace_earlier_results(live: Endpoint) -> None:
    Path("r.jsonl").write_text("before\n")
    assert run(["grade", write(row("Ann", "")), *OUT]) == 0
    assert [one["unanswered"] for one in read()] == [True]
    assert not live.bodies


def test_a_budget_that_is_spent_leaves_rows_with_that_reason(live: Endpoint) -> None:
    bounded = PRICED.replace("live =", "max_output_tokens = 100\nlive =")
    Path("answerbot.toml").write_text(bounded, "utf-8")
    name = write(*(row(f"c{n}", f"It is number {n}") for n in range(20)))
    assert run(["grade", name, *OUT, "--budget", "0.01"]) == 3
    statuses = [one["status"] for one in read()]
    assert statuses[0] == "graded"
    assert statuses[-1] == "ungraded"
    assert len(statuses) == 20
    assert statuses.count("graded") == len(live.bodies)


def test_a_run_that_is_interrupted_leaves_whole_rows_and_goes_on_from_there(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    def reply(body: Body) -> Answer:
        if len(live.bodies) == 3:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.3)
        return judging(body)

    live.reply = reply
    Path("r.parquet").write_text("before")
    name = write(*(row(f"c{n}", f"It is number {n}") for n in range(20)))
    both = ["grade", name, *OUT, "-o", "r.parquet", "--max-concurrency", "1"]
    assert run(both) == 130
    done = [one["candidate"] for one in read()]
    assert done == [f"c{n}" for n in range(len(done))]
    assert 0 < len(done) < 20
    assert Path("r.parquet").read_text() == "before"
    told = capsys.readouterr().err
    assert f"stopped: r.jsonl has the first {len(done)} of 20 answers" in told
    assert "not written, as the run was stopped: r.parquet" in told
    live.reply = judging
    assert run(both) == 0
    assert len(read()) == pq.read_table("r.parquet").num_rows == 20
    assert len(live.bodies) == 20


def test_without_pyarrow_parquet_is_refused_before_anything_is_asked(
    live: Endpoint, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({"question": ["deep/1"], "answer": [GOOD]}), "all.parquet")
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["grade", "all.parquet", *OUT]) == 2
    assert run(["grade", write(row("Ann")), "-o", "r.parquet"]) == 2
    assert capsys.readouterr().err.count("pip install 'answerbot[parquet]'") == 2
    assert not live.bodies


def test_a_run_that_is_stopped_before_its_first_row_leaves_the_results_as_they_were(
    live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted = threading.Event()

    def reply(_: Body) -> Answer:
        if not interrupted.is_set():
            interrupted.set()
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.3)
        return refused(500, "later")

    live.reply = reply
    Path("r.jsonl").write_text("before\n")
    assert run(["grade", write(row("Ann"), row("Bob", PART)), *OUT]) == 130
    assert Path("r.jsonl").read_text() == "before\n"
    out, err = capsys.readouterr()
    assert "not written, as the run was stopped: r.jsonl" in err
    assert "No answers." not in out


def test_a_folder_that_is_not_there_and_an_unknown_ending_are_refused_before_anything_is_asked(
    live: Endpoint,
) -> None:
    name = write(row("Ann"))
    assert run(["grade", name, "-o", "none/r.jsonl"]) == 2
    assert run(["grade", name, "-o", "r.feather"]) == 2
    Path("answerbot.toml").write_text(CONFIG, "utf-8")
    assert run(["grade", write("", name="empty.jsonl"), *OUT]) == 2
    assert not live.bodies
