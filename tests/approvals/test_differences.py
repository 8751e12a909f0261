"""R-09: changes as what they mean. Pure."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from approvals.differences import WORDS_AT_MOST, Difference, Shift, differences, pieces
from approvals.diffs import diff
from approvals.words import LABELS, Names
from campaigns.content import ad_content, ad_group_content, campaign_content, section_digests, sections_changed
from tests.campaigns import samples

FILM, OTHER = "ab" * 32, "cd" * 32
NAMES = Names(
    {str(samples.uid(10)): "Herbst"}, {"2": "@acme", "3": "@umbra"}, "Europe/Berlin", {FILM: "film.mp4", OTHER: "film.mp4", "ef" * 32: "end.jpg"}
)


def money(minor: int, currency: str = "EUR") -> dict[str, Any]:
    return {"minor": minor, "currency": currency}


def budget(minor: int | None, mode: str = "daily", currency: str = "EUR") -> dict[str, Any]:
    return {"budget": {"mode": mode, "amount": None if minor is None else money(minor, currency), "optimization": False}}


def one(base: Any, head: Any, shift: Shift | None = None) -> Difference:
    (found,) = differences(base, head, NAMES, shift)
    return found


def audience(**changed: Any) -> dict[str, Any]:
    given = {"locations": ["2921044"], "age_groups": ["18_24"], "gender": "all", "languages": ["de"], "interests": []}
    return {"targeting": {"placement": {"type": "selected", "apps": ["tiktok"]}, "audience": given | changed}}


# --- money -------------------------------------------------------------------------------------------------------------------


def test_r09_a_budget_is_told_with_its_mode_and_what_can_be_spent():
    told = one(budget(8000), budget(24000), Shift(240_000, 720_000, "EUR"))
    assert told.words == "daily €80.00 to €240.00, exposure +€4,800.00"
    assert (told.label, told.lead, told.before, told.after) == ("Amount", "daily", "€80.00", "€240.00")


@pytest.mark.parametrize(
    ("base", "head", "shift", "words"),
    [
        (budget(24000), budget(8000), Shift(720_000, 240_000, "EUR"), "daily €240.00 to €80.00, exposure −€4,800.00"),
        (budget(8000), budget(24000), Shift(5000, 5000, "EUR"), "daily €80.00 to €240.00, exposure unchanged"),
        (budget(8000), budget(24000), Shift(0, 0, "EUR"), "daily €80.00 to €240.00"),
        (budget(8000), budget(24000), None, "daily €80.00 to €240.00"),
        (budget(8000), budget(8000, "lifetime"), Shift(80_000, 8_000, "EUR"), "daily €80.00 to lifetime €80.00, exposure −€720.00"),
        (budget(5000, currency="JPY"), budget(6000, currency="JPY"), None, "daily ¥5,000 to ¥6,000"),
        (None, budget(8000), Shift(0, 240_000, "EUR"), "daily €80.00, exposure +€2,400.00"),
    ],
)  # fmt: skip
def test_r09_money_in_one_line(base: Any, head: Any, shift: Shift | None, words: str):
    (told,) = [each for each in differences(base, head, NAMES, shift) if each.change.path in ("mode", "amount")][-1:]
    assert told.words == words


def test_r09_a_budget_without_an_amount_is_told_by_its_mode():
    told = differences(budget(8000), budget(None, "unlimited"), NAMES)
    assert [each.words for each in told] == ["daily €80.00 to unlimited", "daily €80.00 to unlimited"]


def test_r09_exposure_is_told_once_where_it_follows_from_an_end():
    base = {**budget(8000), "schedule": {"start": "2026-12-01T00:00:00Z", "end": "2026-12-11T00:00:00Z", "dayparting": None}}
    head = copy.deepcopy(base)
    head["schedule"]["end"] = "2026-12-14T00:00:00Z"
    shift = Shift(80_000, 104_000, "EUR")
    assert one(base, head, shift).note == "3 days later, exposure +€240.00"
    head["budget"]["amount"] = money(9000)
    assert [each.note for each in differences(base, head, NAMES, shift)] == ["3 days later", "exposure +€240.00"]


def test_r09_a_bid_says_by_how_much():
    base, head = ({"bid": {"strategy": "bid_cap", "amount": money(minor)}} for minor in (45, 60))
    assert one(base, head).words == "€0.45 to €0.60, +€0.15"


# --- dates -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("2026-12-01T00:00:00Z", "2026-12-04T03:30:00Z",
         "1 Dec 2026, 01:00 (Europe/Berlin) to 4 Dec 2026, 04:30 (Europe/Berlin), 3 days 3 hours 30 minutes later"),
        ("2026-12-04T00:00:00Z", "2026-12-03T00:00:00Z",
         "4 Dec 2026, 01:00 (Europe/Berlin) to 3 Dec 2026, 01:00 (Europe/Berlin), 1 day earlier"),
        # The clock goes back in between: three days by the calendar.
        ("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z",
         "24 Oct 2026, 00:00 (Europe/Berlin) to 27 Oct 2026, 00:00 (Europe/Berlin), 3 days later"),
        (None, "2026-12-01T00:00:00Z", "no end to 1 Dec 2026, 01:00 (Europe/Berlin)"),
        ("2026-12-01T00:00:00Z", None, "1 Dec 2026, 01:00 (Europe/Berlin) to no end"),
    ],
)  # fmt: skip
def test_r09_dates_by_the_clock_of_the_ad_account(before: str | None, after: str | None, words: str):
    assert one({"schedule": {"end": before}}, {"schedule": {"end": after}}).words == words


def test_r09_dates_and_money_in_the_language_of_the_reader():
    with override("de"):
        told = one({"schedule": {"end": "2026-12-01T00:00:00Z"}}, {"schedule": {"end": "2027-03-02T00:00:00Z"}})
        assert (told.before, told.after) == ("1. Dez. 2026, 01:00 (Europe/Berlin)", "2. März 2027, 01:00 (Europe/Berlin)")
        assert "91 Tage" in told.note
        assert one(budget(8000), budget(24000)).after == "240,00\N{NO-BREAK SPACE}€"
        assert one(audience(), audience(locations=["2921044", "3017382"])).added == ("Frankreich",)


def test_r09_hours_of_the_week_are_told_by_day():
    monday, friday = "0" * 16 + "1" * 24 + "0" * 296, "0" * 192 + "0" * 16 + "1" * 23 + "0" * 105
    assert len(monday) == len(friday) == 336
    told = one({"schedule": {"dayparting": monday}}, {"schedule": {"dayparting": friday}})
    assert told.words == "added: Friday 08:00–19:30, removed: Monday 08:00–20:00"
    assert one({"schedule": {"dayparting": None}}, {"schedule": {"dayparting": "1" * 336}}).note == "the same hours"
    less = one({"schedule": {"dayparting": None}}, {"schedule": {"dayparting": "0" + "1" * 335}})
    assert (less.added, less.removed) == ((), ("Monday 00:00–00:30",))


# --- targeting and lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"locations": ["2921044", "3017382"]}, "added: France"),
        ({"locations": ["6252001"]}, "added: United States, removed: Germany"),
        ({"locations": ["2921044", "2950159"]}, "added: 2950159"),
        ({"age_groups": ["25_34", "55_100"]}, "added: 25–34, 55+, removed: 18–24"),
        ({"languages": []}, "removed: German"),
        ({"gender": "female"}, "all to women"),
        ({"interests": ["15"]}, "added: 15"),
    ],
)
def test_r09_targeting_by_name(changed: dict[str, Any], words: str):
    assert one(audience(), audience(**changed)).words == words


def test_r09_the_order_of_a_list_is_a_change_too():
    told = one({"copy": {"hashtags": ["a", "b"]}}, {"copy": {"hashtags": ["b", "a"]}})
    assert (told.words, told.added, told.removed) == ("#a, #b to #b, #a, in another order", (), ())


def test_r09_what_is_taken_back_is_no_longer_there():
    base = {"creative": {"effect": {"name": "Snow", "icon": FILM}}}
    assert [each.words for each in differences(base, {}, NAMES)] == ["no longer Snow", "no longer image abababab"]


# --- media -------------------------------------------------------------------------------------------------------------------


def media(*hashes: str) -> dict[str, Any]:
    return {"creative": {"media": [{"sha256": each, "kind": "video"} for each in hashes], "spark_post": None}}


def test_r09_media_by_name_and_changed_bytes():
    told = one(media(FILM), media(OTHER))
    assert (told.added, told.removed) == (("film.mp4 (cdcdcdcd)",), ("film.mp4 (abababab)",))
    assert told.note == "other bytes under the same name: film.mp4"


def test_r09_media_added_dropped_and_in_another_order():
    end = "ef" * 32
    assert one(media(FILM), media(FILM, end)).words == "added: end.jpg (efefefef)"
    assert one(media(FILM, end), media(FILM)).words == "removed: end.jpg (efefefef)"
    assert one(media(FILM, end), media(end, FILM)).note == "in another order"
    assert one(media(FILM), media("09" * 32)).added == ("video (09090909)",), "a file that is not known any more"


# --- texts -------------------------------------------------------------------------------------------------------------------


def marked(before: str, after: str) -> str:
    signs = {"same": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
    return "".join(signs[each.mark].format(each.text) for each in pieces(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Warm jackets are here", "Warmer jackets are here", "[-Warm-]{+Warmer+} jackets are here"),
        ("Warm jackets are here", "Cold trousers are here", "[-Warm jackets-]{+Cold trousers+} are here"),
        ("Now", "Now!", "Now{+!+}"),
        ("50 % off, today", "70 % off today", "[-50-]{+70+} % off[-,-] today"),
        ("秋のジャケット", "冬のジャケット", "[-秋-]{+冬+}のジャケット"),
    ],
)
def test_r09_texts_word_by_word(before: str, after: str, told: str):
    assert marked(before, after) == told


WORDS = st.lists(st.sampled_from(["warm", "cold", " ", "  ", "\n", "!", ",", "ä", "冬", "a-b"]), max_size=12).map("".join)


@given(WORDS | st.text(max_size=30), WORDS | st.text(max_size=30))
def test_r09_pieces_make_both_texts(before: str, after: str):
    found = pieces(before, after)
    assert "".join(each.text for each in found if each.mark != "inserted") == before
    assert "".join(each.text for each in found if each.mark != "deleted") == after
    assert all(each.text for each in found)
    assert (before == after) == all(each.mark == "same" for each in found)


def test_r09_texts_that_are_too_long_are_told_whole_and_in_time():
    started = time.monotonic()
    assert pieces("a b " * (WORDS_AT_MOST // 4), "b a " * (WORDS_AT_MOST // 4))
    assert time.monotonic() - started < 2
    assert pieces("a " * WORDS_AT_MOST, "b") == ()


# --- any two revisions of each kind ------------------------------------------------------------------------------------------


def contents() -> dict[str, dict[str, Any]]:
    return {
        "campaign": campaign_content(samples.campaign()), "ad_group": ad_group_content(samples.ad_group()),
        "ad": ad_content(samples.ad(), samples.MEDIA),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["campaign", "ad_group", "ad"])
def test_r09_every_field_can_be_told_appearing_changing_and_vanishing(kind: str):
    """Whatever of a revision is taken out, in both directions, has a name and words, and is in the section that changed."""
    head = contents()[kind]["sections"]
    assert differences(head, head, NAMES) == []
    for change in diff(None, head):
        base = copy.deepcopy(head)
        inner = base[change.section]
        for key in change.keys[:-1]:
            inner = inner[key]
        for value in (None, "", [], _missing):
            if value is _missing:
                del inner[change.keys[-1]]
            else:
                inner[change.keys[-1]] = value
            for one, other in ((base, head), (head, base)):
                told = differences(one, other, NAMES, Shift(0, 100, "USD"))
                changed = sections_changed(*(section_digests({"sections": each}) for each in (one, other)))
                assert {each.change.section for each in told} == set(changed)
                assert all(each.words and each.label for each in told), told
                assert {f"{each.change.section}.{each.change.path}" for each in told if each.change.keys} <= set(LABELS)


_missing = object()
