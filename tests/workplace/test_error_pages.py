"""What people meet when something is missing, forbidden, odd or broken: pages of ours, in their language."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from config.embedded import NO_TRACEBACKS, Ports, supervisor
from config.urls import handler500
from tests.builders import World
from tests.workplace.conftest import Enter


@pytest.mark.parametrize(("language", "words"), [("en", "There is nothing here"), ("de", "Hier ist nichts")])
def test_what_is_missing(language: str, words: str, world: World, enter: Enter):
    client = enter("content")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get("/workplace/nothing/")
    assert (answer.status_code, words in answer.content.decode()) == (404, True)


def test_what_is_forbidden_and_what_is_not_offered(world: World, enter: Enter):
    assert "You may not do this" in enter("content").get(reverse("admin:access")).content.decode()
    odd = enter("auditor").get(reverse("admin:accounts_user_changelist"), {"password__regex": "x"})
    assert (odd.status_code, "not offered" in odd.content.decode()) == (400, True)


@pytest.mark.parametrize(("language", "words"), [("en", "Something went wrong here"), ("de", "Hier ist etwas schiefgegangen")])
def test_what_is_broken(language: str, words: str, monkeypatch: pytest.MonkeyPatch, world: World, enter: Enter):
    from django.utils.module_loading import import_string

    with override(language):
        answer = import_string(handler500)(RequestFactory().get("/workplace/"))
    assert (answer.status_code, words in answer.content.decode()) == (500, True)
    client: Client = enter("content")
    client.raise_request_exception = False

    def break_down(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret cause")

    monkeypatch.setattr("workplace.pages.queue.listing", break_down)
    body = client.get(reverse("admin:index"))
    assert (body.status_code, "Something went wrong here" in body.content.decode()) == (500, True)
    assert "secret cause" not in body.content.decode()


def test_the_embedded_run_shows_them_too_unless_a_developer_says_otherwise(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    made = supervisor(Ports(1, 2), tmp_path, print)
    assert made.environment["IMPRIMATUR_TRACEBACKS"] == "0" == NO_TRACEBACKS["IMPRIMATUR_TRACEBACKS"]
    monkeypatch.setenv("IMPRIMATUR_TRACEBACKS", "1")
    assert supervisor(Ports(1, 2), tmp_path, print).environment["IMPRIMATUR_TRACEBACKS"] == "1"
