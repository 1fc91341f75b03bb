from __future__ import annotations

from answerbot.adapters.batch_files import Result, Unreadable, read_lines

GOOD = b'{"custom_id": "a", "response": {"status_code": 200, "body": {"x": "\xc3\xa9"}}}'
BAD = b'{"custom_id": "b", "response": {"status_code": 200, "body": {"x": "\xe9"}}}'


def test_a_line_that_is_no_utf_8_keeps_no_other_from_being_read() -> None:
    text = b"\n".join([BAD, GOOD]).decode(errors="surrogateescape")  # as a service's file is read
    (first, place), (second, _) = read_lines(text, "file-1")
    assert isinstance(first, Unreadable)
    assert first.as_results() == []
    assert (str(place), first.problem.what[:10]) == ("file-1:1", "not JSON: ")
    assert second == Result("a", 200, '{"x": "é"}')
