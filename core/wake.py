"""Waking a worker. The database says what is owed; a message only says “look now”.

A topic is announced after commit; `config.celery` says which task listens to which topic, so a package can tell
the world without knowing who waits. A broker that is down is logged and swallowed: the sweeps pick the work up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.db import transaction

logger = logging.getLogger(__name__)

Listener = Callable[[str], None]
_listeners: Final[dict[str, Listener]] = {}


def listen(topic: str, listener: Listener) -> None:
    """Register who is woken by `topic`; one listener a topic. Called once at start by `config.celery`."""
    _listeners[topic] = listener


def announce(topic: str, subject: object) -> None:
    """Wake the listener of `topic` with the subject's id, after commit. Unheard topics are fine."""
    transaction.on_commit(lambda: _deliver(topic, str(subject)), robust=True)


def _deliver(topic: str, subject: str) -> None:
    listener = _listeners.get(topic)
    if listener is None:
        return
    try:
        listener(subject)
    except (OSError, ConnectionError) as error:
        logger.warning("could not wake %s for %s: %s; a sweep will", topic, subject, error)
