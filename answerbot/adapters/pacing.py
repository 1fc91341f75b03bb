"""When may the next request go out? Pure arithmetic: the clock is handed in, in seconds.

Pacer           all that bears on it: places, a pause, rates, what the endpoint said is left
Rate            so many a second
Chance          whether it is the pace that requests are refused for
Quota           what the endpoint said is left
read_headers    x-ratelimit-* headers -> what is left
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from statistics import median

START = 4
"""So many requests go out before the first answer: few, as all may fail in the same way."""

_FEWEST = 4  # a line that is always full keeps an endpoint busy however slow it is
_FIRST_GROWTH = 12.0  # places that each of the first answers earns
_GROWTH = 3.0  # places an answer earns, so their number is four times as large after each latency
_LATE_GROWTH = 0.1  # the same once the endpoint has slowed down: a tenth more each latency
_SLOWER = 2.0  # how much slower than at its best an endpoint is when it has too much to do
_FADING = 0.998  # of what was the best, each round: endpoints change
_OVERHEAD = 30  # tokens that could be written in the time that an empty reply takes

_CUT, _DEEP_CUT = 0.97, 0.7
_SEARCH, _CARE, _IMPATIENCE = 1.0, 0.02, 1.15
_SLOWEST = 1 / 30
_MADE_UP = (
    0.6  # of what a pause held back; all of it would overfill an endpoint that is a little slower
)
_AT_ONCE = 0.8  # of what was let through between two refusals, which may have been all at once
_LATE = 0.1  # seconds that a busy machine may be late and make up for
_REGAINED = 0.2  # of that, each second: an endpoint that takes few at once refuses one now and then
_LATE_TOKENS = 0.5  # the same where tokens are counted: many endpoints take a second's at once
_RECENT = 50  # requests, of which the share that was refused is looked at
_TELLING = 3  # refusals where there would be so many by chance tell whether it is chance
_MOST_BY_CHANCE = 0.4  # half the pace would be below what is let through, so none would be refused
_BEARABLE = 0.05
_DOUBT = 5.0  # seconds in which nothing is asked, before it is tried whether that must be so
_NO_TIME = 1e-6  # seconds; what is left of a wait by rounding would never end


@dataclass
class Rate:
    """So many a second; what was not used may be used later, up to `spare` of it."""

    per_second: float
    now: float
    spare: float = 2.0
    level: float = 1.0

    def take(self, amount: float, now: float) -> None:
        """So much is used; more than there is has to be waited for by those that follow."""
        self._fill(now)
        self.level -= amount

    def wait(self, amount: float, now: float) -> float:
        """Seconds until so much may be used, or all that there can be at once."""
        self._fill(now)
        return max(0.0, (min(amount, self.spare) - self.level) / self.per_second)

    def is_unused(self, now: float) -> bool:
        """Whether there is as much as there can be at once."""
        self._fill(now)
        return self.level >= self.spare

    def _fill(self, now: float) -> None:
        self.level = min(self.spare, self.level + (now - self.now) * self.per_second)
        self.now = now


@dataclass(frozen=True, slots=True)
class Left:
    """What an endpoint says: so much is left, and all of it is there again in `reset` seconds."""

    remaining: float
    reset: float


@dataclass
class Quota:
    """How much may be used altogether as far as the endpoint has said, and how long that holds."""

    most: float = inf
    until: float = 0.0
    heard_at: float = -1.0
    wrong: bool = False

    def hear(self, used: float, left: Left, now: float) -> None:
        """The endpoint said what is left; `used` was all that it had seen then."""
        if used > self.heard_at:  # answers overtake each other
            self.heard_at, self.most, self.until = used, used + left.remaining, now + left.reset

    def wait(self, used: float, now: float) -> float:
        """Seconds until this much may have been used; none where the endpoint was wrong."""
        return 0.0 if used <= self.most or self.wrong else max(0.0, self.until - now)


@dataclass
class _Seen:
    """How many requests ended, and how many of these were refused."""

    ended: int = 0
    refused: int = 0

    @property
    def share(self) -> float:
        """Of those that ended, so many were refused."""
        return self.refused / self.ended if self.ended else 0.0


@dataclass
class Chance:
    """Whether requests are refused by chance: as many of them where fewer are asked for.

    Those at a pace, the highest so far, are held against those at less than half of it. While it is
    chance, `bearable` is the share of refusals that is put up with; 0 otherwise.
    """

    pace: float = 0.0
    bearable: float = 0.0
    _lately: float = 0.0
    _above: _Seen = field(default_factory=_Seen)
    _below: _Seen = field(default_factory=_Seen)

    def note(self, pace: float, *, refused: bool) -> None:
        """One more was answered or refused at this pace."""
        self._lately += (refused - self._lately) / _RECENT
        if self._lately > self.bearable > 0:
            self._begin(pace)
        self.pace = max(self.pace, pace)
        seen = self._above if pace > self.pace / 2 else self._below
        seen.ended += 1
        seen.refused += refused
        if not self.bearable:
            self._judge(pace)

    def _judge(self, pace: float) -> None:
        share = self._above.share
        if self._below.ended < _RECENT or 0 < share * self._below.ended < _TELLING:
            return
        if 0 < share <= _MOST_BY_CHANCE and self._below.share >= share / 2:
            self.bearable = _BEARABLE + 2 * max(share, self._below.share)
        else:
            self._begin(pace)

    def _begin(self, pace: float) -> None:
        self.pace, self.bearable, self._above, self._below = pace, 0.0, _Seen(), _Seen()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request on its way: how many, and how many tokens, had been sent with it."""

    began: float
    requests: int
    tokens: float
    own_tokens: float


@dataclass
class Pacer:
    """Finds out how much an endpoint takes, and never asks for more than it was told.

    At most `most` requests are on their way. Their number grows while answers keep coming as fast
    as the fastest, and shrinks when these take twice as long for what they hold. A refusal bounds
    the requests a second by what was let through since the one before: at both nothing was left, so
    that is what the endpoint lets through. From there the rate creeps up again. Where refusals say
    nothing of when to come again, and are as many at half the pace, it is not lowered for them.

    Where headers leave nothing for more than `patience` seconds a request goes out all the same
    once in a while; if it is answered they are not minded any more.
    """

    most: int
    requests_a_minute: float | None = None
    tokens_a_minute: float | None = None
    patience: float = inf
    on_their_way: int = 0
    paused_until: float = 0.0
    places: float = 0.0
    rate: Rate | None = None
    _token_rate: Rate | None = None
    _requests: int = 0
    _tokens: float = 0.0
    _quota: Quota = field(default_factory=Quota)
    _token_quota: Quota = field(default_factory=Quota)
    _news_at: float = -inf
    _trial: int | None = None
    _starting: bool = True
    _speeds: list[float] = field(default_factory=list)
    _round: int = START
    _best: float = 0.0
    _growth: float = _SEARCH
    _grown: float = 0.0
    _chance: Chance = field(default_factory=Chance)
    _regains: bool = False
    _cut_at: int = 0
    _cut_began: float | None = None
    """When the first request went out, or the last one that was refused and told something."""

    def __post_init__(self) -> None:
        self.places = min(self.most, START)

    @property
    def counts_tokens(self) -> bool:
        """Whether anything depends on how many tokens a request takes."""
        return self.tokens_a_minute is not None or self._token_quota.until > 0

    @property
    def has_place(self) -> bool:
        """Whether one more may be on its way."""
        return self.on_their_way < int(self.places)

    def wait(self, tokens: float, now: float) -> float:
        """Seconds until the next request may go out; infinite: until another one ends."""
        if not self.has_place:
            return inf
        waits = [self.paused_until - now, self._until_left(tokens, now)]
        self._set_rates(now)
        if self.rate:
            waits.append(self.rate.wait(1, now))
        if self._token_rate:
            waits.append(self._token_rate.wait(tokens, now))
        longest = max(waits)
        return longest if longest > _NO_TIME else 0.0

    def held(self, tokens: float, now: float) -> float:
        """Seconds for which nothing is left for the next request, as the endpoint said."""
        return max(quota.wait(used, now) for quota, used in self._quotas(tokens))

    def _quotas(self, tokens: float) -> tuple[tuple[Quota, float], ...]:
        """What is left, and what will have been used with the next request."""
        return (self._quota, self._requests + 1), (self._token_quota, self._tokens + tokens)

    def _until_left(self, tokens: float, now: float) -> float:
        held = self.held(tokens, now)
        if held <= self.patience or self.on_their_way:
            return held
        return self._news_at + _DOUBT - now

    def begin(self, tokens: float, now: float) -> Ticket:
        """A request goes out."""
        if self.held(tokens, now) > self.patience:
            self._trial = self._requests + 1
        self._news_at = now
        self._set_rates(now)
        if self._cut_began is None:
            self._cut_began = now
        if self.rate:
            self.rate.take(1, now)
        if self._token_rate:
            self._token_rate.take(tokens, now)
        self.on_their_way += 1
        self._requests += 1
        self._tokens += tokens
        return Ticket(now, self._requests, self._tokens, tokens)

    def end(self) -> None:
        """A request is no longer on its way, however it ended."""
        self.on_their_way -= 1

    def hear(self, ticket: Ticket, headers: Mapping[str, str], now: float, date: float) -> None:
        """The headers of a response are minded; `date` is now, in seconds since 1970."""
        self._news_at = now
        if left := read_headers(headers, "requests", date):
            self._quota.hear(ticket.requests, left, now)
        if left := read_headers(headers, "tokens", date):
            self._token_quota.hear(ticket.tokens, left, now)

    def answered(self, ticket: Ticket, tokens: int | None, written: int, now: float) -> None:
        """A reply came; `tokens` is what it took altogether, `written` what the model wrote."""
        if ticket.requests == self._trial:
            self._doubt(now)
        if self._token_rate and tokens is not None:
            self._token_rate.take(tokens - ticket.own_tokens, now)
        self._weigh(refused=False)
        self._speed_up(now)
        self._speeds.append((written + _OVERHEAD) / max(now - ticket.began, 1e-6))
        if len(self._speeds) >= self._round:
            self._compare()
            self._round = int(self.places)
        self.places = min(self.most, self.places + self._earned())

    def _doubt(self, now: float) -> None:
        """A request was answered that nothing was left for."""
        for quota, used in self._quotas(0.0):
            quota.wrong = quota.wrong or quota.wait(used, now) > self.patience

    def _earned(self) -> float:
        if not self._starting:
            return _LATE_GROWTH
        return _FIRST_GROWTH if self.places < START * _FIRST_GROWTH else _GROWTH

    def refused(self, ticket: Ticket, retry_after: float | None, now: float) -> None:
        """The endpoint said 'too many': nothing goes out for `retry_after` seconds."""
        if retry_after is not None:
            self.paused_until = max(self.paused_until, now + retry_after)
        else:
            self._weigh(refused=True)
        # Those that went out before the last cut say nothing new.
        if ticket.requests > self._cut_at and not self._chance.bearable:
            self._cut(ticket, retry_after or 0.0, now)
        self._grown = max(now, self.paused_until)

    def _weigh(self, *, refused: bool) -> None:
        """Where requests turn out to be refused by chance, as many go out as before."""
        if self.rate is None:
            return
        known = self._chance.bearable
        self._chance.note(self.rate.per_second, refused=refused)
        if self._chance.bearable and not known:
            self.rate.per_second, self._growth = self._chance.pace, _SEARCH

    def _set_rates(self, now: float) -> None:
        if self.requests_a_minute is not None and self.rate is None:
            a_second = self.requests_a_minute / 60
            self.rate = Rate(a_second, now, spare=max(2.0, _LATE * a_second))
        if self.tokens_a_minute is not None and self._token_rate is None:
            a_second = self.tokens_a_minute / 60
            self._token_rate = Rate(
                a_second, now, spare=_LATE_TOKENS * a_second, level=_LATE_TOKENS * a_second
            )

    def _compare(self) -> None:
        """As many answers have come as there were places: were they as fast as others before?"""
        speed = median(self._speeds)  # not the mean: one that hangs tells nothing
        self._speeds.clear()
        self._best = max(_FADING * self._best, speed)
        if speed * _SLOWER < self._best:
            self._starting = False
            factor = max(0.5, speed * _SLOWER / self._best)
            self.places = max(min(_FEWEST, self.most), self.places * factor)

    def _cut(self, ticket: Ticket, pause: float, now: float) -> None:
        let_through = ticket.requests - self._cut_at - 1
        began = self._cut_began if self._cut_began is not None else ticket.began
        if self.rate is None:
            seen = let_through / max(1.0, ticket.began - began)
            self.rate = Rate(max(1.0, seen), now, level=0.0)
        else:
            self.rate.per_second = self._lower(let_through, ticket.began - began)
            self._growth = _CARE
        if self.requests_a_minute is None:
            # Most of what would have gone out meanwhile is let through after the pause.
            held_back = self.rate.per_second * (_MADE_UP * pause + _LATE)
            self.rate.spare = max(1.0, min(held_back, _AT_ONCE * let_through))
            self._regains = not pause
        self._cut_at, self._cut_began = self._requests, ticket.began

    def _lower(self, let_through: int, seconds: float) -> float:
        """Requests a second, when that many were let through in the seconds since the last cut."""
        assert self.rate is not None, "there was a cut before"
        known = self.rate.per_second
        if let_through <= self.rate.spare:
            # So many were too many at once, which says little of how many are in the long run.
            return max(_SLOWEST, known * (_CUT if let_through else _DEEP_CUT))
        seen = let_through / max(seconds, 1e-6)
        return max(_SLOWEST, _CUT * min(known, max(seen, _DEEP_CUT * known)))

    def _speed_up(self, now: float) -> None:
        if self.rate is None or now <= self._grown:
            return
        seconds, self._grown = now - self._grown, now
        unused = self.rate.is_unused(now)
        if self._regains:
            self._regain(self.rate, seconds)
        if unused:
            return  # something else holds requests back, so more of it would prove nothing
        most = inf if self.requests_a_minute is None else self.requests_a_minute / 60
        self.rate.per_second = min(most, self.rate.per_second * (1 + self._growth * seconds))
        if self._growth < _SEARCH:
            self._growth = min(_SEARCH, self._growth * _IMPATIENCE**seconds)

    def _regain(self, rate: Rate, seconds: float) -> None:
        """After a cut that left it nothing at once, a busy machine may make up for being late."""
        all_of_it = _LATE * rate.per_second
        if rate.spare < all_of_it:
            rate.spare = min(all_of_it, rate.spare + _REGAINED * all_of_it * seconds)


_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_A_DATE = 1e9  # what is above is no number of seconds to wait but seconds since 1970
_IN_MILLISECONDS = 1e12  # and what is above this has milliseconds


def read_headers(headers: Mapping[str, str], what: str, date: float) -> Left | None:
    """What is left of `requests` or `tokens`; None where the headers do not say.

    `date` is now, in seconds since 1970.
    """
    remaining = headers.get(f"x-ratelimit-remaining-{what}")
    reset = headers.get(f"x-ratelimit-reset-{what}")
    if remaining is None or reset is None:
        return None
    try:
        left, seconds = float(remaining), _until(reset, date)
    except ValueError:
        return None
    return Left(left, seconds) if 0 <= left < inf and 0 <= seconds < inf else None


def _until(text: str, date: float) -> float:
    """'6m0s', '1d2h', '20ms', '1.5', '1763728000', '2025-11-21T12:26:40Z' -> seconds."""
    parts = _PART.findall(text)
    if "".join(number + unit for number, unit in parts) == text and parts:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    try:
        number = float(text)
    except ValueError:
        at = datetime.fromisoformat(text)
        number = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        return max(0.0, number - date)
    if number > _IN_MILLISECONDS:
        number /= 1000
    return max(0.0, number - date) if number > _A_DATE else number
