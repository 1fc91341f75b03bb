"""What a field calls things: abbreviations and their long forms, and terms that go together.

Everything here is data that a bank of another field replaces or adds to: abbreviations that its
texts define themselves, as in 'Gated Recurrent Unit (GRU)', are learned with `learned_from`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_RECURRENT_NETWORKS: Mapping[str, tuple[str, ...]] = {
    "ACT": ("adaptive computation time",),
    "BLEU": ("bilingual evaluation understudy",),
    "BPTT": ("backpropagation through time", "back propagation through time"),
    "CNN": ("convolutional neural network", "convolutional network", "1D conv", "1D CNN"),
    "CTC": ("connectionist temporal classification",),
    "ESN": ("echo state network",),
    "FFN": ("feedforward neural network", "feedforward network", "feedforward"),
    "GAN": ("generative adversarial network",),
    "GRU-D": ("GRU D",),
    "GRU": ("gated recurrent unit",),
    "LLM": ("large language model",),
    "LSM": ("liquid state machine",),
    "LSTM": ("long short term memory",),
    "NLP": ("natural language processing",),
    "NMT": ("neural machine translation",),
    "NTM": ("neural Turing machine",),
    "ODE": ("ordinary differential equation", "differential equation"),
    "POS": ("part of speech",),
    "RL": ("reinforcement learning",),
    "RNN": (
        "recurrent neural network",
        "recurrent network",
        "recurrent neural net",
        "recurrent net",
    ),
    "SCST": ("self critical sequence training",),
    "SGD": ("stochastic gradient descent",),
    "seq2seq": ("sequence to sequence",),
}

_SPELLINGS: Mapping[str, str] = {
    "many to many": "manytomany",
    "many to one": "manytoone",
    "one to many": "onetomany",
    "back propagation": "backpropagation",
    "backprop": "backpropagation",
    "encoder decoder": "seq2seq",
    "feed forward": "feedforward",
    "batch norm": "batch normalization",
    "layer norm": "layer normalization",
    "mini batch": "minibatch",
    "multitask": "multi task",
    "stepsize": "step size",
    "timestep": "time step",
    "time series": "timeseries",
    "TBPTT": "truncated BPTT",
    "BRNN": "bidirectional RNN",
    "BiRNN": "bidirectional RNN",
    "BiLSTM": "bidirectional LSTM",
    "BiGRU": "bidirectional GRU",
    "ConvNet": "CNN",
    "MLP": "feedforward",
}

_GO_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "backpropagation": ("BPTT",),
    "compression": ("quantization", "pruning", "lightweight"),
    "deep": ("stacked", "layers"),
    "exploding": ("unstable", "diverge"),
    "forecasting": ("prediction",),
    "gating": ("gates",),
    "interpretability": ("explanation",),
    "metric": ("measure",),
    "minibatch": ("batch",),
    "onetomany": ("manytoone", "manytomany"),
    "regularization": ("dropout", "overfitting"),
    "parallel": ("sequential",),
    "stateless": ("stateful",),
    "step size": ("learning rate",),
    "text": ("language",),
}

_ENGLISH_WORDS = frozenset({"ACT", "POS"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a field, as people write them; matching is by word stems.

    `long_forms` maps an abbreviation to what it stands for, `spellings` one way to write a thing
    to another, `related` a term to terms that a text about it is likely to use.
    `case_sensitive` holds the abbreviations that in small letters are ordinary words.
    """

    long_forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    case_sensitive: frozenset[str] = frozenset()

    def learned_from(self, texts: Iterable[str]) -> Vocabulary:
        """Add the abbreviations that the texts define; theirs win over ours.

        Where texts define one abbreviation in several ways, the most frequent one counts.
        """
        seen: dict[str, Counter[str]] = {}
        for text in texts:
            for short, long_form in definitions(text):
                seen.setdefault(short, Counter())[long_form.lower()] += 1
        known = {short.lower(): short for short in self.long_forms}
        long_forms = dict(self.long_forms)
        learned = set()
        for short, counted in seen.items():
            long_form = counted.most_common(1)[0][0]
            ours = known.get(short.lower())
            if ours is None:
                long_forms[short] = (long_form,)
                learned.add(short)
            elif not any(_same(long_form, other) for other in long_forms[ours]):
                long_forms[ours] = (long_form,)
        return Vocabulary(
            long_forms, self.spellings, self.related, self.case_sensitive | frozenset(learned)
        )


def _same(one: str, other: str) -> bool:
    return re.split(r"[\W_]+", one.lower()) == re.split(r"[\W_]+", other.lower())


DEFAULT = Vocabulary(_RECURRENT_NETWORKS, _SPELLINGS, _GO_TOGETHER, _ENGLISH_WORDS)

_SHORT = r"(?=[^\s()]*[A-Z][^\s()]*[A-Z])[A-Za-z][A-Za-z0-9-]{1,9}?"
_LONG_THEN_SHORT = re.compile(rf"((?:[\w’'-]+[ \t]+){{1,8}})\(({_SHORT})s?\)")
_SHORT_THEN_LONG = re.compile(rf"\b({_SHORT})s?[ \t]+\(([A-Za-z][\w’' -]{{3,80}})\)")


def definitions(text: str) -> list[tuple[str, str]]:
    """The (abbreviation, long form) pairs that the text defines, in either order of the two.

    Source: A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation
    definitions in biomedical text", PSB 2003.
    """
    if "(" not in text:
        return []
    found = [(m[2], _long_form(m[2], m[1].strip())) for m in _LONG_THEN_SHORT.finditer(text)]
    found += [(m[1], _long_form(m[1], m[2].strip())) for m in _SHORT_THEN_LONG.finditer(text)]
    return [(short, long_form) for short, long_form in found if long_form]


def _long_form(short: str, words: str) -> str:
    """The end of `words` whose letters spell `short` from the back; '' when they do not."""
    letters = [c.lower() for c in short if c.isalnum()]
    at = len(words)
    for i, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and (
            words[at].lower() != letter or (i == 0 and at > 0 and words[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
    long_form = words[at:]
    at_most = min(len(letters) + 5, len(letters) * 2)
    fits = 1 < len(long_form.split()) + long_form.count("-") <= at_most
    return re.sub(r"(?<=\w\w\w)s$", "", long_form) if fits else ""
