"""Drafting over a real socket, and showing from real files."""

import json
from pathlib import Path

import pytest

from answerbot.cli.app import run
from answerbot.domain.rubric import parse_rubric
from answerbot.domain.rubric_text import write_rubric
from tests.endpoint import Endpoint, said
from tests.rubrics import CLIPPING_TEXT
from tests.workflows.test_draft_rubric import drafted

BANK = """\
## Question 1

What is gradient clipping?

## Question 2

What is weight decay?
"""
CONFIG = '[bank]\nquestions = ["bank/*.md"]\nreferences = []\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "answerbot.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "deep.md").write_text(BANK, "utf-8")
    return tmp_path


def with_rubric(project: Path, text: str = CLIPPING_TEXT, name: str = "clipping") -> Path:
    path = project / "rubrics" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace("[bank/1]", "[deep/1]"), "utf-8")
    return path


@pytest.mark.enable_socket
def test_a_draft_is_a_file_that_loads_and_replaces_none(
    project: Path,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    endpoint.reply = lambda _: said(json.dumps(drafted(id="clipped")))
    assert run(["rubric", "draft", "deep/1"]) == 0
    path = project / "rubrics" / "clipped.yaml"
    assert capsys.readouterr().out == f"{path}\n"
    assert parse_rubric(path.read_text("utf-8"), str(path)).questions == ("deep/1",)
    before, asked = path.read_bytes(), len(endpoint.bodies)
    assert run(["rubric", "draft", "deep/1"]) == 2
    assert "question deep/1 has the rubric clipped already" in capsys.readouterr().err
    assert run(["rubric", "draft", "deep/2", "-o", str(path)]) == 2
    assert "such a file already" in capsys.readouterr().err
    for name in ("My Rubric.yaml", "c.yml", "c.txt"):
        assert run(["rubric", "draft", "deep/2", "-o", name]) == 2
    assert len(endpoint.bodies) == asked
    assert run(["rubric", "draft", "deep/2"]) == 0
    assert (project / "rubrics" / "clipped-2.yaml").exists()
    assert path.read_bytes() == before
    assert run(["rubric", "draft", "deep/1", "--force", "-o", str(project / "other.yaml")]) == 0
    other = project / "other.yaml"
    assert parse_rubric(other.read_text("utf-8"), str(other)).id == "other"


@pytest.mark.usefixtures("project")
def test_a_question_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rubric", "draft", "deep/3"]) == 2
    err = capsys.readouterr().err
    assert "there is no question 'deep/3'" in err
    assert "did you mean deep/" in err


def test_a_rubric_is_shown_by_its_id_and_by_a_question(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(project)
    assert run(["rubric", "show", "clipping"]) == 0
    by_id = capsys.readouterr().out
    assert run(["rubric", "show", "deep/1"]) == 0
    assert capsys.readouterr().out == by_id
    for words in (
        "Gradient clipping",
        "10 points, 60 % pass; at most 50 % without an essential criterion",
        "+4 what (essential)",
        "+1 only: Training gets better.",
        "counts: before the optimizer's step",
        "-2 cure",
        " level_2  why",
    ):
        assert words in by_id
    assert run(["rubric", "show", "clippin"]) == 2
    assert "did you mean clipping?" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [50, 80, 200])
def test_hard_wrapped_answers_are_wrapped_anew_for_the_terminal(
    columns: int,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [f"word{number}" for number in range(40)]
    lines = [" ".join(words[at : at + 4]) for at in range(0, 40, 4)]
    answer = "\n\n".join(["\n".join(lines), "- one\n  more\n- two"])
    rubric = parse_rubric(CLIPPING_TEXT, "clipping.yaml")
    first, *others = rubric.exemplars
    changed = first.model_copy(update={"answer": answer})
    path = project / "rubrics" / "clipping.yaml"
    path.parent.mkdir()
    served = {"questions": ("deep/1",), "exemplars": (changed, *others)}
    path.write_text(write_rubric(rubric.model_copy(update=served)), "utf-8")
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(["rubric", "show", "clipping"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= min(columns, 100)
    told = shown[shown.index("word0") : shown.index("- one")].splitlines()
    assert " ".join(" ".join(told).split()) == " ".join(words)
    assert all(len(line) > min(columns, 100) - 10 for line in told[1:-3])
    assert "\n\n      - one more\n      - two\n" in shown


def test_the_list_has_titles_and_fits_the_terminal(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = "\n".join(f"## Question {n}\n\nWhat is part {n}?\n" for n in range(1, 41))
    (project / "bank" / "deep.md").write_text(bank, "utf-8")
    ids = [f"deep/{number}" for number in range(1, 41)]
    text = CLIPPING_TEXT.replace("[bank/1]", f"[{', '.join(ids)}]")
    with_rubric(project, text)
    monkeypatch.setenv("COLUMNS", "60")
    assert run(["rubric", "list"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("clipping: Gradient clipping\n    10 points, ")
    assert max(map(len, shown.splitlines())) <= 60
    assert all(id_ in shown.replace(",", " ").split() for id_ in ids)


def test_the_list_names_the_questions_without_a_rubric(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(project)
    assert run(["rubric", "list"]) == 1
    assert "without a rubric: deep/2" in capsys.readouterr().out
    assert run(["rubric", "list", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert document["unserved"] == ["deep/2"]
    assert document["rubrics"][0]["questions"] == ["deep/1"]


def test_what_no_single_rubric_shows_to_be_wrong_is_told_with_its_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rubric(project)
    with_rubric(project, name="second")
    with_rubric(
        project,
        CLIPPING_TEXT.replace("[bank/1]", "[deep/9]").replace("id: clipping", "id: third"),
        name="third",
    )
    assert run(["rubric", "list"]) == 2
    err = capsys.readouterr().err
    assert "second.yaml:1: the rubric's id is 'clipping'" in err
    assert "second.yaml:3: question deep/1 is served by" in err
    assert "third.yaml:3: the bank has no question deep/9" in err


def test_one_wrong_rubric_stops_grading_before_anything_is_asked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = with_rubric(project, CLIPPING_TEXT.replace("points: 2", "points: two"))
    (project / "ann.md").write_text(BANK, "utf-8")
    assert run(["grade", "ann.md"]) == 2
    assert f"{path}:23: criteria → 3.: points: a whole number" in capsys.readouterr().err
