"""`make bench ARGS="expressions"`: rules written in CEL, judged as a check run judges them, beside the bare call of the library.

ARGS: expressions --rounds 7 --seconds 0.5 --json FILE

No database. Every round asks each contender in an order of its own; ratios are taken round by round.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

EXPRESSIONS: Final = {
    "one name": "size(ad.text) <= 100",
    "five clauses": "!ad.text.matches('(?i)jackets?') && ad.call_to_action in ['shop_now', 'learn_more'] && size(ad.hashtags) <= 6 "
    "&& ad.hashtags.all(h, size(h) <= 70) && (!campaign.budget_present || campaign.budget_minor <= 5000000)",
}
SECTIONS: Final = {
    "copy": {"text": "Run further with shoes that last", "call_to_action": "shop_now", "hashtags": ["#shoes", "#run", "#far"]}
}
CAMPAIGN: Final = {"budget": {"mode": "daily", "amount": {"minor": 10_000, "currency": "EUR"}}}


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench expressions")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each contender in a round")
    parser.add_argument("--json", type=Path, help="also write everything there")
    return parser.parse_args(arguments)


def contenders(expression: str) -> dict[str, Callable[[], object]]:
    """`rule`: findings of a line that is compiled; `bare`: the library, given the values; `compiling`: the text anew."""
    from governance.contract import Binding, Context, Mode, Subject
    from governance.evaluation import compiled as lines
    from governance.evaluation import judged
    from governance.expressions.compiling import compiled
    from governance.expressions.evaluating import values
    from governance.expressions.vocabulary import RULES, Surroundings

    subject, context = Subject("ad", "a", SECTIONS), Context(campaign=CAMPAIGN)
    binding = Binding("custom.expression", Mode.HARD, {"key": "bench", "expression": expression})
    line, program = lines([binding]), compiled(expression, RULES["ad"])
    found = values(program, Surroundings(subject, context))
    fresh = compiled.__wrapped__
    return {
        "rule": lambda: list(judged(subject, line, context)),
        "bare": lambda: program.compiled.eval(data=found).value(),
        "compiling": lambda: fresh(expression, RULES["ad"]),
    }


def rate(act: Callable[[], object], seconds: float) -> float:
    """How often a second."""
    started, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - started) < seconds:
        for _ in range(50):
            act()
        count += 50
    return count / passed


def rounds(options: argparse.Namespace) -> list[dict[str, float]]:
    acts = {f"{name}, {who}": act for name, text in EXPRESSIONS.items() for who, act in contenders(text).items()}
    orders = (random.sample(list(acts), len(acts)) for _ in range(options.rounds))
    return [{name: rate(acts[name], options.seconds) for name in order} for order in orders]


def table(found: list[dict[str, float]]) -> str:
    """Medians over the rounds, and the ratio of the rule to the bare call."""
    lines = [f"{len(found)} rounds, shuffled; a second, medians of the rounds; load {os.getloadavg()[0]:.1f}"]
    for name in EXPRESSIONS:
        for who in ("rule", "bare", "compiling"):
            lines.append(f"{name + ', ' + who:<32}{median(row[f'{name}, {who}'] for row in found):>12,.0f}")
        ratio = median(row[f"{name}, rule"] / row[f"{name}, bare"] for row in found)
        lines.append(f"{name + ', rule / bare':<32}{ratio:>12.2f}")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    options = parsed(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("IMPRIMATUR_DEBUG", "1")
    import django

    django.setup()
    found: list[dict[str, Any]] = [dict(row) for row in rounds(options)]
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
