"""Every rule by name: what it is about, how bad it is to break it, and what finds that."""

from __future__ import annotations

from collections.abc import Mapping

from answerbot.domain.lint import exemplars, layout, overlap, points, wording
from answerbot.domain.lint.complaints import Rule, RuleName

RULES: Mapping[RuleName, Rule] = {
    "invalid": Rule("The file is no rubric, or does not fit beside the others.", "error"),
    "bad-silence": Rule("A comment `# lint:` names no rule or gives no reason.", "error"),
    "unused-silence": Rule("A comment allows what nothing there does.", "warning"),
    "placeholder": Rule("A text is not written yet.", "error", wording.placeholder),
    "double-barrelled": Rule(
        "A criterion without `partial` or `levels` asks for two things: who says one of them gets "
        "all points from one reader and none from the next.",
        "warning",
        wording.double_barrelled,
    ),
    "vague-word": Rule(
        "Words that readers take differently ('appropriate', 'clearly', 'relevant', 'etc.', "
        "'understands') decide over points.",
        "warning",
        wording.vague_word,
    ),
    "met-by-silence": Rule(
        "A criterion asks for what is not said, which an empty answer meets.",
        "error",
        wording.met_by_silence,
    ),
    "points-in-text": Rule(
        "A wording speaks of points, which the judge does not see.",
        "warning",
        wording.points_in_text,
    ),
    "not-self-contained": Rule(
        "A wording leans on another criterion; with `--per-criterion` the judge reads only one.",
        "warning",
        wording.not_self_contained,
    ),
    "long-criterion": Rule(
        f"A demand takes more than {wording.MOST_WORDS} words, its examples not counted.",
        "warning",
        wording.long_criterion,
    ),
    "same-step": Rule(
        "A `partial` or level asks for what all the points ask for.", "error", wording.same_step
    ),
    "contradiction": Rule(
        "A criterion accepts and rejects the same wording.", "error", wording.contradiction
    ),
    "repeated-entry": Rule("A list has an entry twice.", "warning", wording.repeated_entry),
    "empty-id": Rule("An id says nothing of what it names.", "warning", wording.empty_id),
    "overlapping-criteria": Rule(
        "Two criteria ask for much the same, so that one sentence earns twice.",
        "warning",
        overlap.overlapping_criteria,
    ),
    "shared-evidence": Rule(
        f"The same words prove two criteria in every exemplar that meets both, in "
        f"{overlap.TIMES} at least.",
        "warning",
        overlap.shared_evidence,
        needs="evidence",
    ),
    "parrotable": Rule(
        "A criterion asks for little that the question does not say itself.",
        "warning",
        overlap.parrotable,
        needs="questions",
    ),
    "missing-cues": Rule(
        "A criterion or misconception has no cues though others have, so that the estimate never "
        "finds it.",
        "warning",
        wording.missing_cues,
    ),
    "never-met": Rule(
        "No exemplar meets a criterion but those that meet everything.",
        "warning",
        exemplars.never_met,
    ),
    "always-met": Rule(
        "Every exemplar meets a criterion but those that meet nothing.",
        "warning",
        exemplars.always_met,
    ),
    "never-apart": Rule(
        "Every exemplar treats criteria alike: all met, all missed, or all in part.",
        "warning",
        exemplars.never_apart,
    ),
    "unshown-step": Rule(
        "No exemplar reaches a `partial` or level.", "warning", exemplars.unshown_step
    ),
    "unshown-misconception": Rule(
        "No exemplar states a misconception.", "error", exemplars.unshown_misconception
    ),
    "hidden-penalty": Rule(
        "What states a misconception gets 0, or what the cap leaves, with its cost and without.",
        "warning",
        exemplars.hidden_penalty,
    ),
    "far-from-pass": Rule(
        f"No exemplar passes, or none fails, by {exemplars.NEAR} % of the points or less.",
        "warning",
        exemplars.far_from_pass,
    ),
    "twin-exemplars": Rule(
        "Two exemplars say the same with the same verdicts.", "warning", exemplars.twin_exemplars
    ),
    "copied-exemplar": Rule(
        "An exemplar that earns points has eight words on end from the rubric, which are no "
        "evidence.",
        "error",
        exemplars.copied_exemplar,
    ),
    "unjudged-exemplar": Rule(
        "An exemplar that earns points is decided before a judge reads it.",
        "error",
        exemplars.unjudged_exemplar,
        needs="questions",
    ),
    "high-pass-mark": Rule("Only full marks pass.", "error", points.high_pass_mark),
    "low-pass-mark": Rule("One criterion alone passes.", "error", points.low_pass_mark),
    "passing-cap": Rule(
        "An answer without an essential criterion passes.", "error", points.passing_cap
    ),
    "idle-essential": Rule("`essential` changes no grade.", "warning", points.idle_essential),
    "idle-cap": Rule("There is a cap and no essential criterion.", "warning", points.idle_cap),
    "idle-points": Rule(
        "The points of a part can never decide between pass and fail.",
        "warning",
        points.idle_points,
    ),
    "crushing-penalty": Rule(
        "One misconception alone fails an answer that is right in all else.",
        "warning",
        points.crushing_penalty,
    ),
    "schema-line": Rule(
        "No comment at the top names the schema that editors check by.",
        "warning",
        layout.schema_line,
    ),
    "trailing-space": Rule(
        "White space ends a line, outside of answers.", "warning", layout.trailing_space
    ),
}
