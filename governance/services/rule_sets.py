"""Versions of rule sets: published, or proposed and confirmed by another policy manager (R-55)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.access_policy import current_policy
from accounts.models import AdAccount, Brand, Organisation
from accounts.subjects import audit_scope, of_scope
from audit.models import AuditEvent
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor, ActorKind
from core.errors import Conflict, NotFound
from governance import queries, subjects
from governance.authority import SCOPE_FIELD, answerable, check_may_change, check_policy_manager, check_second_person
from governance.lines import bindings, narrowed
from governance.models import Confirmation, RuleSet
from governance.models.rule_sets import LAPSES_AFTER
from governance.sameness import NARROWS, AlreadySaid, same_as
from governance.states import Word
from governance.tightening import only_tightens


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a rule set is bound to beside its scope; empty narrows nothing. Markets are countries (ISO 3166-1 alpha-2)."""

    markets: Sequence[str] = ()
    formats: Sequence[str] = ()
    objectives: Sequence[str] = ()


def _needs_second(actor: Actor, scope: Organisation | Brand | AdAccount | None, now: datetime) -> bool:
    """Whether the organisation asks for a second policy manager; never at the console."""
    organisation = None if scope is None else audit_scope(scope).organisation
    return organisation is not None and actor.kind is not ActorKind.SYSTEM and current_policy(organisation, now).two_managers


def _tightens(row: RuleSet) -> bool:
    """Whether the version governs at least as strictly, and as widely, as the one that governs now."""
    last = RuleSet.current().filter(key=row.key).first()
    return last is not None and _as_wide(last, row) and only_tightens(last.rules, row.rules)


def _as_wide(last: RuleSet, row: RuleSet) -> bool:
    """Whether whatever `last` was about, `row` is about as well."""
    pairs = ((getattr(last, name), getattr(row, name)) for name in ("markets", "formats", "objectives"))
    return all(not after or (before and set(before) <= set(after)) for before, after in pairs)


def drafted(
    *, actor: Actor, key: str, title: str, rules: Sequence[dict[str, Any]], scope: Organisation | Brand | AdAccount | None,
    narrowing: Narrowing, now: datetime,
) -> RuleSet:  # fmt: skip
    """A version as it would be published now, unsaved and without its number. Raises Invalid by line, Forbidden, NotFound."""
    check_policy_manager(actor, scope)
    bound = {} if scope is None else {SCOPE_FIELD[type(scope)]: scope}
    row = RuleSet(
        key=key, title=title, rules=bindings(rules), created_by=actor.label, author=answerable(actor),
        **narrowed(narrowing.markets, narrowing.formats, narrowing.objectives), **bound,
    )  # fmt: skip
    row.needs_second = _needs_second(actor, scope, now) and not _tightens(row)
    return row


@service("governance.rule_set.published")
def publish_rule_set(
    *, actor: Actor, key: str, title: str, rules: Sequence[dict[str, Any]], scope: Organisation | Brand | AdAccount | None = None,
    narrowing: Narrowing = Narrowing(), propose: bool = False, after: int | None = None, unless_same: bool = False,
) -> RuleSet:  # fmt: skip
    """The next version of rule set `key`. It governs at once unless it is only proposed, or the organisation asks for two
    managers and it is not plainly stricter: then it runs on trial until it is confirmed (R-55). `after` is the last version
    that whoever publishes has seen, 0 where there was none; `unless_same` publishes only what is not said already.

    Raises Invalid by line, Forbidden, NotFound, Conflict when another version came after that, AlreadySaid.
    """
    now = clock.now()
    if scope is not None:
        concerning(of_scope(scope))

    def build(version: int) -> RuleSet:
        if after is not None and version != after + 1:
            raise Conflict(_("Another version came in between; compare with that one first."))
        row = drafted(actor=actor, key=key, title=title, rules=rules, scope=scope, narrowing=narrowing, now=now)
        same = same_as(row, propose or row.needs_second, now) if unless_same else None
        if same is not None:
            raise AlreadySaid(same.pk)
        row.version = version
        return row

    check_policy_manager(actor, scope)
    row = RuleSet.publish(key, now, build)
    awaited = propose or row.needs_second
    if not awaited:
        _say(Word.CONFIRMED, row, actor, now)
    narrows = {name: getattr(row, name) for name in NARROWS}
    said: dict[str, Any] = {"key": key, "version": row.version, "rules": row.rules, "awaited": awaited, **narrows}
    record(event(actor, "governance.rule_set.published", subjects.of_rule_set(row), now, **said))
    return row


def _say(word: Word, row: RuleSet, actor: Actor, now: datetime) -> Confirmation:
    person = answerable(actor)
    said = Confirmation(rule_set=row, word=word, said_by=actor.label, said_by_id=person.pk if person else None, at=now)
    said.save(force_insert=True)
    return said


# --- the second policy manager -------------------------------------------------------------------------------------------


def _locked(actor: Actor, identifier: UUID) -> RuleSet:
    """A proposed version under the lock of its key. Raises NotFound, Forbidden, Conflict when nothing is awaited."""
    row = RuleSet.objects.filter(pk=identifier).select_related("organisation", "brand__organisation").first()
    if row is None:
        raise NotFound()
    concerning(subjects.of_rule_set(row))
    RuleSet.lock(row.key)
    now = permissions.refreshed(actor)
    check_may_change(now, "manage_policy", row.scope, queries.visible_rule_sets(now).filter(pk=identifier))
    if row.confirmations.exists():
        raise Conflict(_("This version awaits nobody: it was confirmed or declined."))
    return row


def _check_still_latest(row: RuleSet, now: datetime) -> None:
    """Raises Conflict when a later version governs, or when it was proposed too long ago."""
    if RuleSet.current().filter(key=row.key, version__gt=row.version).exists():
        raise Conflict(_("A later version governs already; propose this again."))
    if RuleSet.proposed().filter(key=row.key, version__gt=row.version).exists():
        raise Conflict(_("A later version was proposed since and is on trial; confirm that one, or propose this again."))
    if row.created_at + LAPSES_AFTER <= now:
        raise Conflict(_("Nobody confirmed this in time; it has to be proposed again."))


@service("governance.rule_set.confirmed")
def confirm_rule_set(*, actor: Actor, rule_set: UUID) -> RuleSet:
    """Put a proposed version in force. Where two managers are asked for, by another than proposed it (R-55).

    Raises NotFound, Forbidden, Conflict.
    """
    row = _locked(actor, rule_set)
    now = clock.now()
    check_second_person(actor, row.author_id if row.needs_second else None)
    _check_still_latest(row, now)
    _say(Word.CONFIRMED, row, actor, now)
    record(_told(actor, "governance.rule_set.confirmed", row, now))
    return row


@service("governance.rule_set.declined")
def decline_rule_set(*, actor: Actor, rule_set: UUID) -> RuleSet:
    """End a proposed version before it governs; whoever proposed it may do so, too. Raises NotFound, Forbidden, Conflict."""
    row = _locked(actor, rule_set)
    now = clock.now()
    _say(Word.DECLINED, row, actor, now)
    record(_told(actor, "governance.rule_set.declined", row, now))
    return row


def _told(actor: Actor, action: str, row: RuleSet, now: datetime) -> AuditEvent:
    return event(actor, action, subjects.of_rule_set(row), now, key=row.key, version=row.version, proposed_by=row.created_by)
