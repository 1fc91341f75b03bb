"""The whole command over a real socket, on real files, with agreement that was planted."""

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from answerbot.cli.app import run
from tests.endpoint import Answer, Body, Endpoint, refused, said
from tests.grading import CONFIG, GOOD, judging
from tests.rubrics import CLIPPING_TEXT

pytestmark = pytest.mark.enable_socket

QUESTIONS = 15
EACH = 8
ANSWERS = QUESTIONS * EACH
BANK = "## Question 1\n\nWhat is gradient clipping?\n"


def shuffled(values: Sequence[int], seed: int) -> list[int]:
    found = list(values)
    random.Random(seed).shuffle(found)
    return found


# People give a third each 1, 2 and 3 of 4; the judge gives 70 % the same, 25 % one
# more and 5 % one less. So by construction, in fractions of the highest score:
HUMAN = shuffled([1, 2, 3] * (ANSWERS // 3), seed=1)
NOISE = shuffled([0] * 84 + [1] * 30 + [-1] * 6, seed=2)
ACCURACY = 0.7
BIAS = (0.25 - 0.05) / 4
MAE = (0.25 + 0.05) / 4
RMSE = (0.3**0.5) / 4
SPREAD, NOISE_SPREAD = 2 / 3, 0.3 - 0.2**2
PEARSON = (SPREAD / (SPREAD + NOISE_SPREAD)) ** 0.5
QWK = 2 * SPREAD / (SPREAD + (SPREAD + NOISE_SPREAD) + 0.2**2)


def text_of(number: int) -> str:
    return f"It is so, says answer {number}." + " Indeed." * (number % 7)


def planted(number: int) -> dict[str, object]:
    question = number % QUESTIONS
    return {
        "question_id": f"planted {question}",
        "question": f"What is number {question}?",
        "reference": f"It is number {question}.",
        "answer": text_of(number),
        "score": HUMAN[number],
        "max_score": 4,
    }


def judged(body: Body) -> Answer:
    """Gives what was planted for the answer, and is surer where that is what people give."""
    number = int(body["messages"][1]["content"].split("says answer ")[1].split(".")[0])
    score = HUMAN[number] + NOISE[number]
    reply = {
        "reason": f"Worth {score}.",
        "quotes": [f"says answer {number}"],
        "score": score,
        "confidence": 50 if NOISE[number] else 90,
    }
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    return said(json.dumps(reply), usage=usage)


def write_rows(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """120 answers to 15 questions with human scores; a bank without rubrics."""
    (tmp_path / "answerbot.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "deep.md").write_text(BANK, "utf-8")
    return write_rows(tmp_path / "labels.jsonl", [planted(n) for n in range(ANSWERS)])


@pytest.fixture
def live(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = judged
    return endpoint


def calibrated(capsys: pytest.CaptureFixture[str], *args: object, code: int = 0) -> Body:
    assert run(["calibrate", *map(str, args), "--json"]) == code
    found: Body = json.loads(capsys.readouterr().out)
    return found


def test_planted_agreement_and_bias_are_recovered(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    found = calibrated(capsys, labels)
    program = found["agreement"]["program"]
    assert len(live.bodies) == found["graded"] == ANSWERS
    exact = {"accuracy": ACCURACY, "bias": BIAS, "mae": MAE, "rmse": RMSE, "within_one_step": 1}
    assert {name: program[name]["value"] for name in exact} == pytest.approx(exact)
    # These depend on which score the noise fell on, too.
    assert program["pearson"]["value"] == pytest.approx(PEARSON, abs=0.03)
    assert program["spearman"]["value"] == pytest.approx(PEARSON, abs=0.04)
    assert program["qwk"]["value"] == pytest.approx(QWK, abs=0.03)
    for name, planted_value in (exact | {"pearson": PEARSON, "qwk": QWK}).items():
        figure = program[name]
        assert figure["n"] == ANSWERS
        assert figure["low"] <= planted_value <= figure["high"], name
    assert found["agreement"]["mean"]["rmse"]["value"] == pytest.approx(SPREAD**0.5 / 4, abs=0.01)
    assert found["agreement"]["people"] == {}
    unsure, sure = found["reliability"]["bins"]
    assert (unsure["confidence"], unsure["right"]["value"], unsure["right"]["n"]) == (0.5, 0, 36)
    assert (sure["right"]["value"], sure["right"]["n"]) == (1, 84)
    assert sure["confidence"] == pytest.approx(0.9)


def test_bias_is_told_by_length_score_and_question(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(labels, [planted(n) for n in range(60)])
    bias = calibrated(capsys, labels)["bias"]
    for parts in bias.values():
        total = sum(part["n"] * part["bias"]["value"] for part in parts)
        assert sum(part["n"] for part in parts) == 60
        assert total == pytest.approx(sum(NOISE[:60]) / 4)
    assert len(bias["question"]) == QUESTIONS
    assert [part["name"] for part in bias["score"]] == ["score 1", "score 2", "score 3"]


def test_raters_are_compared_with_each_other(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = set(shuffled(range(60), seed=5)[:12])
    rows = [planted(n) | {"score": [HUMAN[n], HUMAN[n], HUMAN[n] + (n in odd)]} for n in range(60)]
    found = calibrated(capsys, write_rows(labels, rows))
    people = found["agreement"]["people"]
    # one of three raters differs by a step in a fifth of the answers: two of three pairs
    assert people["accuracy"]["value"] == pytest.approx(1 - 0.2 * 2 / 3)
    assert people["mae"]["value"] == pytest.approx(0.2 * 2 / 3 / 4)
    assert people["accuracy"]["n"] == 3 * 60
    same = sum(noise == 0 for noise in NOISE[:60]) / 60
    assert found["agreement"]["program"]["accuracy"]["value"] == pytest.approx(same)


def test_a_mapping_takes_the_planted_bias_away_and_grade_says_so(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(labels, [planted(n) for n in range(120)])
    saved = labels.with_name("map.json")
    found = calibrated(capsys, labels, "--fit", "linear", "--save-mapping", saved)
    planted_bias = sum(NOISE[:120]) / 120 / 4
    assert found["mapping"]["before"]["bias"]["value"] == pytest.approx(planted_bias)
    assert found["mapping"]["after"]["bias"]["value"] == pytest.approx(0, abs=0.01)
    mapping = json.loads(saved.read_text("utf-8"))
    assert mapping["basis"]["method"] == "reference"
    assert mapping["basis"]["model"] == found["model"] == "gpt-5-mini"
    (labels.parent / "ann.md").write_text(f"{BANK}\n**Answer:** {GOOD}\n", "utf-8")
    assert run(["grade", "ann.md", "--calibration", str(saved)]) == 2
    assert "judged beside reference answers; these are judged by rubrics" in capsys.readouterr().err


def test_recorded_replies_are_replayed_to_the_same_report(
    labels: Path,
    live: Endpoint,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_rows(labels, [planted(n) for n in range(30)])
    recordings = labels.parent / "bank" / "recordings"
    recordings.mkdir()
    before = calibrated(capsys, labels, "--record", recordings / "labels.jsonl")
    assert len((recordings / "labels.jsonl").read_text("utf-8").splitlines()) == 30
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("ANSWERBOT_REPLAY_MODEL", "gpt-5-mini")
    assert calibrated(capsys, labels, "--replay") == before
    assert len(live.bodies) == 30


def test_what_is_stored_is_not_asked_for_again(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(labels, [planted(n) for n in range(10)])
    assert run(["calibrate", str(labels), "--dry-run"]) == 0
    assert "10 requests" in capsys.readouterr().out
    calibrated(capsys, labels)
    calibrated(capsys, labels)
    assert len(live.bodies) == 10
    assert run(["calibrate", str(labels), "--dry-run"]) == 0
    assert "10 judged by recordings and stored replies: free" in capsys.readouterr().out


def test_answers_that_fail_are_counted_nowhere_and_told(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(labels, [planted(n) for n in range(10)])

    def seven_refused(body: Body) -> Answer:
        if "answer 7." in body["messages"][1]["content"]:
            return refused(400, "no")
        return judged(body)

    live.reply = seven_refused
    found = calibrated(capsys, labels, code=3)
    assert (found["answers"], found["graded"]) == (10, 9)
    (ungraded,) = found["ungraded"]
    assert (ungraded["line"], "no" in ungraded["why"]) == (8, True)


def test_without_endpoint_and_recordings_there_is_nothing_to_report(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calibrate", str(labels)]) == 3
    told = capsys.readouterr().err
    assert "no answer was graded" in told
    assert "--estimate" in told


def test_an_estimate_asks_nobody(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    found = calibrated(capsys, labels, "--estimate")
    assert (found["methods"], found["model"]) == ({"overlap": ANSWERS}, None)
    assert live.bodies == []


RUBRIC_ROW = {
    "question": "What is gradient clipping?",
    "answer": GOOD,
    "criterion:what": 1,
    "criterion:why": "met",
    "criterion:when": "not_met",
    "criterion:cure": "absent",
}


def with_rubric(labels: Path) -> None:
    folder = labels.parent / "rubrics"
    folder.mkdir()
    text = CLIPPING_TEXT.replace("[bank/1]", "[deep/1]")
    (folder / "clipping.yaml").write_text(text, "utf-8")


def test_a_question_of_the_bank_is_graded_by_its_rubric_and_verdicts_are_compared(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    live.reply = judging
    other = RUBRIC_ROW | {"answer": "Gradients are clipped.", "criterion:what": "partial"}
    del other["question"]
    other["question_id"] = "deep/1"
    found = calibrated(capsys, write_rows(labels, [RUBRIC_ROW, other]))
    assert found["methods"] == {"rubric": 2}
    # people: 8 of 10, then partial and met and not met: 6 of 10; the judge: 10, then 0
    assert [grade["human"] for grade in found["grades"]] == [0.8, 0.6]
    assert [grade["program"] for grade in found["grades"]] == [1, 0]
    criteria = {one["name"]: one for one in found["criteria"]}
    assert criteria["clipping: what"]["accuracy"]["value"] == 0.5
    assert criteria["clipping: when"]["precision"]["value"] == 0
    assert criteria["clipping: cure"]["label"] == "present"
    assert criteria["all criteria"]["accuracy"]["n"] == 6


def test_a_mapping_is_fitted_on_grades_of_one_kind_only(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    write_rows(labels, [RUBRIC_ROW, planted(0)])
    assert run(["calibrate", str(labels), "--fit", "linear"]) == 2
    assert "--fit wants grades of one kind" in capsys.readouterr().err
    assert live.bodies == []


def test_grades_carry_a_mapping_that_was_fitted_on_the_same_kind(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    live.reply = judging
    mapping = {
        "version": 1,
        "kind": "linear",
        "basis": {"method": "rubric", "model": "other", "prompt": "0"},
        "x": [0, 1],
        "y": [0.1, 0.9],
        "answers": 300,
        "questions": 15,
        "folds": 10,
    }
    (labels.parent / "map.json").write_text(json.dumps(mapping), "utf-8")
    sheet = f"# Ann\n\n## Question 1\n\n**What is gradient clipping?**\n\n{GOOD}\n"
    (labels.parent / "ann.md").write_text(sheet, "utf-8")
    outputs = [word for name in ("html", "md", "csv") for word in ("-o", f"report.{name}")]
    command = ["grade", "ann.md", "--calibration", "map.json", *outputs]
    assert run([*command, "--json"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert document["grades"][0]["fraction"] == 1
    assert document["grades"][0]["calibrated"] == 0.9
    assert "fitted on 300 answers to 15 questions" in document["calibration"]
    assert "fitted on grades of other, and these are of gpt-5-mini" in told.err
    assert "another prompt" in told.err
    assert "calibrated 90 %" in (labels.parent / "report.html").read_text("utf-8")
    assert "calibrated 90 %" in (labels.parent / "report.md").read_text("utf-8")
    header, *rows = (labels.parent / "report.csv").read_text("utf-8-sig").splitlines()
    assert header.endswith(",calibrated,code")
    assert all(row.endswith(",0.9,") for row in rows)
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "calibrated" in shown
    assert "90 %" in shown


@pytest.mark.parametrize(
    ("row", "args", "told"),
    [
        (RUBRIC_ROW | {"score": 1}, [], "no rubric serves the question"),
        ({"question_id": "lost/1", "answer": "A", "score": 1}, [], "there is no question 'lost/1'"),
        (planted(0) | {"max_score": None}, [], "the row has no highest score"),
        (planted(0), ["--step", "3"], "--step: 3 does not divide 4"),
        (planted(0), ["--estimate", "--live"], "--estimate asks no model"),
        (planted(0), ["--save-mapping", "map.json"], "--save-mapping saves what --fit finds"),
        (planted(0), ["--fit", "linear"], "--fit needs answers to two questions"),
        (planted(0), ["--reason", "said"], "no row has 'said'"),
        (planted(0), ["--dry-run", "-o", "report.md"], "--dry-run writes no report"),
        (planted(0), ["-o", "report.pdf"], "-o: no report has this ending"),
        (planted(0), ["-o", "nowhere/report.html"], "-o: there is no such folder"),
        (planted(0), ["--record", "labels.txt"], "--record: recordings are JSON Lines"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_asked(
    labels: Path,
    live: Endpoint,
    capsys: pytest.CaptureFixture[str],
    row: object,
    args: list[str],
    told: str,
) -> None:
    write_rows(labels, [row])
    assert run(["calibrate", str(labels), *args]) == 2
    assert told in capsys.readouterr().err
    assert live.bodies == []


def test_a_report_never_replaces_the_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calibrate", "x.json", "-o", "x.json", "--estimate"]) == 2
    assert "would replace the labels" in capsys.readouterr().err


def test_without_scikit_learn_the_command_that_installs_it_is_told(
    labels: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert run(["calibrate", str(labels), "--estimate", "--fit", "isotonic"]) == 2
    assert "pip install 'answerbot[calibrate]'" in capsys.readouterr().err


def test_reports_are_written_in_every_form(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = [word for name in ("html", "md", "json") for word in ("-o", f"report.{name}")]
    assert run(["calibrate", str(labels), "--estimate", "--fit", "isotonic", *outputs]) == 0
    shown = capsys.readouterr().out
    assert "Agreement with people" in shown
    assert "written: report.html" in shown
    assert (labels.parent / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert (labels.parent / "report.md").read_text("utf-8").startswith("# Calibration")
    assert json.loads((labels.parent / "report.json").read_text("utf-8"))["version"] == 1


def test_questions_of_several_files_with_and_without_ids_are_kept_apart(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asking(text: str, **more: object) -> dict[str, object]:
        return planted(0) | {"question": text, "question_id": None} | more

    write_rows(labels, [asking("Why?", question_id="q1"), asking("How?")])
    other = write_rows(labels.with_name("other.jsonl"), [asking("When?"), asking("Why?")])
    found = calibrated(capsys, labels, other, "--estimate")
    assert found["questions"] == 3
    about = {part["name"]: (part["about"], part["n"]) for part in found["bias"]["question"]}
    assert about["q1"] == ("Why?", 2)


def test_a_question_of_the_bank_is_one_question_whether_a_row_has_its_id_or_its_text(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    by_id = {"question_id": "deep/1", "answer": GOOD, "score": 1}
    found = calibrated(capsys, write_rows(labels, [RUBRIC_ROW, by_id]), "--estimate")
    assert [part["name"] for part in found["bias"]["question"]] == ["deep/1"]


def test_raters_who_score_one_answer_on_two_scales_are_told(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [planted(0) | {"rater": "A", "score": 2}]
    rows += [planted(0) | {"rater": "B", "score": 9, "max_score": 10}]
    write_rows(labels, rows)
    assert run(["calibrate", str(labels), "--estimate"]) == 2
    assert "labels.jsonl:2: the highest score is 10; for the same answer" in capsys.readouterr().err


def test_a_one_on_a_misconception_says_that_it_is_there(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    live.reply = judging
    rows = [RUBRIC_ROW | {"criterion:cure": said} for said in (0, 1)]
    found = calibrated(capsys, write_rows(labels, rows))
    criteria = {one["name"]: one for one in found["criteria"]}
    # the judge finds no misconception, and people find one in the second answer
    assert criteria["clipping: cure"]["label"] == "present"
    assert criteria["clipping: cure"]["accuracy"]["value"] == 0.5
    assert criteria["all criteria"]["accuracy"]["n"] == 6
    assert [grade["human"] for grade in found["grades"]] == [0.8, 0.6]


def test_a_verdict_that_a_part_does_not_have_is_told_with_its_line(
    labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    write_rows(labels, [RUBRIC_ROW, RUBRIC_ROW | {"criterion:cure": "met"}])
    assert run(["calibrate", str(labels), "--estimate"]) == 2
    assert "labels.jsonl:2: cure: 'met' is no verdict that it has" in capsys.readouterr().err


def test_the_order_of_raters_who_disagree_changes_no_figure(
    labels: Path, live: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(labels)
    live.reply = judging
    rows = [
        RUBRIC_ROW | {"rater": rater, "criterion:what": said}
        for rater, said in (("ann", 1), ("bob", 0))
    ]
    shares = RUBRIC_ROW | {"answer": f"{GOOD} So it is."}
    found = calibrated(capsys, write_rows(labels, [*rows, shares]))
    swapped = calibrated(capsys, write_rows(labels, [*rows[::-1], shares]))
    assert found["criteria"] == swapped["criteria"]
    assert found["agreement"] == swapped["agreement"]
    sizes = {one["name"]: one["accuracy"]["n"] for one in found["criteria"]}
    assert (sizes["clipping: what"], sizes["clipping: why"]) == (1, 2)
