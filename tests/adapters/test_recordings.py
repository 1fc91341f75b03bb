from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from answerbot.adapters.recordings import load_recordings, open_recordings, write_recordings
from answerbot.domain.errors import InputError, Location
from tests.adapters.requests import recording, request

FIRST = recording(request("What is an RNN?"))
SECOND = recording(request("What is an LSTM?", label="rnn/2 draft"))
THIRD = recording(request("What is a GRU?", label="rnn/3 draft"))


def test_what_was_written_is_loaded_from_a_folder(tmp_path: Path) -> None:
    write_recordings(tmp_path / "recordings" / "rnn.jsonl", [FIRST, SECOND])
    (tmp_path / "recordings" / "README.md").write_text("How these were made.")
    loaded = load_recordings([tmp_path / "recordings"])
    assert list(loaded.all()) == [FIRST, SECOND]
    assert loaded.get(SECOND.key) == SECOND
    assert loaded.get("0" * 64) is None


def test_packed_files_are_read_beside_others(tmp_path: Path) -> None:
    write_recordings(tmp_path / "new.jsonl", [FIRST])
    write_recordings(tmp_path / "old", [SECOND])
    packed = tmp_path / "old.jsonl.gz"
    packed.write_bytes(gzip.compress((tmp_path / "old").read_bytes()))
    recordings = load_recordings([tmp_path])
    assert list(recordings.all()) == [FIRST, SECOND]
    assert recordings.location(SECOND.key) == Location(str(packed), 1)


@pytest.mark.parametrize("damaged", [slice(None, -9), slice(2, None)])
def test_a_packed_file_that_is_damaged_is_an_error(tmp_path: Path, damaged: slice) -> None:
    packed = tmp_path / "rnn.jsonl.gz"
    packed.write_bytes(gzip.compress(b"{}")[damaged])
    with pytest.raises(InputError, match="cannot be read"):
        open_recordings([packed])


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert len(load_recordings([tmp_path / "recordings"])) == 0


def test_lines_stand_in_the_order_of_the_work_and_each_only_once(tmp_path: Path) -> None:
    file = tmp_path / "rnn.jsonl"
    write_recordings(file, [FIRST, SECOND, THIRD, SECOND], order=["rnn/3 draft", SECOND.key])
    assert list(load_recordings([file]).all()) == [THIRD, SECOND, FIRST]
    assert len(file.read_text().splitlines()) == 3


def test_formulas_and_line_separators_survive(tmp_path: Path) -> None:
    odd = recording(request("α\u2028β\x85γ\r\n$\\tanh$"), "∂L/∂W\u2029")
    write_recordings(tmp_path / "odd.jsonl", [odd])
    assert list(load_recordings([tmp_path]).all()) == [odd]


GOOD = FIRST.to_line()
OTHER = json.loads(SECOND.to_line())


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{nonsense", "not JSON"),
        ("[]", "not a JSON object"),
        (GOOD, "a second recording of request"),
        (json.dumps(OTHER | {"key": "0" * 64}), "the key is not that of the request"),
        (json.dumps(OTHER | {"note": "?"}), "unknown field 'note'"),
        (json.dumps({k: v for k, v in OTHER.items() if k != "reply"}), "field 'reply' is missing"),
        (json.dumps(OTHER | {"source": "sk-" + "abcdefgh0123456789"}), "looks like a secret"),
    ],
)
def test_a_bad_line_is_an_error_with_its_place(tmp_path: Path, line: str, what: str) -> None:
    file = tmp_path / "rnn.jsonl"
    file.write_text(f"{GOOD}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_recordings([tmp_path])
    assert str(caught.value).startswith(f"{file}:3: ")
    assert what in str(caught.value)


def test_all_bad_lines_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{\n")
    (tmp_path / "b.jsonl").write_text("{\n")
    with pytest.raises(InputError) as caught:
        load_recordings([tmp_path])
    assert len(caught.value.problems) == 2


def test_a_file_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        load_recordings([tmp_path])


def test_recordings_are_opened_at_once_and_proved_when_they_are_taken_out(tmp_path: Path) -> None:
    damaged = SECOND.to_line().replace("What is an LSTM?", "What is a GRU?")
    (tmp_path / "a.jsonl").write_text(f"{GOOD}\n\n{damaged}\n")
    opened = open_recordings([tmp_path])
    assert opened.get(FIRST.key) == FIRST
    with pytest.raises(InputError, match=r"a\.jsonl:3: .*the key is not that of the request"):
        opened.get(SECOND.key)
    with pytest.raises(InputError, match=r"a\.jsonl:3: "):
        list(opened.all())


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("<<<<<<< ours", "not JSON"),
        (SECOND.to_line()[:-9], "not JSON"),
        (GOOD, "a second recording of request"),
        (json.dumps({k: OTHER[k] for k in reversed(OTHER)})[:-1] + ', "a": 1}', "unknown field"),
    ],
)
def test_a_line_that_does_not_look_like_a_recording_is_told_on_opening(
    tmp_path: Path, line: str, what: str
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f"{GOOD}\n{line}\n")
    with pytest.raises(InputError, match=what) as caught:
        open_recordings([tmp_path])
    assert str(caught.value).startswith(f"{file}:2: ")


def test_recordings_in_another_order_of_fields_are_opened_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({key: OTHER[key] for key in reversed(OTHER)}))
    assert open_recordings([tmp_path]).get(SECOND.key) == SECOND


def test_a_line_with_two_keys_is_no_recording(tmp_path: Path) -> None:
    twice = GOOD[:-1] + f', "key": "{FIRST.key}"}}'
    (tmp_path / "a.jsonl").write_text(twice.replace(FIRST.key, "0" * 64, 1))
    with pytest.raises(InputError, match="the key stands twice in the line"):
        open_recordings([tmp_path]).get("0" * 64)


def test_a_reply_whose_types_are_wrong_is_noticed_when_it_is_used(tmp_path: Path) -> None:
    value = json.loads(GOOD)
    value["reply"]["text"] = None
    (tmp_path / "a.jsonl").write_text(json.dumps(value))
    loaded = load_recordings([tmp_path])
    with pytest.raises(InputError, match=r"a\.jsonl:1: not a recording: reply\.text"):
        loaded.get(FIRST.key)


def test_a_secret_is_not_written_and_what_was_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "rnn.jsonl"
    write_recordings(file, [FIRST])
    before = file.read_bytes()
    leak = recording(request("My key is " + "sk-" + "abcdefgh0123456789"))
    with pytest.raises(InputError, match="looks like a secret"):
        write_recordings(file, [leak])
    assert file.read_bytes() == before


def test_ones_own_recordings_stand_before_those_of_others(tmp_path: Path) -> None:
    write_recordings(tmp_path / "own.jsonl", [FIRST])
    write_recordings(tmp_path / "other.jsonl", [recording(FIRST.request, "Else."), SECOND])
    own, other = (load_recordings([tmp_path / name]) for name in ("own.jsonl", "other.jsonl"))
    both = own.over(other)
    assert both.get(FIRST.key) == FIRST
    assert SECOND.key in both
