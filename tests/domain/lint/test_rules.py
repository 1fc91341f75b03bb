"""For every rule one rubric that breaks it, and near misses that do not."""

from __future__ import annotations

import pytest

from answerbot.domain.errors import Location, Problem
from answerbot.domain.evidence import Evidence, find_quote
from answerbot.domain.lint import RULES, invalid, lint
from tests.domain.lint.made import CLEAN, broken, changed, complaints, source_of

SLOT = "The hash of a key says at which slot of the array its value is stored."
COLLISIONS = "Two keys may fall on one slot, which is resolved by chaining or by probing."
TIME = "A look-up takes constant time on average, whatever the number of entries."
PARTIAL = "Says that keys are turned into numbers, but not that these are slots."
SORTED = "A hash table keeps its keys in sorted order."
LEVELS = CLEAN[CLEAN.index("    levels:") : CLEAN.index("    cues:\n      - [constant")]
TERSE = "verdicts: {slot-by-hash: met, constant-time: level_2, collisions: not_met"
PARTLY = "verdicts: {slot-by-hash: partial, constant-time: level_1, collisions: met"
MISTAKEN = "verdicts: {slot-by-hash: met, constant-time: not_met, collisions: met"
TERSE_ANSWER = "The position comes from a function of the key. Finding something needs O(1) steps."
PARTLY_ANSWER = (
    "The key becomes a number. Clashes go to a linked list. It beats walking through everything."
)
USELESS = "A hash table is an important structure, and looking up a key in it is fast."
USELESS_LABELS = "verdicts: {slot-by-hash: not_met, constant-time: not_met, collisions: not_met"
NOTHING = (
    "{sorted-keys: absent, slot-by-hash: not_met, constant-time: not_met, collisions: not_met}"
)
NO_CLASHES = "  - {id: no-clashes, points: -1, states: Keys never clash., cues: [[never]]}\n"
CAPPED = ("cap: 50", "cap: 10")


def test_nothing_is_said_of_a_clean_rubric() -> None:
    assert complaints(CLEAN) == []


BREAKS: list[tuple[str, int, list[tuple[str, str]]]] = [
    ("placeholder", 32, [(COLLISIONS, "TO" + "DO")]),
    ("placeholder", 3, [("title: Hash tables", "title: <title>")]),
    ("placeholder", 60, [(USELESS, "...")]),
    ("double-barrelled", 32, [(COLLISIONS, "Names chaining and explains why it is slow.")]),
    ("vague-word", 32, [(COLLISIONS, "Handles collisions appropriately.")]),
    ("vague-word", 32, [(COLLISIONS, "Names two relevant ways out.")]),
    ("vague-word", 32, [(COLLISIONS, "A well-structured account of probing.")]),
    ("vague-word", 32, [(COLLISIONS, "Says precisely how clashes are resolved.")]),
    ("vague-word", 12, [(PARTIAL, "Shows some understanding of hashes.")]),
    ("vague-word", 38, [(SORTED, "Keys are in order, sizes grow, etc.")]),
    ("met-by-silence", 32, [(COLLISIONS, "Does not claim that collisions are impossible.")]),
    ("points-in-text", 25, [("it is quicker than a scan", "it is fast, for 1 point")]),
    ("points-in-text", 14, [("an index computed from the key", "an index (half credit)")]),
    ("not-self-contained", 32, [(COLLISIONS, "Names what the previous criterion left out.")]),
    ("not-self-contained", 32, [(COLLISIONS, "Says what clashes mean for slot-by-hash.")]),
    ("not-self-contained", 32, [(COLLISIONS, "What clashes cost. See criterion constant-time.")]),
    ("not-self-contained", 32, [(COLLISIONS, "What clashes cost (see 'collisions').")]),
    ("not-self-contained", 38, [(SORTED, "Denies the criterion `collisions`.")]),
    ("long-criterion", 32, [(COLLISIONS, "Two keys may fall " + "on one very same slot " * 12)]),
    ("same-step", 12, [(PARTIAL, SLOT)]),
    ("same-step", 27, [("it takes O(1), without on average", "it is quicker than the scan")]),
    ("contradiction", 17, [("""'"it is like a dictionary"'""", "An index computed from the key.")]),
    ("repeated-entry", 15, [("h(k) mod m", "an index computed from the key")]),
    ("repeated-entry", 19, [("[hash, index]", "[hash, index, hash]")]),
    ("empty-id", 30, [("collisions", "c3")] * 6),
    ("empty-id", 59, [("id: parroted", "id: exemplar-5")]),
    (
        "overlapping-criteria",
        30,
        [(COLLISIONS, "The hash says which slot of an array it is stored in.")],
    ),
    (
        "overlapping-criteria",
        33,
        [(COLLISIONS, COLLISIONS + "\n    accepts: [An index computed from the key]")],
    ),
    ("parrotable", 32, [(COLLISIONS, "Says why looking up a key in a hash table is fast.")]),
    ("missing-cues", 30, [("    cues:\n      - [collision, same slot]\n", "")]),
    (
        "never-met",
        30,
        [
            (PARTLY, PARTLY.replace("collisions: met", "collisions: not_met")),
            (MISTAKEN, MISTAKEN.replace("collisions: met", "collisions: not_met")),
        ],
    ),
    (
        "always-met",
        8,
        [(PARTLY, PARTLY.replace("partial", "met")), (f"    partial: {PARTIAL}\n", "")],
    ),
    (
        "never-apart",
        30,
        [
            (TERSE, TERSE.replace("level_2", "not_met")),
            (PARTLY, PARTLY.replace("level_1", "met")),
            (MISTAKEN, MISTAKEN.replace("time: not_met", "time: met")),
        ],
    ),
    ("unshown-step", 12, [(PARTLY, PARTLY.replace("partial", "not_met"))]),
    ("unshown-step", 26, [(TERSE, TERSE.replace("level_2", "level_1"))]),
    (
        "unshown-misconception",
        41,
        [
            ("exemplars:\n", NO_CLASHES + "exemplars:\n"),
            *[("sorted-keys: absent}", "sorted-keys: absent, no-clashes: absent}")] * 4,
            ("sorted-keys: present}", "sorted-keys: present, no-clashes: absent}"),
        ],
    ),
    ("hidden-penalty", 37, [(MISTAKEN, MISTAKEN.replace(" met", " not_met"))]),  # 0 without it too
    ("hidden-penalty", 37, [(MISTAKEN, MISTAKEN.replace("hash: met", "hash: not_met")), CAPPED]),
    (
        "far-from-pass",  # 2 of 10 points are the most below 6
        5,
        [(MISTAKEN, MISTAKEN.replace("collisions: met", "collisions: not_met"))],
    ),
    ("twin-exemplars", 52, [(TERSE_ANSWER, PARTLY_ANSWER)]),
    (
        "twin-exemplars",
        61,
        [
            (
                "exemplars:\n",
                "exemplars:\n  - {id: void, answer: Trees., verdicts: " + NOTHING + "}\n",
            ),
            (USELESS, PARTLY_ANSWER + " And so on."),
            (USELESS_LABELS, PARTLY),
        ],
    ),
    (
        "copied-exemplar",
        43,
        [
            (
                "On average\n      that needs O(1) steps.",
                "A look-up\n      takes constant time on average, whatever the size.",
            )
        ],
    ),
    (
        "unjudged-exemplar",
        48,
        [(TERSE_ANSWER, "What is a hash table? Looking up a key in it is fast.")],
    ),
    ("high-pass-mark", 5, [("pass: 60", "pass: 95")]),
    ("low-pass-mark", 9, [("pass: 60", "pass: 40")]),
    ("passing-cap", 10, [("cap: 50", "cap: 60")]),
    ("idle-essential", 10, [("pass: 60", "pass: 70"), ("cap: 50", "cap: 60")]),
    (
        "idle-essential",
        7,
        [
            ("    states: A", "    essential: true\n    states: A"),
            ("    states: Tw", "    essential: true\n    states: Tw"),
        ],
    ),
    ("idle-cap", 6, [("    essential: true\n", "")]),
    (
        "idle-points",  # 6, 3 and 1 points: none but the first brings 6 of 10
        30,
        [
            ("points: 4", "points: 6"),
            (f"    partial: {PARTIAL}\n", ""),
            (PARTLY, PARTLY.replace("partial", "met")),
            ("points: 3\n    states: Two", "points: 1\n    states: Two"),
            ("points: -2", "points: -9"),
        ],
    ),
    ("crushing-penalty", 37, [("points: -2", "points: -5")]),
    ("schema-line", 1, [("# yaml-language-server: $schema=rubric.schema.json\n", "")]),
    ("schema-line", 1, [("$schema=rubric.schema.json", "$schema=other.json")]),
    ("trailing-space", 13, [("accepts:", "accepts:  ")]),
]


@pytest.mark.parametrize(("rule", "line", "edits"), BREAKS)
def test_what_breaks_a_rule_is_told_with_its_line(
    rule: str, line: int, edits: list[tuple[str, str]]
) -> None:
    assert (line, rule) in broken(changed(*edits))


def test_every_rule_about_a_rubric_is_broken_here() -> None:
    elsewhere = {"invalid", "bad-silence", "unused-silence", "shared-evidence"}
    assert {rule for rule, _, _ in BREAKS} == RULES.keys() - elsewhere


MISSES: list[tuple[str, list[tuple[str, str]]]] = [
    ("placeholder", [(COLLISIONS, "A list of things to do is no collision of two keys.")]),
    ("placeholder", [(COLLISIONS, "Says that the slot is [key mod m] <= m.")]),
    ("double-barrelled", [(COLLISIONS, "Names chaining and probing as the two ways out.")]),
    ("double-barrelled", [(SLOT, "Names the hash and explains what it is for.")]),
    ("vague-word", [(COLLISIONS, 'Says more than "handles collisions properly".')]),
    ("vague-word", [(COLLISIONS, "The relevance of a slot is lost, with the precision of keys.")]),
    ("vague-word", [(COLLISIONS, "Fine-tuning the load factor keeps clashes rare.")]),
    ("met-by-silence", [(COLLISIONS, "Does not need the keys to be in order.")]),
    ("met-by-silence", [(COLLISIONS, "No two values share a slot unless keys collide.")]),
    ("points-in-text", [(COLLISIONS, "Two pointers at 2 points in the array clash.")]),
    ("not-self-contained", [(COLLISIONS, "Says what follows from collisions of slots.")]),
    ("not-self-contained", [(COLLISIONS, "To see collisions, fill the table.")]),
    (
        "long-criterion",
        [(COLLISIONS, "Two keys may clash, for example " + "in the very same array " * 12)],
    ),
    ("same-step", [("Says that it is quicker than a scan.", "Says that it takes less than O(n).")]),
    ("contradiction", [("""'"it is like a dictionary"'""", "an index")]),
    ("repeated-entry", [("[collision, same slot]", "[collision, same slot, hash]")]),
    ("empty-id", [("id: parroted", "id: parroted-2")]),
    ("overlapping-criteria", [(COLLISIONS, "The array is enlarged when its slots fill up.")]),
    (
        "overlapping-criteria",  # the title tells them apart
        [
            ("title: Hash tables", "title: Chaining or probing"),
            (
                TIME,
                "With chaining, a value whose slot of the array is taken goes there all the same.",
            ),
            (COLLISIONS, "With probing, a value whose slot of the array is taken goes elsewhere."),
        ],
    ),
    ("parrotable", [(COLLISIONS, "Says that a key in the table may have the hash of another.")]),
    ("missing-cues", [("    cues:\n      - [sorted, order]\n", "")]),
    ("never-met", [(PARTLY, PARTLY.replace("collisions: met", "collisions: not_met"))]),
    (
        "never-apart",
        [(TERSE, TERSE.replace("level_2", "not_met")), (PARTLY, PARTLY.replace("level_1", "met"))],
    ),
    ("hidden-penalty", [("points: -2", "points: -1")]),
    ("far-from-pass", [(PARTLY, PARTLY.replace("level_1", "not_met"))]),
    (
        "twin-exemplars",  # one sentence apart, and labelled otherwise: what exemplars are for
        [
            (TERSE_ANSWER, PARTLY_ANSWER.replace("everything", "everything, O(1)")),
        ],
    ),
    ("copied-exemplar", [("On average\n      that needs", "On average\n      a look-up takes")]),
    ("unjudged-exemplar", []),
    ("unjudged-exemplar", [(USELESS, "Trees are nice. " * 2_000)]),
    ("schema-line", [("# yaml", "# of the course\n\n# yaml")]),
    (
        "never-met",  # left to unshown-step
        [
            (TERSE, TERSE.replace("level_2", "not_met")),
            (PARTLY, PARTLY.replace("level_1", "not_met")),
        ],
    ),
    ("always-met", [(PARTLY, PARTLY.replace("partial", "met"))]),  # left to unshown-step
    ("high-pass-mark", [("pass: 60", "pass: 90")]),
    ("low-pass-mark", [("pass: 60", "pass: 41")]),
    (
        "low-pass-mark",
        [("pass: 60", "pass: 35"), ("cap: 50", "cap: 34"), ("points: 4", "points: 3")],
    ),
    ("passing-cap", [("cap: 50", "cap: 59")]),
    ("idle-essential", [("cap: 50", "cap: 59")]),
    ("idle-essential", [("cap: 50", "cap: 60")]),  # left to passing-cap
    ("idle-cap", [("cap: 50\n", ""), ("    essential: true\n", "")]),
    ("idle-points", [("points: -2", "points: -1")]),
    ("crushing-penalty", [("points: -2", "points: -4")]),
    ("schema-line", [("$schema=rubric", "$schema=../rubrics/rubric")]),
    ("trailing-space", [("it is fast.\n", "it is fast.  \n      Yes.\n")]),
]


@pytest.mark.parametrize(("rule", "edits"), MISSES)
def test_what_only_looks_like_it_breaks_no_rule(rule: str, edits: list[tuple[str, str]]) -> None:
    assert rule not in [broken_ for _, broken_ in broken(changed(*edits))]


def judged(words: dict[str, dict[str, str]]) -> dict[str, dict[str, tuple[Evidence, ...]]]:
    """By exemplar and criterion, the words that proved it."""
    answers = {one.id: one.answer.strip() for one in source_of(CLEAN).rubric.exemplars}
    evidence: dict[str, dict[str, tuple[Evidence, ...]]] = {}
    for exemplar, quotes in words.items():
        for criterion, quote in quotes.items():
            found = find_quote(answers[exemplar], quote)
            assert found
            evidence.setdefault(exemplar, {})[criterion] = (found,)
    return evidence


def test_every_vague_word_of_a_text_is_named_at_once() -> None:
    text = "Clearly names the appropriate and relevant slots, with appropriate keys, etc."
    [found] = complaints(changed((COLLISIONS, text)))
    assert "'Clearly', 'appropriate', 'relevant', 'etc.'," in found.what


CUT = [(f"    partial: {PARTIAL}\n", ""), (LEVELS, "")]
SLOT_ONLY = [
    (TERSE, TERSE.replace("level_2", "not_met")),
    (PARTLY, PARTLY.replace(": partial", ": met").replace("level_1", "not_met")),
    (
        "collisions: met, sorted-keys: absent}\n  - id: mis",
        "collisions: not_met, sorted-keys: absent}\n  - id: mis",
    ),
    (MISTAKEN, MISTAKEN.replace("collisions: met", "collisions: not_met")),
]


def test_what_one_exemplar_would_mend_is_one_complaint() -> None:
    found = complaints(changed(*CUT, *SLOT_ONLY))
    assert [(one.location.line, one.rule) for one in found] == [
        (5, "far-from-pass"),
        (8, "always-met"),
        (19, "never-met"),
    ]
    assert "meets 'constant-time' but" in found[2].what
    assert found[2].what.endswith("; the same holds for 'collisions'")


def test_penalties_that_no_grade_shows_are_one_complaint() -> None:
    text = changed(
        ("exemplars:\n", NO_CLASHES + "exemplars:\n"),
        *[("sorted-keys: absent}", "sorted-keys: absent, no-clashes: absent}")] * 4,
        ("sorted-keys: present}", "sorted-keys: present, no-clashes: present}"),
        (MISTAKEN, MISTAKEN.replace(" met", " not_met")),
    )
    [found] = [one for one in complaints(text) if one.rule == "hidden-penalty"]
    assert found.location.line == 37
    assert found.what.endswith("; the same holds for 'no-clashes'")


def test_a_silence_takes_one_of_those_that_are_told_together() -> None:
    silence = ("  - id: constant", "  # lint: allow never-met: hard\n  - id: constant")
    told = [
        one for one in complaints(changed(*CUT, *SLOT_ONLY, silence)) if one.rule == "never-met"
    ]
    assert [one.location.line for one in told] == [25]
    assert "'constant-time'" not in told[0].what


def test_all_criteria_that_go_together_are_told_at_once() -> None:
    text = changed(
        (COLLISIONS, COLLISIONS + "\n    partial: Says that keys may clash."),
        (TERSE, TERSE.replace("hash: met", "hash: partial").replace("not_met", "partial")),
        (PARTLY, PARTLY.replace("collisions: met", "collisions: partial")),
        (MISTAKEN, MISTAKEN.replace("not_met", "met")),
    )
    [found] = [one for one in complaints(text) if one.rule == "never-apart"]
    assert "'slot-by-hash', 'constant-time' and 'collisions' alike" in found.what


def test_a_pass_mark_that_is_far_on_both_sides_is_told_once() -> None:
    text = changed(
        (TERSE, TERSE.replace("hash: met", "hash: not_met")),
        (PARTLY, PARTLY.replace("level_1, collisions: met", "not_met, collisions: not_met")),
        (MISTAKEN, MISTAKEN.replace("collisions: met", "collisions: not_met")),
    )
    [found] = [one for one in complaints(text) if one.rule == "far-from-pass"]
    assert "just passes, the nearest is 4 off; no exemplar just fails" in found.what


def test_one_cap_is_complained_of_once() -> None:
    assert broken(changed(("cap: 50", "cap: 60"))) == [(10, "passing-cap")]


FULL = {"slot-by-hash": "use the result as position", "constant-time": "O(1) steps"}
SAME = {"constant-time": "O(1) steps", "collisions": "O(1) steps"}


def test_words_that_prove_two_criteria_again_and_again_are_told() -> None:
    evidence = judged({"full": SAME, "terse": SAME})
    told = [one for one in lint(source_of(CLEAN, evidence)) if one.rule == "shared-evidence"]
    assert [one.location.line for one in told] == [30]
    assert "full, terse" in told[0].what


def test_criteria_that_share_words_once_or_have_own_words_elsewhere_are_not_told() -> None:
    once = judged({"full": SAME, "terse": FULL | {"slot-by-hash": "function of the key"}})
    assert not lint(source_of(CLEAN, once))
    apart = judged({"full": SAME, "mistaken": {"slot-by-hash": "position is computed"}})
    assert not lint(source_of(CLEAN, apart))


def test_complaints_come_in_the_order_of_lines_with_what_to_do() -> None:
    found = complaints(changed((COLLISIONS, "Clearly a clash."), ("pass: 60", "pass: 95")))
    assert [one.location.line for one in found] == sorted(one.location.line for one in found)
    assert {one.severity for one in found} == {"error", "warning"}
    assert all(one.hint for one in found)


def test_what_does_not_load_is_a_complaint_with_its_place_and_hint() -> None:
    place = Location("x.yaml", 3)
    complaint = invalid(Problem("wrong", place, "mend it"))
    assert (complaint.rule, complaint.severity) == ("invalid", "error")
    assert (complaint.location, complaint.hint) == (place, "mend it")
