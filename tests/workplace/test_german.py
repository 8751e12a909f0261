"""German: the pages people work on are German throughout, and what is compiled is what was translated."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import time_machine
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse

from tests.builders import World
from tests.workplace.conftest import Enter

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "de" / "LC_MESSAGES" / "django.po"


def speaking_german(enter: Enter, name: str):
    client = enter(name)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    return client


def test_the_request_page_and_the_queue_are_german(world: World, enter: Enter):
    request = world.request("in_review")
    client = speaking_german(enter, "content")
    page = client.get(reverse("admin:request", args=[request.pk])).content.decode()
    for words in ("in Prüfung", "Was sich ändert", "Ihre Entscheidung", "Genehmigen", "Ablehnen", "Wer entscheidet", "Zielgruppe", "80,00"):
        assert words in page, words
    left = re.compile(r">\s*(What changes|Approve|Reject|Checks|Budget mode|Who decides|Digest|Name and kind|may decide)\s*<")
    assert left.findall(page) == []
    with time_machine.travel(request.submitted_at + timedelta(seconds=30)):
        listing = client.get(reverse("admin:index")).content.decode()
    for words in ("Wartet auf mich", "Neu: 1 Kampagne, 1 Anzeigengruppe, 1 Anzeige", "Stufe 1 von 2", "gerade eben"):
        assert words in listing, words


def test_a_person_s_own_language_counts_unless_the_browser_chose(world: World, enter: Enter):
    world.people["content"].language = "de"
    world.people["content"].save()
    client = enter("content")
    assert "Nichts wartet auf Sie" in client.get(reverse("admin:index")).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Nothing waits for you" in client.get(reverse("admin:index")).content.decode()


def test_refusals_are_german(world: World, enter: Enter):
    request = world.request("in_review")
    form = {"stage": "content", "digest": "0" * 64, "verdict": "approve"}
    answer = speaking_german(enter, "content").post(reverse("admin:decide", args=[request.pk]), form)
    assert "nichts festgehalten" in answer.context["problem"]


def entries() -> list[str]:
    return CATALOGUE.read_text().split("\n\n")[1:]


def test_every_word_is_translated():
    assert len(entries()) > 700
    left = [entry for entry in entries() if re.search(r'^msgstr(\[\d\])? ""(\n(?!")|\Z)', entry, re.MULTILINE) or "#, fuzzy" in entry]
    assert left == []


def test_what_is_no_longer_said_is_not_kept():
    assert [entry for entry in entries() if "#~" in entry or "#|" in entry] == []


PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def test_translations_keep_the_values_of_their_sentences():
    with CATALOGUE.open("rb") as source:
        translated = texts(read_po(source)).items()
    assert len(translated) > 700
    differing = [one for (_, one), forms in translated for each in forms if set(PLACES.findall(each)) != set(PLACES.findall(one))]
    assert differing == []


def texts(catalogue: Catalog) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """What is translated: (context, first form) → forms."""
    found = {}
    for message in catalogue:
        one, *_ = (message.id,) if isinstance(message.id, str) else message.id
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        known: object = message.context
        context = known.decode() if isinstance(known, bytes) else message.context  # Babel reads bytes from .mo
        if one and any(forms) and not message.fuzzy:
            found[context, one] = forms
    return found


def test_the_compiled_catalogue_is_the_translated_one():
    with CATALOGUE.open("rb") as source, CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        assert texts(read_mo(compiled)) == texts(read_po(source)), "run `make messages`"
