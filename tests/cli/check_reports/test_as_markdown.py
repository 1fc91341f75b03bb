from __future__ import annotations

import re
from collections import Counter

import pytest
from markdown_it import MarkdownIt

from answerbot.cli.check_reports import render
from answerbot.domain.check import CheckReport
from tests.cli.check_reports import made
from tests.cli.check_reports.made import checked, edited, reported, tried
from tests.cli.reports.made import HOSTILE, INJECTIONS


def html_of(markdown: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


def elements(report: CheckReport) -> Counter[str]:
    return Counter(re.findall(r"<(\w+)", html_of(render("markdown", report))))


def test_the_verdict_comes_first() -> None:
    assert render("markdown", made.clean()).startswith(
        "## Rubrics\n\n✅ **1 rubric, 4 exemplars: passed**\n\n### How far"
    )
    assert render("markdown", made.stale()).startswith(
        "## Rubrics\n\n"
        "❌ **1 rubric, 4 exemplars: failed: 4 exemplars without a recording**\n\n"
        "|  | Gate | Found |\n| --- | --- | --- |\n| ✅ | lint | 0 complaints |\n"
        "| ❌ | stale | 4 exemplars without a recording |\n"
    )


def test_what_changed_stands_in_tables_with_its_cause() -> None:
    text = render("markdown", made.everything())
    for row in (
        "| rubrics/tea.yaml:4 | overlapping-criteria | both want heat |",
        "| rubrics/tea.yaml:10 | vague-word | 'just' says little *Hint: say how hot it is* |",
        "| ❌ | tea/full | take-the-leaves-out | met → not\\_met | met | the judge's prompt |",
        "| ⚠️ | tea/some | 7/10 pass → 7/10 fail | rubrics/tea.yaml:4: pass mark 60 → 80 |",
        "| milk/wrong | the judge gave no usable reply |",
        "- 1 new rubric: coffee",
        "| tea/nothing | hot-water | not\\_met | partial | So it says. |",
    ):
        assert f"\n{row}\n" in text
    assert "\n2 calls, about \\$0.02: `answerbot check --record`\n" in text


def test_long_tables_are_folded_and_stay_tables() -> None:
    exemplar = made.TEA[made.TEA.index("  - id: nothing") :]
    text = made.TEA + "".join(exemplar.replace("nothing", f"nothing-{n}") for n in range(296))
    report = reported(checked(tried(text), tried(edited("points: 4", "points: 2", text))))
    html = html_of(render("markdown", report))
    assert "<details><summary>290 more</summary>\n<table>" in html
    assert html.count("<details>") == html.count("</details>")
    assert "and 190 more (<code>answerbot check --words</code> lists them)" in html
    assert "nothing-295" in render("markdown", report, words=True)


PLAIN = elements(made.hostile("plain words"))


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values(), "```", "`a", "</details>"])
def test_hostile_words_make_no_element(text: str) -> None:
    assert elements(made.hostile(text)) == PLAIN


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS.values()])
def test_hostile_words_mention_and_link_nothing(text: str) -> None:
    written = re.sub(r"(`+).*?\1", "", render("markdown", made.hostile(text)))
    for active in (r"@\w", r"(?<!#)#\d", r"\w://", r"\bwww\.", r"\bGH-\d"):
        assert not re.search(active, written), active
