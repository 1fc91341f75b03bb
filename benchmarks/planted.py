"""How many planted mistakes `answerbot crosscheck` finds, and how often it cries wolf.

`planted/answers.md` holds forty answers, half of them with one planted mistake each; what it is
stands in `planted/labels.yaml`. The answers are checked as a user would check them, from the
recordings in `planted/recordings`, and the findings are compared with the labels:

- A hit is a finding that calls words of the answer wrong, if these overlap the planted ones. What
  it says of them is not judged here: read the explanations with `--words`.
- A false alarm calls other words wrong, in a right answer or in one with a mistake elsewhere.
- Findings that leave open who is wrong, omissions and disputes are counted apart.

    python benchmarks/planted.py [--words] [DOCUMENT.json]

DOCUMENT is what `answerbot crosscheck --json` printed; without it the command is run. To record,
with an endpoint configured, in benchmarks/planted:

    answerbot crosscheck answers.md --yes --record recordings/answers.jsonl
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from answerbot.adapters.files import read_bank

HERE = Path(__file__).parent / "planted"
ANSWERS = HERE / "answers.md"
LABELS = HERE / "labels.yaml"


@dataclass(frozen=True)
class Label:
    """What was planted in an answer; nothing, where `words` is None."""

    words: str | None
    kind: str = ""
    references: str = ""


@dataclass(frozen=True)
class Objection:
    """A finding, and the number of the answer it is about."""

    number: int
    finding: Mapping[str, Any]

    def __str__(self) -> str:
        finding = self.finding
        return f'{self.number}: "{finding["claim"]}" {finding["explanation"]}'


@dataclass
class Tally:
    """The findings, sorted by what they are worth."""

    hits: list[Objection] = field(default_factory=list)
    unclear_hits: list[Objection] = field(default_factory=list)
    alarms: list[Objection] = field(default_factory=list)
    beside: list[Objection] = field(default_factory=list)
    unclear: list[Objection] = field(default_factory=list)
    omissions: list[Objection] = field(default_factory=list)
    disputes: list[Objection] = field(default_factory=list)
    checked: set[int] = field(default_factory=set)
    failed: dict[int, str] = field(default_factory=dict)


def read_labels(text: str) -> dict[int, Label]:
    """The label of every answer by its number."""
    labels = {}
    for number, entry in yaml.safe_load(text).items():
        planted = entry["planted"]
        labels[number] = (
            Label(planted["words"], planted["kind"], planted["references"])
            if planted
            else Label(None)
        )
    return labels


def read_answers(path: Path) -> dict[int, str]:
    """The text of every answer by its number."""
    questions = read_bank(path).questions
    return {number_of(q.id): q.answer.text for q in questions if q.answer}


def number_of(question_id: str) -> int:
    """The number of a question."""
    return int(question_id.rpartition("/")[2])


def compare(
    document: Mapping[str, Any], labels: Mapping[int, Label], answers: Mapping[int, str]
) -> Tally:
    """The findings of the document, sorted by the labels."""
    tally = Tally()
    for item in document["items"]:
        number = number_of(item["id"])
        if "error" in item:
            tally.failed[number] = item["error"].splitlines()[0]
            continue
        tally.checked.add(number)
        for finding in item["findings"]:
            objection = Objection(number, finding)
            words = labels[number].words
            _bin_of(tally, finding, words, answers[number]).append(objection)
    return tally


def _bin_of(
    tally: Tally, finding: Mapping[str, Any], words: str | None, answer: str
) -> list[Objection]:
    if finding["kind"] == "omission":
        return tally.omissions
    if finding["wrong"] == "reference":
        return tally.disputes
    hit = words is not None and overlap(answer, words, finding["claim"])
    if finding["wrong"] == "unclear":
        return tally.unclear_hits if hit else tally.unclear
    if hit:
        return tally.hits
    return tally.alarms if words is None else tally.beside


def overlap(text: str, words: str, quote: str) -> bool:
    """Whether the quote, anywhere it stands in the text, shares a character with the words."""
    start = text.index(words)
    end = start + len(words)
    return any(at < end and start < at + len(quote) for at in _places(text, quote))


def _places(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def report(
    tally: Tally, labels: Mapping[int, Label], *, words: bool, alone: Tally | None = None
) -> Iterator[str]:
    """The tables and lists in Markdown; `alone` is what the references read finds by itself."""
    planted = sorted(n for n in tally.checked if labels[n].words is not None)
    right = sorted(n for n in tally.checked if labels[n].words is None)
    found = _numbers(tally.hits)
    open_ = _numbers(tally.unclear_hits) - found
    yield f"| {len(planted)} answers with a planted mistake | mistakes |"
    yield "| --- | ---: |"
    yield f"| found, called wrong | {_share(len(found), len(planted))} |"
    if alone:
        share = _share(len(_numbers(alone.hits)), len(planted))
        yield f"| found with `--checks references` | {share} |"
    yield f"| found, left open who is wrong | {len(open_)} |"
    yield f"| missed | {len(planted) - len(found | open_)} |"
    for stance in sorted({labels[n].references for n in planted}):
        of_stance = {n for n in planted if labels[n].references == stance}
        share = _share(len(found & of_stance), len(of_stance))
        yield f"| found where the references are: {stance} | {share} |"
    yield ""
    yield f"| {len(right)} right answers, and findings elsewhere | answers | findings |"
    yield "| --- | ---: | ---: |"
    for name, objections in (
        ("false alarms, on right answers", tally.alarms),
        ("false alarms, beside a planted mistake", tally.beside),
        ("left open, on words that are right", tally.unclear),
        ("omissions", tally.omissions),
        ("disputes of references", tally.disputes),
    ):
        yield f"| {name} | {len(_numbers(objections))} | {len(objections)} |"
    missed = [n for n in planted if n not in found | open_]
    yield from _listed("Missed", [f'{n}: "{labels[n].words}" ({labels[n].kind})' for n in missed])
    yield from _listed("False alarms on right answers", tally.alarms)
    yield from _listed("False alarms beside a planted mistake", tally.beside)
    yield from _listed(
        "Disputes",
        [
            f'{o.number}: {o.finding["reference_id"]} "{o.finding["reference_quote"]}" '
            f"{o.finding['explanation']}"
            for o in tally.disputes
        ],
    )
    if words:
        yield from _listed("Hits", tally.hits)
        yield from _listed("Planted mistakes left open", tally.unclear_hits)
        yield from _listed("Left open on words that are right", tally.unclear)
    yield from _listed("Not checked", [f"{n}: {why}" for n, why in sorted(tally.failed.items())])


def _numbers(objections: Iterable[Objection]) -> set[int]:
    return {objection.number for objection in objections}


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.0%})" if whole else "")


def _listed(title: str, entries: Sequence[object]) -> Iterator[str]:
    if entries:
        yield from ("", f"{title}:", "")
        for entry in entries:
            yield "- " + " ".join(str(entry).split())


def crosschecked(checks: str) -> Mapping[str, Any]:
    """The document of a replay of the recordings."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "answerbot", "crosscheck", str(ANSWERS)),
            *("--replay", "--json", "--checks", checks),
        ],
        env={**os.environ, "ANSWERBOT_CONFIG": str(HERE / "answerbot.toml")},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if not done.stdout:
        raise SystemExit(done.returncode)
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document


def main(arguments: Sequence[str]) -> int:
    """Print the tables; 3 where an answer could not be checked."""
    paths = [argument for argument in arguments if argument != "--words"]
    labels, answers = read_labels(LABELS.read_text("utf-8")), read_answers(ANSWERS)
    document = json.loads(Path(paths[0]).read_text("utf-8")) if paths else crosschecked("full")
    tally = compare(document, labels, answers)
    alone = None if paths else compare(crosschecked("references"), labels, answers)
    for line in report(tally, labels, words="--words" in arguments, alone=alone):
        print(line)
    return 3 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
