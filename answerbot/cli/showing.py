"""What several commands show: findings, and what a run took."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerbot.domain.findings import Finding
from answerbot.domain.traffic import Traffic

if TYPE_CHECKING:
    from answerbot.cli.stack import Stack


def shown(path: Path) -> str:
    """The path from the current folder where that is shorter than the whole path."""
    whole = str(path.absolute())
    try:
        return min(os.path.relpath(whole), whole, key=len)
    except ValueError:  # on another drive
        return whole


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """'1 question', '2 questions'; '2 replies' where the plural is no mere s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def dollars(amount: Decimal) -> str:
    """US dollars; small amounts to a hundredth of a cent."""
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"


def seconds(number: float) -> str:
    """'0.21 s', '2.1 s', '21 s'."""
    digits = 2 if number < 1 else 1 if number < 10 else 0
    return f"{number:.{digits}f} s"


def shortened(text: str, width: int = 60) -> str:
    """The text on one line, cut off where it is too long for a list."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as every JSON document shows it."""
    return {
        "kind": finding.kind,
        "claim": finding.claim.quote if finding.claim else None,
        "reference_id": finding.reference_id,
        "reference_quote": finding.reference_quote,
        "wrong": finding.wrong,
        "explanation": finding.explanation,
        "fix": finding.fix,
    }


def usage_json(stack: Stack) -> dict[str, Any]:
    """The replies, tokens and dollars of a run; recorded replies count their tokens too."""
    usage, _ = stack.ledger.usage()
    cost, traffic = stack.ledger.cost, stack.traffic
    return {
        "replies": stack.ledger.calls,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": cost if cost == "unknown" else float(cost),
        "attempts": traffic.attempts,
        "retries": traffic.retries,
        "throttled": traffic.throttled,
        "latency_seconds": _latency_json(traffic),
    }


def _latency_json(traffic: Traffic) -> dict[str, float] | None:
    half, most = traffic.latencies.percentile(50), traffic.latencies.percentile(95)
    if half is None or most is None:
        return None
    return {"p50": round(half, 4), "p95": round(most, 4)}


def took(stack: Stack) -> str:
    """What a run took, in one line."""
    calls = stack.ledger.calls
    words = {"recording": "recorded", "store": "stored", "endpoint": "asked for"}
    told = ", ".join(f"{number} {words[origin]}" for origin, number in calls.items() if number)
    replies = sum(calls.values())
    line = f"{replies:,} {'reply' if replies == 1 else 'replies'}"
    line += f" ({told})" if told else ""
    if calls["endpoint"]:
        usage, uncounted = stack.ledger.usage("endpoint")
        cost = stack.ledger.cost
        shown = "cost unknown" if cost == "unknown" else dollars(cost)
        cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
        line += f"; {usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out, {shown}"
        if uncounted:
            line += f" ({uncounted} of them came without a count)"
    return line + _traffic(stack.traffic)


def _traffic(traffic: Traffic) -> str:
    """What the attempts were like; '' where there was none."""
    line = ""
    if traffic.retries or traffic.throttled:
        line += f"; {counted(traffic.retries, 'retry', 'retries')}"
    if traffic.throttled:
        line += f", {traffic.throttled:,} refused as too many"
    half, most = traffic.latencies.percentile(50), traffic.latencies.percentile(95)
    if half is not None and most is not None:
        line += f"; half came within {seconds(half)}, 95 % within {seconds(most)}"
    return line
