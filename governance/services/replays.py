"""Replays: a version tried on past revisions, by policy managers; workers do the parts (governance.replaying)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from audit.recording import concerning, event, record, service
from core import clock, transitions, wake
from core.actor import Actor
from core.errors import Invalid, NotFound, say
from governance import queries, subjects
from governance.authority import answerable, at_console, check_may_change
from governance.checks import MAX_ATTEMPTS
from governance.models import Replay, ReplayChunk, RuleSet
from governance.replaying import version_before
from governance.states import CheckState, ReplayState
from governance.transitions import REPLAY, REPLAY_CHUNK

CHUNK: Final = 250
MOST: Final = 100_000
USUAL: Final = 10_000
BACK: Final = timedelta(days=90)
"""How far a replay goes back unless said."""


@service("governance.replay.started")
def start_replay(
    *, actor: Actor, rule_set: UUID, since: datetime | None = None, until: datetime | None = None, most: int = USUAL
) -> Replay:
    """Try a version on the latest check runs between two moments (the last BACK until now unless said), newest first, at most
    `most` revisions. Parts are queued; nothing that is in force changes. Raises NotFound, Forbidden (needs `manage_policy`
    where the version is bound), Invalid."""
    row = RuleSet.objects.filter(pk=rule_set).select_related("organisation", "brand__organisation", "ad_account__brand").first()
    if row is None:
        raise NotFound()
    concerning(subjects.of_rule_set(row))
    if not at_console(actor):
        check_may_change(actor, "manage_policy", row.scope, queries.visible_rule_sets(actor).filter(pk=rule_set))
    now = clock.now()
    until = now if until is None else min(until, now)
    since = until - BACK if since is None else since
    _check(since, until, most)
    keys = list(queries.replayed(row, since, until).order_by("-pk").values_list("pk", flat=True)[:most])
    replay = Replay(
        rule_set=row, instead_of=_instead_of(row), since=since, until=until,
        total=len(keys), started_by=actor.label, author=answerable(actor), started_at=now,
    )  # fmt: skip
    replay.save(force_insert=True)
    chunks = _chunks(replay, keys)
    record(event(actor, "governance.replay.started", subjects.of_replay(replay), now, version=row.version, revisions=len(keys)))
    for chunk in chunks:
        wake.announce("governance.replay.owed", chunk.pk)
    if not chunks:
        transitions.move(REPLAY, "complete", replay, finished_at=now)
    return replay


def _instead_of(row: RuleSet) -> RuleSet | None:
    """What it is held against: the version that governs; where that is this one, the one before it."""
    governing = RuleSet.current().filter(key=row.key).first()
    return version_before(row) if governing == row else governing


def _check(since: datetime, until: datetime, most: int) -> None:
    if since >= until:
        raise Invalid.field("since", "out_of_range", _("The beginning lies before the end, and in the past."))
    if not 1 <= most <= MOST:
        raise Invalid.field("most", "out_of_range", say(_("A replay looks at 1 to {most} revisions."), most=MOST))


def _chunks(replay: Replay, newest_first: Sequence[UUID]) -> list[ReplayChunk]:
    parts = [newest_first[index : index + CHUNK] for index in range(0, len(newest_first), CHUNK)]
    return ReplayChunk.objects.bulk_create(
        ReplayChunk(replay=replay, number=number, first=keys[-1], last=keys[0], size=len(keys))
        for number, keys in enumerate(parts, start=1)
    )


def _locked(identifier: UUID) -> Replay:
    rows = Replay.objects.select_for_update(of=("self",), no_key=True)
    scope = ("rule_set__organisation", "rule_set__brand__organisation", "rule_set__ad_account__brand__organisation")
    row = rows.select_related("rule_set", *scope).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    concerning(subjects.of_replay(row))
    return row


@service("governance.replay.cancelled")
def cancel_replay(*, actor: Actor, replay: UUID) -> Replay:
    """End a replay before it is through; what was found stays. Raises NotFound, Forbidden, IllegalTransition."""
    row = _locked(replay)
    now = clock.now()
    fresh = permissions.refreshed(actor)
    check_may_change(fresh, "manage_policy", row.rule_set.scope, queries.visible_replays(fresh).filter(pk=replay))
    transitions.move(REPLAY, "cancel", row, finished_at=now)
    record(event(actor, "governance.replay.cancelled", subjects.of_replay(row), now))
    return row


@service("governance.replay.ended")
def end_replay(*, actor: Actor, replay: UUID) -> Replay:
    """The worker's last step: completed when all parts are, errored when one of them failed too often. Raises NotFound,
    IllegalTransition when it goes on, or ended already."""
    row, now = _locked(replay), clock.now()
    for chunk in row.chunks.filter(state=CheckState.RUNNING, leased_until__lt=now, attempts__gte=MAX_ATTEMPTS):
        transitions.move(REPLAY_CHUNK, "err", chunk, leased_until=None)
    failed = row.chunks.filter(state=CheckState.ERRORED).exists()
    transitions.move(REPLAY, "err" if failed else "complete", row, finished_at=now)
    record(event(actor, "governance.replay.ended", subjects.of_replay(row), now, state=row.state))
    return row


def is_through(replay: UUID, now: datetime) -> bool:
    """Whether nothing is left to be done of a running replay."""
    chunks = ReplayChunk.objects.filter(replay=replay, replay__state=ReplayState.RUNNING)
    left = chunks.exclude(state__in=(CheckState.COMPLETED, CheckState.ERRORED))
    hopeless = left.filter(state=CheckState.RUNNING, leased_until__lt=now, attempts__gte=MAX_ATTEMPTS)
    return hopeless.exists() or not left.exists()
