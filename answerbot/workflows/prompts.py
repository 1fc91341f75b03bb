"""Typed inputs -> Prompt.

Each step has one template, `prompts/<step>.md.j2`, with a block `system` (the same for many
requests, so that providers' prompt caches hit) and a block `user` (what varies). A template is
rendered once, from the fields of its inputs and nothing else: `{{ }}` in a question or an answer is
plain text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar, get_args

import jinja2
from jinja2 import meta, nodes

from answerbot.domain.errors import InputError, Location, Problem
from answerbot.domain.findings import Finding
from answerbot.domain.llm import Message, Prompt
from answerbot.domain.references import Reference
from answerbot.domain.rubric import Criterion, Misconception
from answerbot.domain.style import Style

LENGTHS: Mapping[Style, str] = {
    "concise": (
        "two to four sentences, at most 90 words without formulas; "
        "a formula only if the question asks for one."
    ),
    "standard": (
        "at most 180 words, formulas not counted: the definition, the mechanism, the trade-off, "
        "an example; the formula where there is a defining one."
    ),
    "deep": (
        "300 to 500 words, formulas not counted: definition, mechanism with its formulas, "
        "trade-offs and failure modes, alternatives, a worked example."
    ),
}


def fence_for(answer: str) -> str:
    """A line that the answer cannot contain: it is derived from the answer's own hash."""
    return f"===== {hashlib.sha256(answer.encode()).hexdigest()[:16]} ====="


@dataclass(frozen=True, slots=True)
class DraftInputs:
    """What a draft is written from: the question alone."""

    template: ClassVar[str] = "draft"
    question: str
    length: str


@dataclass(frozen=True, slots=True)
class ClaimsInputs:
    """What the claims of an answer are checked with: the model's own knowledge."""

    template: ClassVar[str] = "check-claims"
    question: str
    answer: str
    fence: str


@dataclass(frozen=True, slots=True)
class ReferencesInputs:
    """What an answer is compared with: the nearest references."""

    template: ClassVar[str] = "check-references"
    question: str
    references: Sequence[Reference]
    answer: str
    fence: str


@dataclass(frozen=True, slots=True)
class FindingText:
    """A finding as the reviser reads it."""

    headline: str
    claim: str
    explanation: str
    fix: str

    @classmethod
    def of(cls, finding: Finding) -> FindingText:
        """The finding in words, with what it rests on."""
        kinds = {
            "contradiction": "Contradicts a reference",
            "false_claim": "False or misleading claim",
            "omission": "Omission",
            "unsupported_claim": "Doubtful claim",
        }
        headline = kinds[finding.kind]
        if finding.reference_quote:
            headline += f', against "{finding.reference_quote}"'
        claim = finding.claim.quote if finding.claim else ""
        return cls(headline, claim, finding.explanation, finding.fix)


@dataclass(frozen=True, slots=True)
class RevisionInputs:
    """What an answer is revised from."""

    template: ClassVar[str] = "revise"
    question: str
    length: str
    findings: Sequence[FindingText]
    answer: str
    fence: str


@dataclass(frozen=True, slots=True)
class JudgeInputs:
    """What an answer is judged by: criteria and misconceptions of one rubric, all or some."""

    template: ClassVar[str] = "judge"
    title: str
    criteria: Sequence[Criterion]
    misconceptions: Sequence[Misconception]
    question: str
    answer: str
    fence: str


@dataclass(frozen=True, slots=True)
class ByReferenceInputs:
    """What an answer without a rubric is graded by; `guidance` is '' where people were given none.

    `scores` are those that may be given, in words.
    """

    template: ClassVar[str] = "grade-by-reference"
    question: str
    reference: str
    guidance: str
    scores: str
    answer: str
    fence: str


@dataclass(frozen=True, slots=True)
class RubricInputs:
    """What a rubric is drafted from: `answer` is the bank's own, '' where it has none."""

    template: ClassVar[str] = "rubric"
    questions: Sequence[str]
    answer: str
    references: Sequence[Reference]
    fence: str


@dataclass(frozen=True, slots=True)
class ParaphraseInputs:
    """What is put in other words: an answer to the question."""

    template: ClassVar[str] = "paraphrase"
    question: str
    answer: str
    fence: str


Inputs = (
    DraftInputs
    | ClaimsInputs
    | ReferencesInputs
    | RevisionInputs
    | JudgeInputs
    | ByReferenceInputs
    | RubricInputs
    | ParaphraseInputs
)

_FIELDS: Mapping[str, frozenset[str]] = {
    inputs.template: frozenset(field.name for field in fields(inputs))
    for inputs in get_args(Inputs)
}

STEPS: tuple[str, ...] = tuple(_FIELDS)
"""Every step that has a template."""


_ENVIRONMENT = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # prompts are plain text, and escaping would alter what is quoted
    trim_blocks=True,
    lstrip_blocks=True,
)


_KEPT = 256
"""So many different `system` blocks are kept: more than there are rubrics in most runs."""


class Prompts:
    """The templates of all steps, proved; `render` makes a Prompt of typed inputs."""

    def __init__(self, sources: Mapping[str, tuple[str, str]]) -> None:
        """Prove `sources`: step -> (text, path for messages).

        Raises:
            InputError: a template is missing or is no Jinja template.
        """
        self._sources = dict(sources)
        self._systems: dict[tuple[object, ...], tuple[tuple[object, ...], Message]] = {}
        for step, (text, path) in sources.items():
            _prove(step, text, path)

    def source(self, step: str) -> str:
        """The text of the step's template."""
        return self._sources[step][0]

    def path(self, step: str) -> str:
        """Where the step's template stands."""
        return self._sources[step][1]

    def wording(self, step: str) -> str:
        """What the template of a step says whatever its inputs are."""
        return _wording(self.source(step))

    def render(self, inputs: Inputs, label: str) -> Prompt:
        """The prompt of the step that the inputs belong to.

        Raises:
            InputError: the template wants something that its inputs do not have.
        """
        text, path = self._sources[inputs.template]
        values = {field.name: getattr(inputs, field.name) for field in fields(inputs)}
        try:
            system = self._system(inputs.template, values)
            user = Message(role="user", content=_rendered(text, "user", values))
        except jinja2.TemplateError as error:
            hint = "it may use " + ", ".join(values)
            raise InputError(Problem(str(error), Location(path), hint)) from error
        return Prompt(label, (system, user))

    def _system(self, step: str, values: Mapping[str, object]) -> Message:
        """What many requests share, the text of a rubric above all, is rendered once for them."""
        text = self.source(step)
        shared = tuple(values[name] for name in _shared(text))
        key = (step, *map(id, shared))
        if key not in self._systems:
            system = Message(role="system", content=_rendered(text, "system", values))
            if not all(isinstance(value, (str, tuple)) for value in shared):
                return system  # it may change and be the same object
            if len(self._systems) == _KEPT:
                del self._systems[next(iter(self._systems))]
            # As long as they are kept with it, nothing else has their ids.
            self._systems[key] = shared, system
        return self._systems[key][1]


@cache
def _prove(step: str, text: str, path: str) -> None:
    """The template may be rendered with the inputs of its step.

    Raises:
        InputError: it is no template, or wants or lacks something.
    """
    try:
        parsed = _ENVIRONMENT.parse(text)
        wanted = meta.find_undeclared_variables(parsed)
    except jinja2.TemplateSyntaxError as error:
        what = f"no template: {error.message}"
        raise InputError(Problem(what, Location(path, error.lineno))) from error
    if unknown := wanted - _FIELDS[step]:
        what = f"the template asks for {min(unknown)!r}, which there is not"
        hint = "it may use " + ", ".join(sorted(_FIELDS[step]))
        raise InputError(Problem(what, Location(path), hint))
    if missing := {"system", "user"} - {block.name for block in parsed.find_all(nodes.Block)}:
        what = f"the template has no block '{min(missing)}'"
        raise InputError(Problem(what, Location(path)))


@cache
def _compiled(text: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(text)


def _rendered(text: str, block: str, values: Mapping[str, object]) -> str:
    template = _compiled(text)
    return "".join(template.blocks[block](template.new_context(dict(values)))).strip()


@cache
def _shared(text: str) -> tuple[str, ...]:
    """The inputs that the block `system` uses."""
    blocks = _ENVIRONMENT.parse(text).find_all(nodes.Block)
    [system] = (block for block in blocks if block.name == "system")
    alone = nodes.Template(system.body)
    alone.set_environment(_ENVIRONMENT)
    return tuple(sorted(meta.find_undeclared_variables(alone)))


@cache
def _wording(text: str) -> str:
    return "".join(value for _, kind, value in _ENVIRONMENT.lex(text) if kind == "data")
