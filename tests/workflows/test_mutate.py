"""Mutants read by a scripted judge that finds exactly the words it looks for."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from answerbot.adapters.scripted_llm import Answer, ScriptedLLM
from answerbot.domain.check import Case
from answerbot.domain.errors import EndpointError, MissingRecordingError
from answerbot.domain.llm import ModelSettings, Request
from answerbot.domain.mutation.reading import Read
from answerbot.domain.screening import MAX_CHARACTERS
from answerbot.workflows.mutate import ReadMutants, mutants_to_read, read_mutants
from answerbot.workflows.prompts import Prompts
from answerbot.workflows.session import Session
from tests.domain.mutation.made import FULL, QUOTES, TIDES, judged, unjudged
from tests.workflows.scripted import shipped_prompts

CASES = [judged(TIDES, FULL, QUOTES), *unjudged(TIDES)[1:]]
FENCED = re.compile(r"(===== \w+ =====)\n(.*)\n\1", re.DOTALL)


@pytest.fixture
def prompts(repository: Path) -> Prompts:
    return shipped_prompts(repository)


def judge(request: Request) -> Answer:
    """Meets what is quoted, where nothing denies it; a vague criterion where its word is there."""
    found = FENCED.search(request.messages[-1].content)
    assert found
    answer = found[2]
    if request.label.endswith(" paraphrase"):
        return json.dumps({"answer": f"In other words: {answer}"})
    return json.dumps(claims_of(request.messages[0].content, answer))


def claims_of(system: str, answer: str) -> dict[str, object]:
    """What the judge says of the answer by the rubric that the system message has."""

    def claim(id_: str) -> dict[str, object]:
        vague = f"on the subject of '{id_.replace('-', ' ')}'" in system
        quotes = [word for word in answer.split() if vague and id_ in word.lower()]
        quotes += [quote for quote in QUOTES[id_] if quote in answer]
        proof = [quote for quote in quotes if f"not true that {quote[:1].lower()}" not in answer]
        verdict = "met" if proof else "not_met"
        return {"id": id_, "reason": "So.", "quotes": proof, "verdict": verdict}

    return {
        "criteria": [claim(one.id) for one in TIDES.criteria],
        "misconceptions": [{"id": "wind", "reason": "", "quotes": [], "verdict": "absent"}],
    }


async def mutated(
    prompts: Prompts, answer: Callable[[Request], Answer] = judge, cases: list[Case] = CASES
) -> tuple[ReadMutants, ScriptedLLM]:
    llm = ScriptedLLM(answer)
    session = Session(llm, prompts, ModelSettings("scripted"))
    return await read_mutants(TIDES, cases, "What makes the tides?", session), llm


def by_name(result: ReadMutants) -> dict[str, Read]:
    return {one.mutant.name: one for one in result.read}


async def test_a_judge_that_reads_notices_what_is_gone(prompts: Prompts) -> None:
    result, _ = await mutated(prompts)
    read = by_name(result)
    for id_ in QUOTES:
        assert read[f"remove-{id_}"].noticed, id_
        assert read[f"remove-{id_}"].beside == ()
    for name in ("pad", "reorder", "paraphrase"):
        assert read[name].noticed, name


async def test_a_vague_criterion_is_noticed_by_an_exemplar_that_rises(prompts: Prompts) -> None:
    result, llm = await mutated(prompts)
    loosened = [request for request in llm.requests if "/loosen-sun/" in request.label]
    assert [request.label.split("/")[1] for request in loosened] == ["mistaken", "partly"]
    assert "\nSays something on the subject of 'sun'" in loosened[0].messages[0].content
    assert "The Moon pulls at the water." in loosened[0].messages[0].content
    assert by_name(result)["loosen-sun"].noticed


async def test_the_answer_in_other_words_is_what_is_judged(prompts: Prompts) -> None:
    _, llm = await mutated(prompts)
    reworded = [one for one in llm.requests if "/paraphrase/" in one.label]
    assert [one.label for one in reworded] == [
        "tides/full/paraphrase/sea/1 paraphrase",
        "tides/full/paraphrase/sea/1 judge",
    ]
    assert "In other words: It comes from the Moon" in reworded[1].messages[-1].content


async def test_what_nobody_recorded_is_counted_and_not_guessed(prompts: Prompts) -> None:
    def nothing(_: Request) -> Answer:
        return MissingRecordingError("none")

    result, _ = await mutated(prompts, nothing)
    mutants = mutants_to_read(TIDES, CASES)
    assert {one.noticed for one in result.read} == {None}
    assert len(result.missing) == sum(len(mutant.readings) for mutant in mutants)
    assert result.unknown == 1  # the judgement of a paraphrase that is not there
    assert (result.done, result.failures) == (frozenset(), ())


async def test_a_paraphrase_without_its_judgement_leaves_nothing_unknown(prompts: Prompts) -> None:
    def half(request: Request) -> Answer:
        known = request.label.endswith(" paraphrase")
        return judge(request) if known else MissingRecordingError("none")

    result, _ = await mutated(prompts, half)
    assert result.unknown == 0
    assert by_name(result)["paraphrase"].noticed is None


async def test_one_failure_costs_no_other_mutant_its_reading(prompts: Prompts) -> None:
    def failing(request: Request) -> Answer:
        return EndpointError("down") if "/pad/" in request.label else judge(request)

    result, _ = await mutated(prompts, failing)
    assert len(result.failures) == 1
    assert by_name(result)["pad"].noticed is None
    assert by_name(result)["reorder"].noticed
    left = set(result.ids) - result.done
    assert left == {"tides/full/pad/sea/1"}


async def test_without_a_full_answer_only_the_rubric_is_mutated(prompts: Prompts) -> None:
    result, _ = await mutated(prompts, cases=unjudged(TIDES))
    assert {one.mutant.kind for one in result.read} == {"loosen"}


async def test_an_answer_too_long_to_be_judged_was_not_left_unread(prompts: Prompts) -> None:
    filler = "There is more to it. " * (MAX_CHARACTERS // 60)
    exemplar = FULL.model_copy(update={"answer": f"{FULL.answer} {filler}"})
    result, llm = await mutated(prompts, cases=[judged(TIDES, exemplar, QUOTES)])
    read = by_name(result)
    assert not [request for request in llm.requests if "/pad/" in request.label]
    assert read["pad"].noticed is False
    (told,) = read["pad"].ungraded
    assert f"more than the {MAX_CHARACTERS}" in told.why
    assert read["reorder"].noticed
    assert (result.missing, result.unknown) == ((), 0)


async def test_what_the_judge_could_not_assess_was_not_left_unread(prompts: Prompts) -> None:
    def doubtful(request: Request) -> Answer:
        said = judge(request)
        if "/reorder/" in request.label:
            assert isinstance(said, str)
            return re.sub(r'"(not_)?met"', '"cannot_assess"', said)
        return said

    result, _ = await mutated(prompts, doubtful)
    assert by_name(result)["reorder"].noticed is False
    assert by_name(result)["reorder"].ungraded
    assert set(result.ids) == result.done
