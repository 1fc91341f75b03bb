"""`answerbot review --promote`: decided answers become exemplars in the rubrics' files."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

from answerbot.adapters.config import Config
from answerbot.adapters.files import read_text, write_atomically
from answerbot.cli.notices import notice, printable
from answerbot.cli.showing import counted, shown
from answerbot.domain.decisions import is_decided_by_people
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.promotion import NoExemplarError, exemplar_of, promote
from answerbot.domain.rubric import parse_rubric
from answerbot.domain.submission import Graded


@dataclass
class _File:
    """A rubric's file as it is, and as it would be."""

    path: Path
    before: str
    after: str
    added: list[tuple[Graded, str]] = field(default_factory=list)


@dataclass
class Promotion:
    """What promoting comes to: files with new exemplars, and answers that cannot become one."""

    files: dict[str, _File] = field(default_factory=dict)
    refused: list[tuple[Graded, str]] = field(default_factory=list)

    @property
    def changed(self) -> list[_File]:
        """The files that have something new."""
        return [file for file in self.files.values() if file.added]


def plan(items: Sequence[Graded], config: Config) -> Promotion:
    """What promoting these answers would write; those that no person decided are passed over.

    Raises:
        InputError: their rubrics are the packaged ones, or cannot be read.
    """
    result = Promotion()
    for one in items:
        if not is_decided_by_people(one):
            continue
        assert one.rubric is not None, "without a rubric nothing can be decided"
        id_ = one.rubric.id
        if id_ not in result.files:
            path = _own_file(id_, config)
            text = read_text(path)
            result.files[id_] = _File(path, text, text)
        _add(one, result.files[id_], result)
    return result


def _add(one: Graded, file: _File, result: Promotion) -> None:
    asked = parse_rubric(file.after, str(file.path)).questions[0]
    try:
        file.after = promote(file.after, str(file.path), exemplar_of(one, asked))
    except NoExemplarError as error:
        result.refused.append((one, str(error)))
        return
    exemplar = parse_rubric(file.after, str(file.path)).exemplars[-1]
    file.added.append((one, exemplar.id))


def _own_file(id_: str, config: Config) -> Path:
    """The file of a rubric of the user's own.

    Raises:
        InputError: it is a packaged one.
    """
    path = config.own_rubrics_folder() / f"{id_}.yaml"
    if not path.is_file():
        source = config.rubrics_folder() / path.name
        what = f"{id_} is a packaged rubric, and only those of your own are written"
        hint = f"copy all of {source.parent} to {config.own_rubrics_folder()} first"
        raise InputError(Problem(what, Location(str(source)), hint))
    return path


def carry_out(promotion: Promotion, *, check: bool, diff: bool, as_json: bool) -> int:
    """The files are written, unless `check` or `diff` only ask what would be; tells what was."""
    dry = check or diff
    if not dry:
        for file in promotion.changed:
            write_atomically(file.path, file.after)
    for one, why in promotion.refused:
        notice(f"{_name(one)}: {why}")
    if as_json:
        print(json.dumps(_document(promotion, written=not dry), ensure_ascii=False, indent=2))
    elif diff:
        _print_diff(promotion)
    else:
        _print_report(promotion, dry=dry)
    return 1 if dry and promotion.changed else 0


def _print_report(promotion: Promotion, *, dry: bool) -> None:
    verb = "would be added" if dry else "added"
    for file in promotion.changed:
        for one, id_ in file.added:
            print(f"{shown(file.path)}: {id_} {verb} ({_name(one)})")
    if not promotion.changed:
        print("nothing to promote")
    elif not dry:
        number = sum(len(file.added) for file in promotion.changed)
        ids = " ".join(file.path.stem for file in promotion.changed)
        needs = "needs a recording" if number == 1 else "need recordings"
        print(f"{counted(number, 'new exemplar')} {needs}: answerbot check --record {ids}")


def _print_diff(promotion: Promotion) -> None:
    for file in promotion.changed:
        before, after = (text.splitlines(keepends=True) for text in (file.before, file.after))
        name = shown(file.path)
        lines = unified_diff(before, after, name, name)
        sys.stdout.writelines(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _document(promotion: Promotion, *, written: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "written": written,
        "added": [
            {
                "file": str(file.path),
                "exemplar": id_,
                "candidate": one.submission.candidate,
                "question_id": one.submission.question_id,
            }
            for file in promotion.changed
            for one, id_ in file.added
        ],
        "refused": [
            {
                "candidate": one.submission.candidate,
                "question_id": one.submission.question_id,
                "why": why,
            }
            for one, why in promotion.refused
        ],
    }


def _name(one: Graded) -> str:
    return printable(f"{one.submission.candidate}, {one.submission.question_id}")
