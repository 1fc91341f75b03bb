"""The whole command: real files, a real socket, and a model that is told what to say."""

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from answerbot.cli.app import run
from tests.endpoint import Answer, Body, Endpoint, refused, said
from tests.obliging import obliging, step

pytestmark = pytest.mark.enable_socket

BANK = """\
# Heat

## Question 1

**What is heat?**

**Answer:** _[To be filled]_

---

## Question 2

**What is work?**

**Answer:** By hand.

---

## Question 3

**What is {{ enthalpy }}?**

**Answer:** _[To be filled]_""".replace("\n", "\r\n")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "heat.md"
    path.write_bytes(BANK.encode())
    return path


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = obliging
    return endpoint


@pytest.mark.usefixtures("live")
def test_the_gaps_are_filled_and_every_other_byte_stays(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md"]) == 0
    text = bank.read_bytes().decode()
    first, _, rest = BANK.partition("_[To be filled]_")
    middle, _, _ = rest.partition("_[To be filled]_")
    assert text.startswith(
        f"{first}It is **this**: What is heat?\r\n\r\n- one\r\n- two\r\n\r\n<!-- "
    )
    assert middle in text
    assert "\n" not in text.replace("\r\n", "")
    assert text.endswith(" -->")
    assert "{{ enthalpy }}" in text
    out, err = capsys.readouterr()
    assert "2 accepted" in out
    assert "1 written by hand" in out
    assert "asking gpt-5-mini at http://127.0.0.1" in err


def test_a_second_run_asks_for_nothing_and_changes_nothing(live: Endpoint, bank: Path) -> None:
    assert run(["fill", "heat.md"]) == 0
    asked, text, stamp = len(live.bodies), bank.read_bytes(), bank.stat().st_mtime_ns
    assert run(["fill", "heat.md"]) == 0
    assert run(["fill", "heat.md", "--check"]) == 0
    assert (len(live.bodies), bank.read_bytes()) == (asked, text)
    assert bank.stat().st_mtime_ns == stamp


def test_a_lost_file_is_filled_again_without_paying(live: Endpoint, bank: Path) -> None:
    assert run(["fill", "heat.md"]) == 0
    asked, text = len(live.bodies), bank.read_bytes()
    bank.write_bytes(BANK.encode())
    assert run(["fill", "heat.md"]) == 0
    assert (len(live.bodies), bank.read_bytes()) == (asked, text)


@pytest.mark.usefixtures("live")
def test_an_edited_answer_is_the_humans_until_force(bank: Path) -> None:
    assert run(["fill", "heat.md"]) == 0
    filled = bank.read_bytes()
    edited = filled.replace(b"**this**: What is heat?", b"energy in transit")
    bank.write_bytes(edited)
    assert run(["fill", "heat.md"]) == 0
    assert bank.read_bytes() == edited
    assert run(["fill", "heat.md", "--force"]) == 0
    assert bank.read_bytes() == filled


@pytest.mark.usefixtures("live")
def test_force_leaves_alone_what_the_program_never_wrote(bank: Path) -> None:
    assert run(["fill", "heat.md", "--force"]) == 0
    assert b"**Answer:** By hand.\r\n" in bank.read_bytes()


@pytest.mark.usefixtures("live")
def test_check_and_diff_write_nothing_and_say_what_would_change(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md", "--check"]) == 1
    assert "would change" in capsys.readouterr().out
    assert run(["fill", "heat.md", "--diff"]) == 1
    diff = capsys.readouterr().out
    assert "-**Answer:** _[To be filled]_" in diff
    assert "+**Answer:** It is **this**: What is heat?" in diff
    assert bank.read_bytes() == BANK.encode()


@pytest.mark.usefixtures("live")
def test_only_and_limit_choose_questions(bank: Path) -> None:
    assert run(["fill", "heat.md", "--only", "heat/3"]) == 0
    assert bank.read_bytes().count(b"<!-- answerbot:") == 1
    bank.write_bytes(BANK.encode())
    assert run(["fill", "heat.md", "--limit", "1"]) == 0
    text = bank.read_bytes()
    assert text.count(b"<!-- answerbot:") == 1
    assert text.rindex(b"_[To be filled]_") > text.index(b"<!-- answerbot:")


def test_a_question_that_there_is_not_is_a_usage_error(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md", "--only", "heat/33"]) == 2
    assert "did you mean heat/3?" in capsys.readouterr().err


@pytest.mark.usefixtures("live")
def test_copies_go_to_another_folder_and_the_file_stays(bank: Path) -> None:
    assert run(["fill", "heat.md", "-o", "out"]) == 0
    assert bank.read_bytes() == BANK.encode()
    copy = bank.parent / "out" / "heat.md"
    assert copy.read_bytes().count(b"<!-- answerbot:") == 2


def test_a_copy_filled_anew_is_the_same_as_one_that_never_was_there(
    live: Endpoint, bank: Path
) -> None:
    bank.write_bytes(BANK.replace("**Answer:** _[To be filled]_\r\n", "").encode())
    assert run(["fill", "heat.md", "-o", "old"]) == 0

    def list_it(body: Body) -> Answer:
        return (
            said(json.dumps({"answer": "- one\n- two"}))
            if step(body) == "Draft"
            else obliging(body)
        )

    live.reply = list_it
    again = ["--force", "--live", "--model", "gpt-5-nano"]
    assert run(["fill", "heat.md", "-o", "old", *again]) == 0
    assert run(["fill", "heat.md", "-o", "new", *again]) == 0
    assert Path("old/heat.md").read_bytes() == Path("new/heat.md").read_bytes()
    assert b"- one\r\n- two" in Path("new/heat.md").read_bytes()


@pytest.mark.usefixtures("live")
def test_a_question_that_is_added_later_joins_the_copy_with_its_answers(bank: Path) -> None:
    assert run(["fill", "heat.md", "-o", "out"]) == 0
    copy = bank.parent / "out" / "heat.md"
    mine = copy.read_bytes().replace(b"**this**: What is heat?", b"mine")
    copy.write_bytes(mine)
    added = "\r\n\r\n---\r\n\r\n## Question 4\r\n\r\n**And cold?**\r\n\r\n**Answer:** TBD\r\n"
    bank.write_bytes(BANK.encode() + added.encode())
    assert run(["fill", "heat.md", "-o", "out"]) == 0
    text = copy.read_bytes()
    assert b"It is mine" in text
    assert text.count(b"<!-- answerbot:") == 3
    assert b"And cold?" in text


@pytest.mark.usefixtures("live")
def test_words_of_a_copy_are_not_lost_when_its_source_changes(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md", "-o", "out"]) == 0
    copy = bank.parent / "out" / "heat.md"
    before = copy.read_bytes()
    bank.write_bytes(BANK.encode().replace(b"What is work?", b"What is power?"))
    assert run(["fill", "heat.md", "-o", "out"]) == 2
    err = capsys.readouterr().err
    assert "out/heat.md:" in err
    assert "--force" in err
    assert copy.read_bytes() == before


def test_an_answer_that_its_bank_would_misread_fails_alone(
    live: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asks = "**What is heat?**\n\nTBD\n\n**What is work?**\n\nTBD\n"
    (tmp_path / "bold.md").write_text(asks, "utf-8")

    def ask_back(body: Body) -> Answer:
        if step(body) == "Draft" and "heat" in body["messages"][-1]["content"]:
            return said(json.dumps({"answer": "It moves.\n\n**Why does it move?** It must."}))
        return obliging(body)

    live.reply = ask_back
    assert run(["fill", "bold.md", "--record"]) == 3
    out, err = capsys.readouterr()
    assert "1 not filled" in out
    assert "1 accepted" in out
    assert "write this answer by hand" in err
    text = (tmp_path / "bold.md").read_text("utf-8")
    assert "TBD" in text
    assert text.count("<!-- answerbot:") == 1


def test_an_unusable_reply_is_paid_once_and_asked_for_anew_where_a_person_says_so(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live.reply = lambda body: (
        said(json.dumps({"answer": "<!-- x -->"})) if step(body) == "Draft" else obliging(body)
    )
    assert run(["fill", "heat.md"]) == 3
    live.reply = obliging
    asked = len(live.bodies)
    assert run(["fill", "heat.md"]) == 3
    assert len(live.bodies) == asked
    assert "`answerbot store prune --unusable` has it asked anew" in capsys.readouterr().err
    assert run(["store", "prune", "--unusable"]) == 0
    assert run(["fill", "heat.md"]) == 0
    assert bank.read_bytes().count(b"<!-- answerbot:") == 2


def test_a_file_that_is_spoilt_meanwhile_costs_no_other_its_answers(
    live: Endpoint, bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = tmp_path / "spoilt.md"
    spoilt.write_bytes(BANK.encode())
    open_fence = "## Question 1\n\nx?\n\n```\nopen\n"

    def spoil(body: Body) -> Answer:
        spoilt.write_text(open_fence, "utf-8")
        return obliging(body)

    live.reply = spoil
    assert run(["fill", "spoilt.md", "heat.md"]) == 3
    assert bank.read_bytes().count(b"<!-- answerbot:") == 2
    assert spoilt.read_text("utf-8") == open_fence
    assert "spoilt.md:5" in capsys.readouterr().err


def test_a_file_that_is_deleted_meanwhile_stays_deleted(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def delete(body: Body) -> Answer:
        bank.unlink(missing_ok=True)
        return obliging(body)

    live.reply = delete
    assert run(["fill", "heat.md"]) == 3
    assert not bank.exists()
    assert "deleted while it was being filled" in capsys.readouterr().err


def test_an_output_that_is_a_file_is_refused_before_anything_is_asked(
    live: Endpoint, bank: Path
) -> None:
    assert run(["fill", "heat.md", "-o", "heat.md"]) == 2
    assert live.bodies == []


def test_recordings_of_a_question_that_failed_this_time_are_kept(
    live: Endpoint, bank: Path
) -> None:
    assert run(["fill", "heat.md", "--record"]) == 0
    file = bank.parent / "bank" / "recordings" / "heat.jsonl"
    before = file.read_text("utf-8")
    live.reply = lambda body: refused(400, "not today")
    assert run(["fill", "heat.md", "--force", "--style", "deep", "--record"]) == 3
    assert file.read_text("utf-8") == before


def test_the_same_question_in_another_file_is_not_recorded_twice(
    live: Endpoint, bank: Path, tmp_path: Path
) -> None:
    assert run(["fill", "heat.md", "--record"]) == 0
    (tmp_path / "warm.md").write_bytes(BANK.encode())
    assert run(["fill", "warm.md", "--record"]) == 0
    assert run(["fill", "warm.md", "--check"]) == 0


def test_with_json_a_diff_does_not_spoil_the_document(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md", "--diff", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["version"] == 1


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_asked(
    live: Endpoint, bank: Path
) -> None:
    assert run(["fill", "heat.md", "--report", "nowhere/report.md"]) == 2
    assert live.bodies == []


def test_a_template_that_asks_for_what_there_is_not_is_refused_before_anything_is_asked(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = bank.parent / "prompts" / "revise.md.j2"
    template.parent.mkdir()
    blocks = "{% block system %}x{% endblock %}{% block user %}{{ answr }}{% endblock %}"
    template.write_text(blocks, "utf-8")
    assert run(["fill", "heat.md"]) == 2
    assert "'answr'" in capsys.readouterr().err
    assert live.bodies == []


def test_two_files_of_one_name_are_refused(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bank.parent / "other").mkdir()
    (bank.parent / "other" / "heat.md").write_bytes(BANK.encode())
    assert run(["fill", "heat.md", "other/heat.md"]) == 2
    assert "same ids" in capsys.readouterr().err


def test_without_endpoint_and_recording_nothing_is_written(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md"]) == 3
    out, err = capsys.readouterr()
    assert "2 not filled" in out
    assert err.startswith("no endpoint configured")
    assert "no recording of 'heat/1 draft'" in err
    assert bank.read_bytes() == BANK.encode()


def test_what_a_run_recorded_replays_without_an_endpoint(
    live: Endpoint, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["fill", "heat.md", "--record"]) == 0
    text = bank.read_bytes()
    recordings = bank.parent / "bank" / "recordings" / "heat.jsonl"
    labels = [json.loads(line)["label"] for line in recordings.read_text("utf-8").splitlines()]
    assert labels == [
        "heat/1 draft",
        "heat/1 check-1 claims",
        "heat/3 draft",
        "heat/3 check-1 claims",
    ]
    bank.write_bytes(BANK.encode())
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("ANSWERBOT_STORE", str(bank.parent / "empty.sqlite3"))
    asked = len(live.bodies)
    monkeypatch.setenv("ANSWERBOT_REPLAY_MODEL", "gpt-5-mini")
    assert run(["fill", "heat.md", "--replay"]) == 0
    assert (bank.read_bytes(), len(live.bodies)) == (text, asked)


def test_check_fails_where_the_recordings_give_another_answer(
    live: Endpoint, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["fill", "heat.md", "--record"]) == 0
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert run(["fill", "heat.md", "--check"]) == 0
    from answerbot.domain.provenance import digest

    text = bank.read_bytes().decode().replace("\r\n", "\n")
    old = "It is **this**: What is heat?\n\n- one\n- two"
    new = "It is something else."
    forged = text.replace(old, new).replace(digest(old), digest(new))
    bank.write_bytes(forged.replace("\n", "\r\n").encode())
    assert run(["fill", "heat.md", "--check"]) == 1


def test_answers_that_no_recording_gives_stay_and_fail_a_strict_replay(
    live: Endpoint,
    bank: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["fill", "heat.md"]) == 0
    monkeypatch.delenv("OPENAI_BASE_URL")
    capsys.readouterr()
    assert run(["fill", "heat.md", "--check"]) == 0
    assert "kept as an earlier run wrote them: 2 answers" in capsys.readouterr().err
    assert run(["fill", "heat.md", "--check", "--replay"]) == 3


def test_the_budget_stops_before_the_call_that_would_exceed_it(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md", "--budget", "0.000001"]) == 3
    assert live.bodies == []
    assert "budget" in capsys.readouterr().err
    assert bank.read_bytes() == BANK.encode()


def test_a_budget_for_a_model_of_unknown_price_is_refused(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fill", "heat.md", "--budget", "1", "--model", "home-grown"]) == 2
    assert "price" in capsys.readouterr().err
    assert live.bodies == []


def test_what_was_answered_is_written_where_another_question_fails(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live.reply = lambda body: (
        refused(400, "no enthalpy here") if "enthalpy" in str(body) else obliging(body)
    )
    assert run(["fill", "heat.md", "--max-concurrency", "1"]) == 3
    assert bank.read_bytes().count(b"<!-- answerbot:") == 1
    err = capsys.readouterr().err
    assert "no enthalpy here" in err
    assert "without an answer so far: 1 question;" in err


@pytest.mark.usefixtures("live", "bank")
def test_the_json_document_tells_all_and_stdout_has_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["fill", "heat.md", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert [q["id"] for q in document["questions"]] == ["heat/1", "heat/2", "heat/3"]
    assert [q["status"] for q in document["questions"]] == [
        "accepted",
        "written_by_hand",
        "accepted",
    ]
    assert document["files"] == [
        {"source": "heat.md", "target": "heat.md", "changed": True, "written": True}
    ]
    usage = document["usage"]
    assert usage["replies"] == {"recording": 0, "store": 0, "endpoint": 4}
    assert (usage["input_tokens"], usage["output_tokens"]) == (400, 40)


@pytest.mark.usefixtures("live")
def test_the_report_shows_what_was_found(bank: Path) -> None:
    assert run(["fill", "heat.md", "--report", "report.md"]) == 0
    report = (bank.parent / "report.md").read_text("utf-8")
    assert report.startswith("# What answerbot filled\n")
    assert "### heat/1: What is heat?" in report


def test_an_answer_that_would_break_the_bank_is_sent_back(live: Endpoint, bank: Path) -> None:
    def breaking(body: Body) -> Answer:
        if step(body) == "Draft" and len(body["messages"]) == 2:
            return said(json.dumps({"answer": "Fine.\n\n## Question 9\n\n**What else?**"}))
        return obliging(body)

    live.reply = breaking
    assert run(["fill", "heat.md"]) == 0
    assert b"Question 9" not in bank.read_bytes()


def spawned(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "answerbot", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_interrupted_it_finishes_what_is_in_flight_writes_what_is_done_and_goes_on_later(
    live: Endpoint, bank: Path
) -> None:
    held: list[Body] = []
    released: list[bool] = []

    def slowly(body: Body) -> Answer:
        if step(body) == "Draft" and "enthalpy" in body["messages"][-1]["content"]:
            held.append(body)
            wait_for(lambda: bool(released))
        return obliging(body)

    live.reply = slowly
    process = spawned("fill", "heat.md", "--max-concurrency", "1")
    wait_for(lambda: len(held) == 1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    released.append(True)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "finishing what is in flight" in err
    assert "goes on from here" in err
    assert bank.read_bytes().count(b"<!-- answerbot:") == 1
    paid = [step(body) for body in live.bodies]
    assert paid == ["Draft", "ClaimsReply", "Draft"]
    assert run(["fill", "heat.md"]) == 0
    assert [step(body) for body in live.bodies] == [*paid, "ClaimsReply"]
    assert bank.read_bytes().count(b"<!-- answerbot:") == 2


def test_interrupted_twice_it_breaks_off_at_once_and_says_so(live: Endpoint, bank: Path) -> None:
    held: list[Body] = []

    def never(body: Body) -> Answer:
        held.append(body)
        return replace(obliging(body), wait=True)

    live.reply = never
    before = bank.read_bytes()
    process = spawned("fill", "heat.md", "--max-concurrency", "1")
    wait_for(lambda: len(held) == 1)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "broken off; the same command goes on from what had come" in err
    assert bank.read_bytes() == before


def test_interrupted_it_does_not_wait_for_another_attempt(live: Endpoint, bank: Path) -> None:
    live.reply = lambda body: Answer({"error": {"message": "later"}}, 429, {"Retry-After": "60"})
    process = spawned("fill", "heat.md", "--only", "heat/1")
    wait_for(lambda: len(live.bodies) == 1)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert len(live.bodies) == 1


def test_token_counts_that_make_no_sense_count_as_unknown(
    live: Endpoint, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = {"prompt_tokens": -1, "completion_tokens": -1, "total_tokens": -2}

    def miscounted(body: Body) -> Answer:
        answer = obliging(body)
        assert isinstance(answer.body, dict)
        return Answer(answer.body | {"usage": usage})

    live.reply = miscounted
    assert run(["fill", "heat.md"]) == 0
    assert "cost unknown" in capsys.readouterr().out


def test_two_runs_at_once_leave_a_whole_file(live: Endpoint, bank: Path) -> None:
    one = spawned("fill", "heat.md", "--only", "heat/1")
    other = spawned("fill", "heat.md", "--only", "heat/3")
    for process in (one, other):
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert bank.read_bytes().count(b"<!-- answerbot:") == 2


def test_two_runs_at_once_on_one_bank_ask_for_nothing_twice_and_lose_nothing(
    live: Endpoint, bank: Path
) -> None:
    def slowly(body: Body) -> Answer:
        time.sleep(0.2)
        return obliging(body)

    live.reply = slowly
    runs = [spawned("fill", "heat.md", "--record") for _ in range(2)]
    for process in runs:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert sorted(step(body) for body in live.bodies) == ["ClaimsReply"] * 2 + ["Draft"] * 2
    assert bank.read_bytes().count(b"<!-- answerbot:") == 2
    recorded = bank.parent / "bank" / "recordings" / "heat.jsonl"
    assert len(recorded.read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize("how", ["no", "Ctrl-C"])
def test_on_a_terminal_it_asks_before_the_first_paid_call_and_takes_no_for_an_answer(
    live: Endpoint, bank: Path, how: str
) -> None:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "answerbot", "fill", "heat.md"],
        stdin=child,
        stdout=subprocess.PIPE,
        stderr=child,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(child)
    try:
        shown = b""
        while b"[y/N]" not in shown:
            assert select.select([parent], [], [], 30)[0], f"it does not ask: {shown!r}"
            shown += os.read(parent, 1024)
        if how == "no":
            os.write(parent, b"n\n")
        else:
            process.send_signal(signal.SIGINT)
        # A terminal that nobody reads is full at some time, and whoever writes to it waits.
        with contextlib.suppress(OSError):
            while select.select([parent], [], [], 30)[0] and os.read(parent, 1024):
                pass
        process.communicate(timeout=30)
    finally:
        process.kill()
        os.close(parent)
    assert process.returncode == 130
    assert live.bodies == []
    assert bank.read_bytes() == BANK.encode()
