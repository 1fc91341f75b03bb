"""How long references take to index and to search, beside bm25s alone on the same texts.

The texts are made up (seeded): words of a Zipf-like vocabulary, a tenth of the references about
one field word, questions of the length that people ask, answers of about 60 words. Questions of
the searches are references' own questions with a word dropped and one added.

    python benchmarks/references.py [REFERENCES] [SEARCHES] [QUESTIONS]

QUESTIONS is how many are looked through for duplicates. Run it on one core with `taskset -c 0`.
"""

from __future__ import annotations

import random
import resource
import sys
from collections.abc import Callable
from itertools import accumulate
from statistics import median, quantiles
from time import perf_counter

from answerbot.domain.bank import QuestionId
from answerbot.domain.duplicates import find_duplicates
from answerbot.domain.references import Library, Reference

SEED = 20
WORDS = 60_000
ASK = ("What is", "How does one use", "Explain", "What are the limitations of", "Why is")
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


class Writer:
    """Makes texts up."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self._words = ["".join(self._random.choices(SYLLABLES, k=4)) for _ in range(WORDS)]
        self._weights = list(accumulate(1 / (rank + 8) for rank in range(WORDS)))

    def words(self, count: int) -> list[str]:
        """That many words, the common ones often."""
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def reference(self, number: int) -> Reference:
        """A question of three to eight words besides those that ask, and its answer."""
        ask, words = self._random.choice(ASK), self.words(self._random.randint(3, 8))
        if self._random.random() < 0.1:
            words.append("in RNNs")
        answer = " ".join(self.words(self._random.randint(30, 90)))
        return Reference(QuestionId(f"made-up/{number}"), f"{ask} {' '.join(words)}?", answer)

    def question_like(self, question: str) -> str:
        """The question with a word dropped and another added."""
        words = question.rstrip("?").split()
        words.pop(self._random.randrange(2, len(words)))
        return " ".join([*words, *self.words(1)]) + "?"


def main(references: int, searches: int, questions: int) -> None:
    """Print the table."""
    writer = Writer()
    library = [writer.reference(number) for number in range(1, references + 1)]
    asked = [
        writer.question_like(r.question) for r in random.Random(SEED).choices(library, k=searches)
    ]
    print(f"{references:,} references, {searches:,} searches.\n")
    print("| | index | search, median | search, 95 % | own reference in the top 5 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    sources = random.Random(SEED).choices(library, k=searches)
    for name, prepare in (("answerbot", answerbot_search), ("bm25s alone", bm25s_search)):
        start = perf_counter()
        search = prepare(library)
        index = perf_counter() - start
        times, found = [], 0
        for question, source in zip(asked, sources, strict=True):
            start = perf_counter()
            ids = search(question)
            times.append(perf_counter() - start)
            found += source.id in ids
        late = quantiles(times, n=20)[-1]
        print(
            f"| {name} | {index:.1f} s | {1000 * median(times):.1f} ms | {1000 * late:.1f} ms "
            f"| {found / searches:.0%} |"
        )
    pairs = [(r.id, r.question) for r in library[: questions // 2]]
    pairs += [
        (QuestionId(f"again/{i}"), writer.question_like(text)) for i, (_, text) in enumerate(pairs)
    ]
    start = perf_counter()
    groups = find_duplicates(pairs)
    took = perf_counter() - start
    print(f"\nDuplicates of {len(pairs):,} questions: {took:.1f} s, {len(groups):,} groups.")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Memory at the highest, both indexes and the texts: {peak:,.0f} MB.")


def answerbot_search(references: list[Reference]) -> Callable[[str], list[QuestionId]]:
    """Search as the program does."""
    library = Library(references)
    library.nearest("index")
    return lambda question: [hit.reference.id for hit in library.nearest(question)]


def bm25s_search(references: list[Reference]) -> Callable[[str], list[QuestionId]]:
    """Search with bm25s and its own tokens: no abbreviations, stems or coverage."""
    import bm25s

    bm25 = bm25s.BM25()
    texts = [f"{r.question}\n{r.answer}" for r in references]
    bm25.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)

    def search(question: str) -> list[QuestionId]:
        tokens = bm25s.tokenize(question, show_progress=False, return_ids=False)
        rows, _ = bm25.retrieve(tokens, k=5, show_progress=False)
        return [references[row].id for row in rows[0]]

    return search


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*numbers, *(100_000, 500, 10_000)[len(numbers) :])
