from pathlib import Path

import pytest

from answerbot.adapters.label_files import read_labels
from answerbot.domain.errors import InputError
from answerbot.domain.labels import Columns

CSV = "question,answer,score,max_score\nWhy?,So.,1,2\n"
LINE = '{"question": "Why?", "answer": "So.", "score": 1, "max_score": 2}\n'


def test_files_of_both_kinds_are_read_in_their_order(tmp_path: Path) -> None:
    first, second = tmp_path / "b.csv", tmp_path / "a.jsonl"
    first.write_text("\ufeff" + CSV.replace("\n", "\r\n"), "utf-8")
    second.write_text(LINE * 2, "utf-8")
    labels = read_labels([first, second], Columns())
    assert [(Path(one.place.path).name, one.place.line) for one in labels] == [
        ("b.csv", 2),
        ("a.jsonl", 1),
        ("a.jsonl", 2),
    ]


def test_the_problems_of_all_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "labels.md").write_text("# Labels\n", "utf-8")
    (tmp_path / "labels.jsonl").write_text("{\n", "utf-8")
    paths = [tmp_path / name for name in ("labels.md", "labels.jsonl", "none.csv")]
    with pytest.raises(InputError) as caught:
        read_labels(paths, Columns())
    assert len(caught.value.problems) == 3
    assert "this is no file of labels" in str(caught.value)
