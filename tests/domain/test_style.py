import pytest

from answerbot.domain.style import faults, word_count

GOOD = """A **GRU** merges the gates:

$$
h_t = (1 - z_t) \\odot h_{t-1} + z_t \\odot \\tilde h_t
$$

- $z_t$ is the *update gate*, see `nn.GRU`;
- the price is $5 \\times$ less memory.

```python
# a comment, not a heading
h = gru(x)
---
```
"""


def test_what_github_renders_has_no_faults() -> None:
    assert faults(GOOD, "standard") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("the ratio $\x0crac{a}{b}$", "backslash"),
        ("a\tb", "tab"),
        ("```\nnever closed", "not closed"),
        ("Text.\n\n## Gates\n\nMore.", "No headings"),
        ("Text\n===\n", "No headings"),
        ("Text.\n\n---\n\nMore.", "No headings"),
        ("Text.\n\n* * *\n", "No headings"),
        ("**Answer:** gates", "label"),
        ("Answer: gates", "label"),
        ("Question 3: gates", "label"),
        ("gates <!-- hidden -->", "comments"),
        (r"so \(x\) holds", "between $"),
        (r"so \[x\] holds", "between $"),
        ("costs $5 a call", "pair up"),
        ("the sum $a +\nb$ holds", "pair up"),
        (r"the ratio $\\frac{a}{b}$", "two backslashes"),
        (r"so $\hat{y}_t = f(h_{t-1}, \hat{y}_{t-1})$", "takes something out"),
        (r"so $a \, b$", "takes something out"),
        ("so\n\n$$\n\\begin{cases} a \\\\ b \\end{cases}\n$$", "takes something out"),
        ("so\n\n$$\na\n- b\n$$", "takes something out"),
        ("word " * 240, "240 words"),
    ],
)
def test_what_would_not_stand_in_a_bank_is_named(text: str, fault: str) -> None:
    assert any(fault in found for found in faults(text, "standard")), faults(text, "standard")


def test_a_matrix_may_break_its_rows() -> None:
    assert faults(r"Let $\begin{pmatrix} a \cr b \end{pmatrix}$ be.", "standard") == []


def test_formulas_and_code_are_not_counted_as_words() -> None:
    assert (
        word_count("The update $h_t = f(x_t)$ runs `a b c` in\n```\nd e f\n```\n$$\nx y\n$$\n") == 4
    )


def test_each_style_has_its_length() -> None:
    text = "word " * 150
    assert faults(text, "concise")
    assert not faults(text, "standard")
    assert not faults("word " * 400, "deep")
