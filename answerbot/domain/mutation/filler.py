"""Words that say nothing about anything."""

from __future__ import annotations

from itertools import accumulate, cycle, takewhile

FILLER = (
    "I would like to begin by taking a step back.",
    "There is a lot that one could say here, and people have said a lot of it.",
    "It is a subject that comes up again and again, in conversations and in books alike.",
    "When I first came across it, I needed some time to get used to it.",
    "Some find it easy and others find it hard, which is only natural.",
    "Let me try to put it as plainly as I can.",
    "I will keep to the main points and leave the details for another day.",
    "Of course, every account of this kind leaves something out.",
    "A good way to approach it is calmly and in small portions.",
    "I have tried to choose my words with some care.",
    "One might also put it differently, and perhaps more briefly.",
    "In the end it is always worth looking at the matter from more than one side.",
    "Whoever wants to read more will find plenty of material.",
    "There are friends of mine who enjoy talking about this over a cup of coffee.",
    "I hope that the order in which I present things is easy to follow.",
    "That, at least, is how I would explain it to a colleague on a quiet afternoon.",
    "Much more could be written, but a page has only so much room.",
    "Thinking about it for longer has certainly been a pleasure.",
    "With a little patience it all falls into place.",
    "This is where I would like to leave it for now.",
)
"""Sentences that answer no question, address nobody and claim nothing."""

TIMES = 3


def padded(answer: str) -> str:
    """The answer at least three times as long, half of the filler before it and half behind."""
    wanted = (TIMES - 1) * len(answer)
    lengths = accumulate(len(sentence) + 1 for sentence in cycle(FILLER))
    number = 1 + sum(1 for _ in takewhile(lambda length: length < wanted, lengths))
    filler = [sentence for sentence, _ in zip(cycle(FILLER), range(number), strict=False)]
    half = len(filler) // 2
    return f"{' '.join(filler[:half])}\n\n{answer}\n\n{' '.join(filler[half:])}"
