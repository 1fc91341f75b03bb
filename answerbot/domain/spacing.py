"""'areRecurrent' -> 'are Recurrent': spaces that a conversion lost between words are put back.

A word is taken apart only when it is no word itself and all its parts are: words of grammar
('the', 'of', 'in'), abbreviations ('RNNs', 'IoT') and words of the field. Two words of the field
part only behind an -ing ('trainingvanilla'): 'timestep' and 'dataset' are right. Whatever stands
next to a digit, an underscore, a dot or a backtick is a name and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

_GRAMMAR = frozenset(
    """
    an and are between can could did do does for from had has have how in into is its of should
    than that the their these this those through to using via was were what when where which while
    whose why will with within without would
    """.split()  # noqa: SIM905 - a list of literals would be one word a line
)
_WEAK_GRAMMAR = frozenset("as at by on or".split())  # noqa: SIM905
"""Parts of many right words ('onto', 'byproduct'): they part only from these and abbreviations."""

_STRONG = frozenset("the these this those which".split())  # noqa: SIM905

_NEVER_IN_NAMES = frozenset("an and are between does from of the these those what which".split())  # noqa: SIM905
"""No programmer's name starts with these and a capital ('isTraining' and 'toTensor' do)."""

_WITH_PLURAL = frozenset(
    """
    AI API BERT BLEU BPTT BRNN CNN CPU CRF CTC DNN ESN FFN GAN GPT GPU GRU IoT LLM LSM LSTM ML MLP
    NLP NMT NN NTM ODE POS RL RNN SGD TBPTT TPU Transformer VAE
    """.split()  # noqa: SIM905 - a list of literals would be one word a line
)
_ABBREVIATIONS = (
    _WITH_PLURAL
    | {f"{word}s" for word in _WITH_PLURAL}
    | frozenset(
        "Adam Elman Jordan Keras PyTorch TensorFlow seq2seq word2vec".split()  # noqa: SIM905
    )
)
_FIELD = frozenset(
    """
    ability accuracy activation activations adaptive address advances advantage advantages affect
    affects agent agents algorithm algorithms alternatives analysis anomalies anomaly application
    applications applied apply approach architecture architectures attention backpropagation
    backward based batch batches benefits bidirectional capture cause causes cell cells challenge
    challenges classification clipping clockwork common compare complexities complexity compress
    computation computational computing concept concepts connection connections considerations
    context contexts control convergence curriculum data debug decision decoder decoding deep
    define dependencies dependency deploy deployed deploying deployment depth describe design
    detection devices dialogue difference differences difficulties dimension discuss disease
    distribution drift dropout dynamic edge effect effects embedding embeddings emerging encoder
    encoding entropy environments error errors evaluate example examples explain explains exploding
    exposure feature features feedback feedforward field fields financial forecasting forget
    function functions fundamental gate gated gates gating generalization generate generated
    generating generation global gradient gradients handle handling hidden hierarchical hybrid
    hyperparameter hyperparameters impact implement implementation importance improve industrial
    inference information initialization input inputs interpretability internet issues language
    languages large layer layers learn learning length lengths limitation limitations linear liquid
    local long loss machine machines many masking mechanism mechanisms memory method methods metrics
    missing mitigate mixed model modeling modelling models multiple natural network networks neural
    neuron neurons normalization online operate operated operates operation optimization optimizer
    optimizers output outputs overfitting padding parallel parameter parameters performance
    pipeline pipelines policy prediction predictions preprocessing principle principles probability
    problem problems process processing production products properties property purpose quantization
    random real recognition recurrence recurrent regularization reinforcement related reservoir
    residual robotics role roles sampling sentence sentiment sequence sequences sequential series
    setup short signals simple single size sizes softmax solution solutions speech stacked standard
    state stateful stateless states step steps stochastic strategies strategy structure structures
    supervised system systems task tasks teacher technique techniques temporal text texts time
    token tokens train trained training transfer translation truncated tuning type types
    understanding unit units unrolling unsupervised update updates use used uses using value values
    vanilla vanishing variable variants vector vectors versioning video weight weights window word
    words work works
    """.split()  # noqa: SIM905 - a list of literals would be one word a line
)
# Of some 350 000 English words in American and British spelling, these alone could be taken apart
# ('fortuning', an archaism, is left out: it is the glued 'for tuning').
_RIGHT = frozenset(
    """
    anan anis anuses areas betweentime cancan candid cando canfield canfields canis canto dodo
    dodoes dogate dogates doits doofuses dothan douse doused douses dousing fordid fordo fordoes
    forwhy howto howtos inability inaccuracy inactivation inactivations inadaptive inattention
    incan inclipping inconsiderations incross indecision independencies independency
    indifference indifferences infield infields ingate ingates ingenerate ingenerated
    ingenerating inlayer inlayers instate instates instep insteps intime invariable invariants
    inweight inwith inwork inworks isin isis longan realisability thein thesean todo todos
    togate togated toits toto touse toused touses tousing wherefor wherefrom wherein whereinto
    whereof wherethrough whereto wherewith willis willits
    """.split()  # noqa: SIM905 - a list of literals would be one word a line
)

_TOKEN = re.compile(r"(?<![\w.@#/\\$`&<-])[A-Za-z][A-Za-z0-9]{3,63}(?![\w@/\\$`(\[]|[.:][\w/])")
_AFTER_HYPHEN = re.compile(r"-[a-z]")
_HYPHENED = frozenset("cross many multi self semi".split())  # noqa: SIM905
_GLUED_BRACKET = re.compile(r"(?<= )(\([^()\n]*[A-Z][^()\n]*\))([a-z]+)(?![\w(])")
_DELIMITER = re.compile(r"`+|\$+")


def repair(text: str) -> str:
    """Put back the spaces that were lost between words; code and formulas stay as they are."""
    if "`" not in text and "$" not in text:
        return _repair_prose(text)
    pieces, position = [], 0
    for start, end in _code_spans(text):
        pieces += [_repair_prose(text[position:start]), text[start:end]]
        position = end
    return "".join([*pieces, _repair_prose(text[position:])])


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where code and formulas stand: from a run of backticks or dollars to the next like it."""
    runs = [(found.start(), found.end(), found[0]) for found in _DELIMITER.finditer(text)]
    like: dict[str, list[int]] = {}
    for start, _, run in reversed(runs):
        like.setdefault(run, []).append(start)
    position = 0
    for start, end, run in runs:
        like[run].pop()
        if start >= position and like[run]:
            position = like[run][-1] + len(run)
            yield start, max(position, end)


def _repair_prose(text: str) -> str:
    if ")" in text:
        text = _GLUED_BRACKET.sub(_behind_bracket, text)
    if any(map(_may_part, _TOKEN.findall(text))):
        text = _TOKEN.sub(_apart, text)
    return text


@lru_cache(maxsize=65536)
def _may_part(word: str) -> bool:
    return bool(_parts(word, False) or _parts(word, True))


def _behind_bracket(found: re.Match[str]) -> str:
    known = found[2] in _GRAMMAR or found[2] in _FIELD
    return f"{found[1]} {found[2]}" if known else found[0]


def _apart(found: re.Match[str]) -> str:
    hyphened = bool(_AFTER_HYPHEN.match(found.string, found.end()))
    return " ".join(_parts(found[0], hyphened)) or found[0]


class _Part(Enum):
    GRAMMAR = 1
    WEAK = 2
    ABBREVIATION = 3
    FIELD = 4


@lru_cache(maxsize=65536)
def _parts(word: str, hyphened: bool) -> tuple[str, ...]:
    """The words that `word` was glued from, the fewest there can be; nothing where it is right."""
    small = word.lower()
    if small in _GRAMMAR or small in _FIELD or small in _RIGHT or word.isupper():
        return ()
    if word in _ABBREVIATIONS:
        return ()
    best: dict[tuple[int, str, _Part], tuple[str, ...]] = {(0, "", _Part.GRAMMAR): ()}
    for start in range(len(word)):
        here = [(key, parts) for key, parts in best.items() if key[0] == start]
        for end in range(start + 1, len(word) + 1) if here else ():
            piece = word[start:end]
            kind = _kind(piece, hyphened and end == len(word))
            if kind is None:
                continue
            for (_, left, left_kind), parts in here:
                if start and not _may_follow(left, left_kind, piece, kind):
                    continue
                key = (end, piece, kind)
                if key not in best or len(best[key]) > len(parts) + 1:
                    best[key] = (*parts, piece)
    whole = [parts for key, parts in best.items() if key[0] == len(word) and len(parts) > 1]
    return min(whole, key=len, default=())


def _kind(piece: str, before_hyphen: bool) -> _Part | None:
    if piece in _ABBREVIATIONS:
        return _Part.ABBREVIATION
    small = piece.lower()
    if piece[1:] != small[1:]:
        return None
    if small in _GRAMMAR:
        return _Part.GRAMMAR
    if small in _WEAK_GRAMMAR:
        return _Part.WEAK
    if small in _FIELD or (before_hyphen and small in _HYPHENED):
        return _Part.FIELD
    return None


def _may_follow(left: str, left_kind: _Part, piece: str, kind: _Part) -> bool:
    if kind is _Part.ABBREVIATION:
        if left_kind is _Part.ABBREVIATION:
            return False
        return left_kind is not _Part.FIELD or left.islower()
    if piece[0].isupper():
        return kind is _Part.FIELD and left.lower() in _NEVER_IN_NAMES
    if left_kind is _Part.WEAK or kind is _Part.WEAK:
        return left_kind is _Part.ABBREVIATION or piece in _STRONG or left.lower() in _STRONG
    if left_kind is kind is _Part.FIELD:
        return left.endswith("ing") and len(left) > 4
    return True
