"""A client that asks for German gets German words; codes stay what they are, and so does what is written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as read_later
from django.utils.translation import override

from audit.models import AuditEvent
from publishing.channels.base import NotBookable, Problem
from tests.api.conftest import Answer, Api, door
from tests.builders import World, ad_values, campaign_values

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
Send = Callable[..., Answer]


def campaign(world: World, **values: Any) -> Send:
    whole = {"ad_account": str(world.account.pk), **campaign_values(), **values}
    return lambda **headers: door(world, "submitter").post("campaigns/", whole, **headers)


def wrong_amount(world: World) -> Send:
    return campaign(world, budget={"mode": "daily", "amount": "50.001"})


def malformed_amount(world: World) -> Send:
    return campaign(world, budget={"mode": "daily", "amount": "fifty"})


def unknown_media(world: World) -> Send:
    ad = world.tree().ad
    return lambda **headers: door(world, "submitter").patch(f"ads/{ad.pk}/", {"media": [UNKNOWN_ID]}, **headers)


def one_ad_too_many(world: World) -> Send:
    group = world.tree().ad_group
    values = {name: value for name, value in ad_values(None, None).items() if value is not None}
    return lambda **headers: door(world, "submitter").post("ads/", {**values, "ad_group": str(group.pk)}, **headers)


def stale_draft(world: World) -> Send:
    ad = world.tree().ad
    return lambda **headers: door(world, "submitter").patch(f"ads/{ad.pk}/", {"text": "Neu"}, If_Match='"v7"', **headers)


def decision(world: World, person: str, digest: str = "", at: str = "in_review") -> Send:
    request = world.request(at)
    verdict = {"verdict": "approve", "stage": "content", "digest": digest or request.digest}
    return lambda **headers: door(world, person).post(f"approval-requests/{request.pk}/decisions/", verdict, **headers)


def stale_digest(world: World) -> Send:
    return decision(world, "content", "0" * 64)


def self_approval(world: World) -> Send:
    return decision(world, "submitter")


def no_permission(world: World) -> Send:
    return decision(world, "budget")


def no_longer_open(world: World) -> Send:
    return decision(world, "content", at="withdrawn")


def nothing_changed(world: World) -> Send:
    request = world.request("approved")
    again = {"campaign": str(world.tree_of[request.pk].campaign.pk)}
    return lambda **headers: door(world, "submitter").post("approval-requests/", again, **headers)


def not_there(world: World) -> Send:
    return lambda **headers: door(world, "submitter").get(f"campaigns/{UNKNOWN_ID}/", **headers)


def not_approved(world: World) -> Send:
    request = world.request("in_review")
    return lambda **headers: door(world, "publisher").post("publications/", {"approval_request": str(request.pk)}, **headers)


def unknown_objective(world: World) -> Send:
    return campaign(world, objective="fame")


def text_for_a_name(world: World) -> Send:
    return campaign(world, name=5)


def empty_file(world: World) -> Send:
    return lambda **headers: door(world, "submitter").upload(world.account.pk, b"", **headers)


CASES: list[tuple[Callable[[World], Send], int, str, str]] = [
    (wrong_amount, 400, "USD hat 2 Nachkommastellen.", "USD has 2 digits after the point."),
    (malformed_amount, 400, "Dezimalzahl in Textform", "Give the amount as a decimal string"),
    (unknown_media, 400, "bitte laden Sie sie zuerst hoch", "upload it first"),
    (one_ad_too_many, 400, "fasst höchstens 1 Anzeigen", "holds at most 1 ads"),
    (stale_draft, 412, "Der Entwurf ist inzwischen bei Fassung 1", "The draft is at version 1 by now"),
    (stale_digest, 409, "Das ist nicht die Fassung, um die es geht", "This is not the version under review"),
    (self_approval, 403, "Sie haben an diesem Antrag mitgewirkt", "You contributed to this request"),
    (no_permission, 403, "Diese Stufe verlangt Personen mit dem Recht „approve_content“", "This stage asks for people"),
    (no_longer_open, 409, "(Genehmigungsantrag: zurückgezogen)", "while the approval request is withdrawn"),
    (nothing_changed, 400, "Seit der letzten Genehmigung hat sich nichts geändert.", "Nothing has changed since"),
    (not_there, 404, "Das gibt es nicht, oder Sie dürfen es nicht sehen.", "There is no such object, or you may not see it."),
    (not_approved, 412, "Dieser Antrag ist nicht genehmigt (in Prüfung).", "This request is in review, not approved."),
    (unknown_objective, 400, "Das ist keiner der möglichen Werte: reach", "This is not one of the values: reach"),
    (text_for_a_name, 400, "Kein gültiger String.", "Not a valid string."),
    (empty_file, 400, "Die Datei ist leer", "The file is empty"),
]


def words(answer: Answer) -> str:
    """All that an answer says to people."""
    return " ".join([answer.body["detail"], *(each["detail"] for each in answer.body.get("errors", []))])


def codes(answer: Answer) -> tuple[int, str, dict[str, str]]:
    return answer.status, answer.body["code"], answer.fields


@pytest.mark.parametrize(("case", "status", "german", "english"), CASES, ids=[case[0].__name__ for case in CASES])
def test_the_words_are_german_and_the_codes_are_the_same(
    case: Callable[[World], Send], status: int, german: str, english: str, world: World, settings: Any
) -> None:
    settings.ADS_PER_AD_GROUP = 1
    send = case(world)
    plain, asked = send(), send(Accept_Language="de")
    assert plain.status == status, plain.body
    assert english in words(plain)
    assert german in words(asked)
    assert codes(asked) == codes(plain)
    assert asked.headers["Content-Language"] == "de"
    assert plain.headers["Content-Language"] == "en"


@pytest.mark.parametrize(("language", "german"), [("de-AT", True), ("de;q=0.3, en;q=0.9", False), ("fr", False), ("de, en", True)])
def test_the_language_is_negotiated(language: str, german: bool, world: World, api: Api) -> None:
    found = words(api.get(f"campaigns/{UNKNOWN_ID}/", Accept_Language=language))
    assert ("Das gibt es nicht" in found) is german


@pytest.mark.parametrize("case", [self_approval, stale_digest, no_longer_open, not_approved])
def test_what_is_written_down_of_a_refusal_is_english(case: Callable[[World], Send], world: World) -> None:
    send = case(world)
    known = set(AuditEvent.objects.values_list("pk", flat=True))
    german, english = words(send(Accept_Language="de")), words(send())
    payloads = [json.loads(row.canonical)["payload"] for row in AuditEvent.objects.exclude(pk__in=known).filter(outcome="refused")]
    assert [each["detail"] for each in payloads] == [english] * 2
    assert german != english


def test_what_a_channel_cannot_book_is_said_in_german_and_kept_in_english() -> None:
    # `read_later`, not `_`: makemessages looks for that name, and the catalogue is of the product, not of its tests.
    refused = NotBookable([Problem("copy.text", "text_missing", read_later("A text is needed.")), Problem("bid", "own", "TikTok says so.")])
    with override("de"):
        assert refused.detail == "copy.text: Ein Text ist nötig.; bid: TikTok says so."
        assert refused.in_english == "copy.text: A text is needed.; bid: TikTok says so."
