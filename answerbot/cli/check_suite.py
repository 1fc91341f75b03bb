"""What `check` reads: the rubrics that are asked for, their questions, and the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from answerbot.adapters.config import Config
from answerbot.adapters.files import read_text
from answerbot.cli.loading import known_questions, packaged_questions, rubric_texts
from answerbot.cli.notices import notice
from answerbot.cli.showing import shown
from answerbot.domain.bank import QuestionId
from answerbot.domain.baseline import Baseline, parse_baseline
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.lint import Complaint, Source, invalid, load

BASELINE = "baseline.json"
"""The name of the file beside the rubrics."""


@dataclass(frozen=True)
class Suite:
    """The rubrics to check.

    `invalid` are complaints about files that hold none; `whole` tells that no rubric was left out,
    `own` that the files are the user's and not the packaged ones.
    """

    folder: Path
    own: bool
    sources: tuple[Source, ...]
    invalid: tuple[Complaint, ...]
    questions: Mapping[QuestionId, str]
    baseline: Baseline
    whole: bool

    @property
    def baseline_path(self) -> Path:
        """Where the accepted state of the rubrics is kept."""
        return self.folder / BASELINE

    @property
    def recordings(self) -> Path:
        """Where the judge's replies about the exemplars are kept."""
        return self.folder / "recordings"

    def require_own(self, flag: str) -> None:
        """The files may be written.

        Raises:
            InputError: they came with the program.
        """
        if not self.own:
            what = f"{flag}: these rubrics came with answerbot and are not written"
            hint = "copy the rubrics that you want to keep into a folder of your own: `rubrics`"
            raise InputError(Problem(what, Location(str(self.folder)), hint))


def read_suite(config: Config, names: Sequence[str]) -> Suite:
    """The rubrics named by id or file, all of them where none is named.

    Raises:
        InputError: there are none, a name is none of theirs, or the baseline is unreadable.
    """
    folder = config.rubrics_folder()
    own = folder == config.own_rubrics_folder()
    if not own:
        _packaged_instead(config)
    known = known_questions(config) if own else packaged_questions(config.placeholders)
    questions = {id_: question.text for id_, question in known.items()}
    texts, unreadable = rubric_texts(folder)
    if not texts and not unreadable:
        hint = "draft one: `answerbot rubric draft QUESTION`"
        raise InputError(Problem("there is no rubric", Location(shown(folder)), hint))
    files = [Path(path) for path, _ in texts]
    chosen = _chosen(files, names, folder)
    sources, faulty = load([(shown(Path(path)), text) for path, text in texts], questions)
    mine = {shown(path) for path in chosen}
    broken = [invalid(problem) for problem in unreadable] if len(chosen) == len(files) else []
    return Suite(
        folder,
        own,
        tuple(source for source in sources if source.path in mine),
        (*broken, *(complaint for complaint in faulty if complaint.location.path in mine)),
        questions,
        read_baseline(folder / BASELINE),
        whole=len(mine) == len(texts),
    )


def _packaged_instead(config: Config) -> None:
    """Say that the rubrics which came with the program are meant, where that is clear.

    Raises:
        InputError: a configuration stands here, and the folder that it means does not.
    """
    if config.file is not None:
        folder = Location(shown(config.own_rubrics_folder()))
        hint = "`answerbot rubric draft QUESTION` begins it, or mend [bank] rubrics"
        raise InputError(Problem("there is no such folder of rubrics", folder, hint))
    notice("no rubrics of your own here: checking those that came with answerbot")


def _chosen(paths: Sequence[Path], names: Sequence[str], folder: Path) -> list[Path]:
    """The files that the names stand for.

    Raises:
        InputError: a name stands for none.
    """
    if not names:
        return list(paths)
    by_id = {path.stem: path for path in paths}
    by_file = {path.resolve(): path for path in paths}
    chosen, problems = [], []
    for name in names:
        if path := by_id.get(name) or by_file.get(Path(name).resolve()):
            chosen.append(path)
            continue
        near = get_close_matches(Path(name).stem, by_id, n=1)
        hint = f"did you mean {near[0]}?" if near else f"rubrics stand in {shown(folder)}"
        problems.append(Problem(f"there is no rubric {name!r}", hint=hint))
    if problems:
        raise InputError(*problems)
    return chosen


def read_baseline(path: Path) -> Baseline:
    """The accepted state of the rubrics; nothing where none was ever accepted.

    Raises:
        InputError: the file is unreadable.
    """
    if not path.exists():
        return Baseline()
    return parse_baseline(read_text(path), shown(path))
