"""What `check` writes: rubrics that lint mended, and the baseline that somebody accepts."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path

from answerbot.adapters.files import read_text, write_atomically
from answerbot.adapters.locks import alone_in
from answerbot.cli.check_suite import Suite, read_baseline
from answerbot.cli.notices import notice
from answerbot.cli.showing import counted, shown
from answerbot.domain.baseline import Baseline, write_baseline
from answerbot.domain.check import Checked, CheckReport
from answerbot.domain.lint import fixed


def mended(suite: Suite, *, write: bool, diff: bool) -> bool:
    """Whether lint can mend something; it is written, or with `diff` shown."""
    texts = {source.path: (source.text, fixed(source)) for source in suite.sources}
    changed = {path: both for path, both in texts.items() if both[0] != both[1]}
    for path, (before, after) in changed.items():
        if diff:
            _print_diff(path, before, after)
        elif write:
            write_atomically(Path(path), after)
        notice(f"{'mended' if write else 'would mend'}: {path}")
    return bool(changed)


def blessed(suite: Suite, report: CheckReport, *, write: bool, diff: bool) -> bool:
    """Whether the baseline is another; it is written, or with `diff` shown.

    A rubric with an exemplar that was not judged keeps its state, and is told. What another process
    accepted of other rubrics meanwhile stays.
    """
    with alone_in(suite.folder):
        return _accept(suite, report, write=write, diff=diff)


def _accept(suite: Suite, report: CheckReport, *, write: bool, diff: bool) -> bool:
    fit = [one for one in report.checked if _is_judged(one)]
    for one in report.checked:
        if one not in fit:
            notice(f"not accepted, as not every exemplar has a grade: {one.rubric.id}")
    kept = {
        id_: state
        for id_, state in read_baseline(suite.baseline_path).rubrics.items()
        if not suite.whole or id_ not in report.removed
    }
    before = read_text(suite.baseline_path) if suite.baseline_path.is_file() else ""
    accepted = kept | {one.rubric.id: one.state for one in fit}
    after = write_baseline(Baseline(rubrics=accepted))
    path = shown(suite.baseline_path)
    if before == after:
        notice(f"nothing to accept: {path} is as it was")
        return False
    if diff:
        _print_diff(path, before, after)
    elif write:
        write_atomically(suite.baseline_path, after)
    notice(f"{'accepted' if write else 'would accept'} into {path}: {_told(fit, report.removed)}")
    for id_ in report.removed:
        if (left := suite.recordings / f"{id_}.jsonl").exists():
            notice(f"nothing reads these recordings any more: {shown(left)}")
    return True


def _is_judged(checked: Checked) -> bool:
    return all(case.verdicts for case in checked.cases)


def _told(fit: list[Checked], removed: tuple[str, ...]) -> str:
    """What is accepted, in one line."""
    news = [one for one in fit if not one.comparison.known]
    counts = (
        (len(news), "new rubric"),
        (len(removed), "rubric taken out"),
        (sum(len(one.comparison.edits) for one in fit), "edit"),
        (sum(len(one.comparison.verdicts) for one in fit), "changed verdict"),
        (sum(v.flipped for one in fit for v in one.comparison.verdicts), "of them wrong now"),
        (sum(len(one.comparison.scores) for one in fit), "changed score"),
        (sum(len(one.comparison.added) for one in fit if one.comparison.known), "new exemplar"),
        (sum(len(one.comparison.removed) for one in fit), "exemplar taken out"),
    )
    told = [
        f"{number:,} {noun}" if noun.startswith("of ") else counted(number, noun)
        for number, noun in counts
        if number
    ]
    return ", ".join(told) or "what the judge was asked and answered"


def _print_diff(path: str, before: str, after: str) -> None:
    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), path, path
    )
    sys.stdout.writelines(lines)
