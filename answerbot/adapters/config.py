"""The configuration: `answerbot.toml` or `[tool.answerbot]`, then the environment, then flags."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from answerbot.adapters.packaged import packaged
from answerbot.domain import bank
from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.prices import FlatPrice
from answerbot.domain.recording import find_secret
from answerbot.domain.spelling import likeness
from answerbot.domain.style import Style

Mode = Literal["auto", "live", "replay"]
Checks = Literal["none", "references", "full"]

FILE_NAME = "answerbot.toml"

ENVIRONMENT: Mapping[str, tuple[str, str]] = {
    "ANSWERBOT_MODE": ("model", "mode"),
    "ANSWERBOT_MODEL": ("model", "live"),
    "ANSWERBOT_REPLAY_MODEL": ("model", "replay"),
    "ANSWERBOT_TIMEOUT": ("model", "timeout"),
    "ANSWERBOT_ATTEMPTS": ("model", "attempts"),
    "ANSWERBOT_PATIENCE": ("model", "patience"),
    "ANSWERBOT_OUTAGE": ("model", "outage"),
    "ANSWERBOT_MAX_CONCURRENCY": ("model", "max_concurrency"),
    "ANSWERBOT_REQUESTS_PER_MINUTE": ("model", "requests_per_minute"),
    "ANSWERBOT_TOKENS_PER_MINUTE": ("model", "tokens_per_minute"),
    "ANSWERBOT_MAX_OUTPUT_TOKENS": ("model", "max_output_tokens"),
    "ANSWERBOT_TEMPERATURE": ("model", "temperature"),
    "ANSWERBOT_BUDGET": ("model", "budget"),
    "ANSWERBOT_STORE": ("model", "store"),
    "ANSWERBOT_BATCH_POLL": ("model", "batch_poll"),
    "ANSWERBOT_STYLE": ("fill", "style"),
    "ANSWERBOT_CHECKS": ("fill", "checks"),
    "ANSWERBOT_VOTES": ("grade", "votes"),
}
"""Which setting an environment variable sets. ANSWERBOT_CONFIG names the file."""

_TEXTS = {("model", "live"), ("model", "replay"), ("model", "store"), ("grade", "votes")}
"""What is text though it may look like a number."""

_PATHS = {("model", "store"), ("model", "batch_dir")}
"""What is relative to the current folder where the file does not say it."""

_FLAGS: Mapping[str, str] = {"model.live": "--model"}  # those not named as their setting is
_SECRET_NAME = re.compile(r"(?:^|_|-)(?:api_?-?key|secret|password|token|key)$", re.IGNORECASE)
_NO_KEYS = (
    "set OPENAI_API_KEY in the environment instead; if the file was ever shared, revoke the key"
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ALIKE = 70.0


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _BankSection(_Section):
    questions: list[str] = ["bank/questions/*.md"]
    filled: str | None = None
    references: list[str] = ["bank/curated/*"]
    recordings: str = "bank/recordings"
    rubrics: str = "rubrics"
    prompts: str = "prompts"
    placeholders: list[str] | None = None


class ModelSection(_Section):
    """`[model]`: who is asked, and within which bounds.

    `batch` sends requests in batches, `batch_dir` writes them into that folder; `batch_poll` is how
    many seconds there are between the first two looks at a batch.
    """

    live: str = Field(default="gpt-5-mini", min_length=1)
    replay: str = Field(default="local-assistant", min_length=1)
    mode: Mode = "auto"
    timeout: float = Field(default=120.0, gt=0)
    attempts: int = Field(default=6, gt=0)
    patience: float = Field(default=600.0, ge=0)
    outage: float = Field(default=120.0, ge=0)
    max_concurrency: int = Field(default=8, gt=0)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    max_output_tokens: int = Field(default=8000, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    budget: float | None = Field(default=None, ge=0)
    store: str | None = None
    batch: bool = False
    batch_dir: str | None = None
    batch_poll: float = Field(default=10.0, gt=0)


class FillSection(_Section):
    """`[fill]`: how answers are written and checked."""

    style: Style = "standard"
    checks: Checks = "full"


def _votes(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]?(\+[1-9][0-9]?)?", text):
        raise PydanticCustomError("votes", "it is N or N+M, each from 1 to 99")
    return text


class GradeSection(_Section):
    """`[grade]`: how answers are judged.

    `margin` in per cent of the possible points; `longest` in characters; `alike` is how alike, of
    100, the words of a question and those of an answers file have to be; `decisions` is the file of
    what people decided.
    """

    votes: Annotated[str, AfterValidator(_votes)] = "1"
    per_criterion: bool = False
    margin: int = Field(default=5, ge=0, le=100)
    longest: int = Field(default=20_000, gt=0)
    alike: float | None = Field(default=None, gt=0, le=100)
    decisions: str | None = None


class CheckSection(_Section):
    """`[check]`: what a check of rubrics fails on.

    `lint` is the least severity that fails. `baseline` fails on rubrics and exemplars that the
    baseline lacks, or has and that are gone. `scores` fails on scores that changed without an edit
    of the rubric, or on any that changed. `agreement` (of the verdicts on criteria with their
    labels) and `kill_rate` (of the mutants that scoring alone decides) are floors in per cent.
    """

    lint: Literal["error", "warning", "off"] = "error"
    stale: bool = True
    baseline: bool = True
    flips: bool = True
    scores: Literal["unexplained", "any", "off"] = "unexplained"
    agreement: float = Field(default=90, ge=0, le=100)
    kill_rate: float = Field(default=90, ge=0, le=100)


class _PriceSection(_Section):
    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)


class _File(_Section):
    bank: _BankSection = _BankSection()
    model: ModelSection = ModelSection()
    fill: FillSection = FillSection()
    grade: GradeSection = GradeSection()
    check: CheckSection = CheckSection()
    prices: dict[str, _PriceSection] = {}


@dataclass(frozen=True)
class Config:
    """All settings.

    `root` is the folder that paths of the file are relative to, `file` the file itself, None where
    there is none.
    """

    root: Path
    file: Path | None
    bank: _BankSection
    model: ModelSection
    fill: FillSection
    grade: GradeSection
    check: CheckSection
    prices: Mapping[str, FlatPrice]

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What stands in a file where an answer is missing."""
        named = self.bank.placeholders
        return tuple(bank.DEFAULT_PLACEHOLDERS if named is None else named)

    @property
    def budget(self) -> Decimal | None:
        """US dollars that a run may cost."""
        return None if self.model.budget is None else Decimal(str(self.model.budget))

    def question_files(self) -> tuple[Path, ...]:
        """The question files, sorted; empty where the patterns find none."""
        return tuple(self._matching(self.bank.questions))

    def filled_folder(self) -> Path | None:
        """Where filled copies go; None: answers are written into the question files."""
        return None if self.bank.filled is None else self.root / self.bank.filled

    def reference_files(self) -> tuple[Path, ...]:
        """The curated files; the packaged ones where the patterns' folders do not exist."""
        patterns = self.bank.references
        folders = [self.root / _fixed_part(pattern) for pattern in patterns]
        if patterns and not any(folder.exists() for folder in folders):
            return tuple(sorted(_visible_files(packaged("bank").glob("curated/*"))))
        return tuple(self._matching(patterns))

    def recordings_folder(self) -> Path:
        """Where this bank's recordings are written to."""
        return self.root / self.bank.recordings

    def recording_folders(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """The folders of the user's own recordings, and those of the packaged ones."""
        own = _unique(self.recordings_folder(), self.rubrics_folder() / "recordings")
        shipped = _unique(packaged("bank") / "recordings", packaged("rubrics") / "recordings")
        mine = {folder.resolve() for folder in own}
        return own, tuple(folder for folder in shipped if folder.resolve() not in mine)

    def own_rubrics_folder(self) -> Path:
        """Where this bank's rubrics are written to."""
        return self.root / self.bank.rubrics

    def rubrics_folder(self) -> Path:
        """The rubrics; the packaged ones where the user's folder does not exist."""
        return self._own_or_packaged(self.bank.rubrics, packaged("rubrics"))

    def prompt_folders(self) -> tuple[Path, ...]:
        """Where a template is looked for, file by file, the user's own folder first."""
        own = self.root / self.bank.prompts
        return _unique(*([own] if own.is_dir() else []), packaged("prompts"))

    def decisions_file(self) -> Path | None:
        """What people decided about grades; None where no file is named."""
        return None if self.grade.decisions is None else self.root / self.grade.decisions

    def store_path(self) -> Path:
        """The file of the store of paid replies."""
        if self.model.store is not None:
            return self.root / Path(self.model.store).expanduser()
        from platformdirs import user_data_path

        return user_data_path("answerbot", appauthor=False) / "store.sqlite3"

    def batch_folder(self) -> Path | None:
        """The folder for files of batches; None where none is named."""
        if not self.model.batch_dir:
            return None
        return self.root / Path(self.model.batch_dir).expanduser()

    def _own_or_packaged(self, own: str, shipped: Path) -> Path:
        folder = self.root / own
        return folder if folder.is_dir() else shipped

    def _matching(self, patterns: list[str]) -> Iterator[Path]:
        seen: set[Path] = set()
        for pattern in patterns:
            for path in sorted(_visible_files(_glob(self.root, pattern))):
                if path not in seen:
                    seen.add(path)
                    yield path


def load_config(
    start: Path | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """The configuration as file, environment and flags together give it, in rising precedence.

    The file is the one that ANSWERBOT_CONFIG names, else the first `answerbot.toml`, or
    `pyproject.toml` with `[tool.answerbot]`, in `start` (the current folder) or above. `flags` maps
    'model.budget' and the like to values; None is as if it were not there.

    Raises:
        InputError: a setting is unknown or wrong; all such are named with their lines.
    """
    environment = os.environ if environment is None else environment
    start = Path.cwd() if start is None else start
    file = _find(start, environment.get("ANSWERBOT_CONFIG"))
    source = _Source.read(file) if file else _Source()
    root = file.parent if file else start
    values, places = _merged(source, environment, flags or {})
    problems = [*_secrets(source), *_misspelt(environment)]
    if problems:
        raise InputError(*problems)
    try:
        parsed = _File.model_validate(values)
    except ValidationError as error:
        raise InputError(*(_problem(detail, source, places) for detail in error.errors())) from None
    return Config(
        root=root,
        file=file,
        bank=parsed.bank,
        model=parsed.model,
        fill=parsed.fill,
        grade=parsed.grade,
        check=parsed.check,
        prices={name: _flat(price) for name, price in parsed.prices.items()},
    )


def _merged(
    source: _Source, environment: Mapping[str, str], flags: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[tuple[str, ...], Location]]:
    """All values, and where those were set that the file does not have."""
    values = deepcopy(dict(source.values))
    places: dict[tuple[str, ...], Location] = {}
    for path, value, place in _overrides(environment, flags):
        if path in _PATHS and value and isinstance(value, str):
            value = str(Path.cwd() / Path(value).expanduser())
        if isinstance(section := values.setdefault(path[0], {}), dict):
            section[path[1]] = value
        places[path] = Location(place)
    return values, places


@dataclass(frozen=True)
class _Source:
    """A TOML file: its values, its text, and where in it our table stands."""

    path: str = ""
    text: str = ""
    values: Mapping[str, Any] = dataclass_field(default_factory=dict)
    prefix: tuple[str, ...] = ()

    @classmethod
    def read(cls, file: Path) -> _Source:
        path = _shown(file)
        try:
            text = file.read_text(encoding="utf-8")
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            location = Location(path, int(found[1]) if found else 0)
            raise InputError(Problem(f"not TOML: {error}", location)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(Problem(f"cannot be read: {error}", Location(path))) from None
        if file.name != "pyproject.toml":
            return cls(path, text, values)
        prefix: tuple[str, ...] = ()
        for name in ("tool", "answerbot"):
            prefix = (*prefix, name)
            values = values.get(name, {})
            if not isinstance(values, dict):
                what = f"{'.'.join(prefix)}: a table is wanted, not {values!r}"
                raise InputError(Problem(what, cls(path, text, {}, prefix).location(())))
        return cls(path, text, values, prefix)

    def location(self, path: tuple[str, ...]) -> Location:
        """The line of a setting, or of what comes nearest to it."""
        lines = dict(_lines_of_settings(self.text))
        full = self.prefix + path
        while full and full not in lines:
            full = full[:-1]
        return Location(self.path, lines.get(full, 0))


def _find(start: Path, named: str | None) -> Path | None:
    if named:
        file = Path(named).expanduser()
        if not file.is_file():
            what = "there is no such file, and ANSWERBOT_CONFIG names it"
            raise InputError(Problem(what, Location(named), "unset ANSWERBOT_CONFIG, or mend it"))
        return file.absolute()
    for folder in (start.absolute(), *start.absolute().parents):
        if (file := folder / FILE_NAME).is_file():
            return file
        if (file := folder / "pyproject.toml").is_file() and _has_table(file):
            return file
    return None


def _has_table(file: Path) -> bool:
    try:
        text = file.read_text(encoding="utf-8")
        return "answerbot" in text and "answerbot" in tomllib.loads(text).get("tool", {})
    except (OSError, ValueError, AttributeError):
        return False  # someone else's file, and for them to mend


def _overrides(
    environment: Mapping[str, str], flags: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], Any, str]]:
    for name, path in ENVIRONMENT.items():
        if text := environment.get(name):
            numeric = path not in _TEXTS and _NUMBER.fullmatch(text)
            yield path, _number(text) if numeric else text, name
    for name, value in flags.items():
        if value is not None:
            section, _, key = name.partition(".")
            yield (section, key), value, _FLAGS.get(name, f"--{key.replace('_', '-')}")


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _secrets(source: _Source) -> Iterator[Problem]:
    for path, value in _leaves(source.values):
        if _SECRET_NAME.search(path[-1]) or (isinstance(value, str) and find_secret(value)):
            what = f"{'.'.join(path)}: keys and passwords do not belong in a file"
            yield Problem(what, source.location(path), _NO_KEYS)


def _leaves(
    table: Mapping[str, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _misspelt(environment: Mapping[str, str]) -> Iterator[Problem]:
    known = {*ENVIRONMENT, "ANSWERBOT_CONFIG"}
    for name in environment:
        if name.startswith("ANSWERBOT_") and name not in known and (meant := _nearest(name, known)):
            what = f"environment variable {name} means nothing"
            yield Problem(what, hint=f"did you mean {meant}?")


def _problem(detail: Any, source: _Source, places: Mapping[tuple[str, ...], Location]) -> Problem:
    path = tuple(str(part) for part in detail["loc"])
    location = places.get(path) or (source.location(path) if source.path else None)
    name = ".".join(path)
    if detail["type"] == "extra_forbidden":
        known = _known_names(path)
        meant = _nearest(path[-1], known)
        hint = f"did you mean {meant!r}?" if meant else f"there are {', '.join(sorted(known))}"
        return Problem(f"unknown setting {name!r}", location, hint)
    if detail["type"] == "missing":
        return Problem(f"{name} is missing", location)
    message = detail["msg"][0].lower() + detail["msg"][1:]
    return Problem(f"{name}: {message}, not {detail['input']!r}", location)


def _known_names(path: tuple[str, ...]) -> set[str]:
    if len(path) == 1:
        return set(_File.model_fields)
    sections: dict[str, type[BaseModel]] = {
        "bank": _BankSection,
        "model": ModelSection,
        "fill": FillSection,
        "grade": GradeSection,
        "check": CheckSection,
        "prices": _PriceSection,
    }
    return set(sections[path[0]].model_fields)


def _nearest(name: str, known: set[str]) -> str | None:
    found = max(sorted(known), key=lambda other: likeness(name, other))
    return found if likeness(name, found) >= _ALIKE else None


def _lines_of_settings(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each table and each key with its line; good enough for messages, TOML is read elsewhere."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = _parts(header[1])
            yield table, number
        elif setting := re.match(r"""\s*((?:[\w.-]+|"[^"]*"|'[^']*')+)\s*=""", line):
            yield (*table, *_parts(setting[1])), number


def _parts(dotted: str) -> tuple[str, ...]:
    found = re.findall(r""""([^"]*)"|'([^']*)'|([\w-]+)""", dotted)
    return tuple(next(filter(None, groups), "") for groups in found)


def _fixed_part(pattern: str) -> Path:
    """The folder of a pattern, up to its first wildcard."""
    return Path(*takewhile(lambda part: not re.search(r"[*?\[]", part), Path(pattern).parts))


def _glob(root: Path, pattern: str) -> Iterator[Path]:
    path = Path(pattern)
    if path.is_absolute():
        return Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    return root.glob(pattern)


def _visible_files(paths: Iterator[Path]) -> Iterator[Path]:
    return (path for path in paths if path.is_file() and not path.name.startswith("."))


def _unique(*folders: Path) -> tuple[Path, ...]:
    first: dict[Path, Path] = {}
    for folder in folders:
        first.setdefault(folder.resolve(), folder)
    return tuple(first.values())


def _flat(price: _PriceSection) -> FlatPrice:
    cached = None if price.cached_input is None else Decimal(str(price.cached_input))
    return FlatPrice(Decimal(str(price.input)), Decimal(str(price.output)), cached)


def _shown(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
