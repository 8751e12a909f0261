"""Waking a worker: after commit, never after a rollback, and a broker that is down hurts nobody."""

from __future__ import annotations

import logging

import pytest
from celery import Celery
from django.db import transaction

from config import celery
from core import wake


@pytest.fixture
def heard(monkeypatch):
    """What was delivered to the topic `tests.topic`."""
    messages: list[str] = []
    monkeypatch.setitem(wake._listeners, "tests.topic", messages.append)
    return messages


def _announce_and_fail(subject):
    wake.announce("tests.topic", subject)
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_before_the_commit(heard):
    with transaction.atomic():
        wake.announce("tests.topic", 17)
        assert heard == []
    assert heard == ["17"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_after_a_rollback(heard):
    with pytest.raises(RuntimeError), transaction.atomic():
        _announce_and_fail(17)
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_was_rolled_back_says_nothing(heard):
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            _announce_and_fail("inner")
        wake.announce("tests.topic", "outer")
    assert heard == ["outer"]


@pytest.mark.django_db(transaction=True)
def test_a_topic_that_nobody_hears_is_fine():
    with transaction.atomic():
        wake.announce("tests.unheard", 17)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [ConnectionError("broker down"), OSError("no route"), TimeoutError("slow")])
def test_a_broker_that_is_down_is_logged_and_the_next_topic_still_delivered(heard, monkeypatch, caplog, fault):
    def down(subject: str) -> None:
        raise fault

    monkeypatch.setitem(wake._listeners, "tests.down", down)
    with caplog.at_level(logging.WARNING), transaction.atomic():
        wake.announce("tests.down", 1)
        wake.announce("tests.topic", 2)
    assert heard == ["2"]
    assert "a sweep will" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_real_broker_client_with_nobody_listening(heard, caplog, monkeypatch):
    """Celery's own fault when nothing answers becomes a warning; nothing reaches who committed."""
    nobody = Celery("nobody", broker="redis://127.0.0.1:1/0", set_as_current=False)
    nobody.conf.task_publish_retry = False
    monkeypatch.setattr(celery, "app", nobody)
    monkeypatch.setitem(wake._listeners, "tests.celery", lambda subject: celery.send("tests.nothing", subject))
    with caplog.at_level(logging.WARNING), transaction.atomic():
        wake.announce("tests.celery", 1)
        wake.announce("tests.topic", 2)
    assert heard == ["2"]
    assert "could not wake tests.celery" in caplog.text


def test_every_topic_names_a_task_that_exists():
    celery.app.loader.import_default_modules()
    assert set(celery.TOPICS.values()) <= set(celery.app.tasks)
