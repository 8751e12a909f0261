"""Hostile texts by the thousand: every rule that reads them ends in a result, soon, and says something that can be kept (R-54)."""

from __future__ import annotations

import random
import signal
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.canonical import canonical_text
from governance.contract import Binding, EvaluatedFinding, InvalidParams, Mode, Result, Subject
from governance.evaluation import Line, compiled, judged
from governance.messages import LANGUAGES, message
from governance.registry import all_rules, shown, validate_binding
from tests import settings
from tests.governance.builders import ad, ad_group, campaign, context, formatted

pytestmark = pytest.mark.slow
TEXTS = 10 * settings.EXAMPLES or 400
SEED = random.SystemRandom().randrange(2**32) if settings.EXAMPLES else 20_261
LONGEST_SECONDS = 30
"""Of processor time for all rules on one text: the machine is shared, and a hang would be for ever."""

Dice = random.Random

SEEDS = (
    "", " ", "Run further", "Jetzt GRATIS testen!!!", "Miracle Whip, a miracle", "S A L E", "fr€e", "Wundermittel für Straße & Öl",
    "Acme_DE_20261201_Spring", "{brand}_{market}_{date:YYYYMMDD}_{free}", "{0.__class__}", "%s%n%(x)s", "${jndi:ldap://a}", "<b>&lt;</b>",
    "' OR 1=1 --", "https://example.com/?a=b#c", "@user #tag {x}", "1️⃣👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🇩🇪❤️", "e\u0301" * 30, "Z̸̧̛͍͕̮͚̣͇͍͛̉̈́a̷̗̪̺͓͖̳̍͗l̴͍̩̯̱͇̾͜g̷͖̬̩̭̟̎̈o", "\u202eevil\u202c", "\u200b\u200c\u200d\u2060\ufeff",
    "\x00\x01\x1b[31m", "\ud800", "\udfff\ud800", "\U0010ffff\ufffe", "ﷺ" * 20, "각각ㅤﾠ", "ΝΕW ЅАᏞЕ ꓠꓰꓪ", "𝐠𝐫𝐚𝐭𝐢𝐬 ⓖⓡⓐ ｇｒａ", "İıſŞßẞŉǰΐ",
    "广告 買酒", "مرحبا بالعالم", "नमस्ते", "ͅͅ\u0345", "a\u0308\u0308o\u0308", "\r\n\t\v\f\x1c\x85\u2028\u2029", "505 1010 4@3€", "|!|!|!|!", "....----____",
    "null", "None", "0", "-0", "١٢٣ ²³ Ⅷ ½", "µm kΩ", "C&A AT&T H2O", "Kund*innen Kund:innen", "a" * 60, "ﬀﬁﬃ",
)  # fmt: skip
WORDS = (
    "miracle|miracles|miraculous", "wunder*", "*frei", "gratis", "beste Wahl", "100 %", "No. 1", "ilililil", "*i x*", "a b c d", "酒", "ß", "ﷺ",
    "\ud800x", "(", "[a-z]+", "\\", "x" * 200, "fo\u0308rdern", "вода", "!", "a*b", "**a**",
)  # fmt: skip
PATTERNS = (
    "{brand}_{market}_{date:YYYYMMDD}_{free}", "{free}{free}{free}{word}{word}{number}", "{word}-{word}{free}x", "{date:YY.MM.DD}", "((((", "a|b",
)  # fmt: skip


# --- damage --------------------------------------------------------------------------------------------------------------


def repeat(dice: Dice, text: str) -> str:
    return text * dice.choice([2, 3, 50, 400])


def splice(dice: Dice, text: str) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(SEEDS) + text[dice.randrange(len(text) + 1) :]


def drop(dice: Dice, text: str) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + text[at + dice.randrange(1, 5) :]


def strew(dice: Dice, text: str) -> str:
    sign = dice.choice(["\u200b", "\u0308", ".", " ", "!", "|", "\u034f", "\u00ad", "_", "\ufe0f", "\u20e3", "\u3000", chr(dice.randrange(0x110000))])
    return sign.join(text) if dice.random() < 0.5 else "".join(each + sign * (dice.random() < 0.2) for each in text)


def exchange(dice: Dice, text: str) -> str:
    return "".join(chr(dice.randrange(0x110000)) if dice.random() < 0.1 else each for each in text)


def normalise(dice: Dice, text: str) -> str:
    form: Any = dice.choice(["NFC", "NFD", "NFKC", "NFKD"])
    return unicodedata.normalize(form, text)


def recase(dice: Dice, text: str) -> str:
    return dice.choice([str.upper, str.lower, str.title, str.swapcase, str.casefold])(text)


def hide(dice: Dice, text: str) -> str:
    return splice(dice, text) + dice.choice([" ", "", "-"]) + dice.choice(WORDS) + dice.choice(["", ".", "s"])


def backwards(dice: Dice, text: str) -> str:
    return text[::-1]


DAMAGE = (repeat, splice, drop, strew, exchange, normalise, recase, hide, backwards)


def damaged(dice: Dice) -> str:
    text = dice.choice(SEEDS)
    for _ in range(dice.randrange(6)):
        text = dice.choice(DAMAGE)(dice, text)[:20_000]
    return text


# --- what is judged by what ------------------------------------------------------------------------------------------------


def entities(dice: Dice) -> Iterator[Subject]:
    """An ad that says it everywhere, and a campaign and an ad group of that name."""
    text = damaged(dice)
    other = damaged(dice)
    said = {"text": text, "display_name": other[:500], "hashtags": [text[:200], other], "call_to_action": text[:50]}
    name = dice.choice(["in_feed", "spark_ad", "branded_effect", "branded_hashtag_challenge", "single_image"])
    yield formatted(
        name, structure={"name": text}, copy=said, creative={"effect": {"name": text, "icon": "i1"}},
        disclosure={"disclaimer": other, "payer": text, "beneficiary": other}, destination={"landing_page_url": text},
    )  # fmt: skip
    yield campaign(structure={"name": text, "objective": other})
    yield ad_group(structure={"name": other}, targeting={"audience": {"languages": [text]}}, schedule={"dayparting": text})


def lists(dice: Dice) -> dict[str, dict[str, Any]]:
    """Parameters for the rules that do nothing without; some are refused."""
    words = [dice.choice([*WORDS, damaged(dice)[:200]]) for _ in range(5)]
    narrowed = {"languages": dice.choice([[], ["de"], ["x-\ud800"]])}
    return {
        "text.forbidden_words": {"words": words, "allowed": [damaged(dice)[:200]], **narrowed},
        "text.required_words": {"words": words, **narrowed},
        "disclosure.disclaimer_required": {"texts": words[:2], "in_caption": dice.random() < 0.5},
        "structure.naming": {**dict.fromkeys(("campaign", "ad_group", "ad"), dice.choice([*PATTERNS, damaged(dice)[:300]])), "brands": words},
        "text.letter_symbols": {"signs": damaged(dice)[:100], "allowed": words, "spaced_letters": dice.randrange(2, 100)},
        "text.capitals": {"percent": dice.randrange(101), "letters": dice.randrange(50), "acronyms": words},
    }


def lines(dice: Dice) -> tuple[Line, ...]:
    given = lists(dice)
    return compiled(Binding(code, Mode.HARD, given.get(code, {})) for code in all_rules())


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raises TimeoutError when the block takes more processor time."""

    def stop(*args: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def kept(finding: EvaluatedFinding) -> None:
    """It can be stored as JSON in any database, and be shown."""
    stored = canonical_text([dict(finding.params), dict(finding.evidence)])
    assert "\\u0000" not in stored
    stored.encode()
    for lang in LANGUAGES:
        assert message(finding.code, finding.params, lang)


def test_r03_r54_every_text_ends_in_a_result() -> None:
    results = Counter[Result]()
    for number in range(TEXTS):
        dice = random.Random(f"{SEED}-{number}")
        bound = lines(dice)
        for subject in entities(dice):
            with at_most(LONGEST_SECONDS):
                findings = list(judged(subject, bound, context()))
            asked = {line.rule for line in bound if subject.type in line.applies_to}
            assert {each.rule for each in findings} == asked, f"seed {SEED}-{number}"
            crashed = [(each.rule, dict(each.evidence)) for each in findings if each.code in ("check.crashed", "check.silent")]
            assert crashed == [], f"seed {SEED}-{number}"
            for each in findings:
                kept(each)
            results.update(each.result for each in findings)
    assert set(results) == set(Result), "the texts reach every kind of result"


def test_r53_parameters_of_strangers_are_taken_or_refused() -> None:
    dice = random.Random(SEED)
    taken, refused = 0, list[str]()
    for _ in range(TEXTS):
        for code, params in lists(dice).items():
            try:
                validate_binding(Binding(code, Mode.HARD, params))
            except InvalidParams as refusal:
                refused.append(refusal.path)
            else:
                taken += 1
    assert taken
    assert {path.split(".")[0] for path in refused} == {"params"}


def test_r54_a_hidden_word_is_found_wherever_the_text_has_room_for_it() -> None:
    line = compiled([Binding("text.forbidden_words", Mode.HARD, {"words": ["miracle"]})])
    for number in range(TEXTS):
        dice = random.Random(f"{SEED}-{number}")
        text = f"{damaged(dice)}\n{dice.choice(['miracle', 'MIRACLE', 'm.i.r.a.c.l.e', 'm1racle', 'mіracle', 'ΜIRACLE'])}\n{damaged(dice)}"
        (finding,) = judged(ad(copy={"text": text}), line, context())
        assert finding.result is Result.FAIL, f"seed {SEED}-{number}"
        found, position = finding.evidence["found"], finding.evidence["position"]
        assert shown(text[position - 1 :][: len(found)]) == found, f"seed {SEED}-{number}"
