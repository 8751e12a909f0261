"""Versions of approval policies: published, or proposed and confirmed by another policy manager (R-55)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.access_policy import current_policy
from accounts.models import AdAccount, Brand, Organisation, User, UserGroup
from accounts.subjects import audit_scope, of_scope
from approvals import conditions, policy_queries, subjects
from approvals.linting import Lint, lint, malformed
from approvals.models import ApprovalPolicy, PolicyWord
from approvals.stage_specs import StageSpec, parse_stages
from approvals.tightening import only_tightens
from audit.models import AuditEvent
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor, ActorKind
from core.errors import Conflict, Invalid, NotFound
from governance.authority import (
    SCOPE_FIELD,
    answerable,
    at_console,
    check_may_change,
    check_policy_manager,
    check_second_person,
)
from governance.models.rule_sets import LAPSES_AFTER
from governance.states import Word

Bound = Organisation | Brand | AdAccount | None
"""What a policy is bound to; None is everything on an installation."""
Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a version says."""

    key: str
    title: str
    stages: list[StageSpec]
    condition: str
    scope: Bound


def drafted(*, actor: Actor, key: str, title: str, stages: Lines, condition: str, scope: Bound, now: datetime) -> ApprovalPolicy:
    """A version as it would be published now, unsaved and without its number. Raises Invalid by field, Forbidden, NotFound."""
    check_policy_manager(actor, scope)
    specs = parse_stages(stages)
    conditions.condition(condition)
    _check_named(specs, scope)
    return _built(actor, _Terms(key, title, specs, condition.strip(), scope), now)


def lint_policy(*, actor: Actor, stages: Lines, condition: str, scope: Bound) -> Lint:
    """What is wrong with a version before it is saved; writes nothing. Raises Forbidden, NotFound."""
    check_policy_manager(actor, scope)
    try:
        specs = parse_stages(stages)
        conditions.condition(condition)
        _check_named(specs, scope)
    except Invalid as error:
        return malformed(error)
    return lint(specs, condition, scope, clock.now())


@service("approvals.policy.published")
def publish_policy(
    *, actor: Actor, key: str, title: str, stages: Lines, condition: str = "", scope: Bound = None, propose: bool = False,
    after: int | None = None,
) -> ApprovalPolicy:  # fmt: skip
    """The next version of policy `key`: these stages, under this condition. It governs at once unless it is only proposed, or the
    organisation asks for two managers and it is not plainly stricter: then another one confirms it (R-55). `after` is the last
    version that whoever publishes has seen, 0 where there was none.

    Raises Invalid (R-03: quorum below 1; a condition that does not compile or never holds; groups and people of elsewhere, and what
    else approvals.linting calls an error, but for commands on the server), Forbidden, NotFound, Conflict when another version came
    after that.
    """
    now = clock.now()
    if scope is not None:
        concerning(of_scope(scope))
    row = drafted(actor=actor, key=key, title=title, stages=stages, condition=condition, scope=scope, now=now)
    if not at_console(actor):
        lint(parse_stages(row.stages), row.condition, scope, now).check()
    return _published(actor, row, now, propose=propose, after=after)


@service("approvals.policy.retired")
def retire_policy(*, actor: Actor, policy: UUID) -> ApprovalPolicy:
    """A version of a policy in force that asks for nothing any more: what only it covered is decided by one other person (R-03).
    Where the organisation asks for two managers it waits for another one. Raises NotFound, Forbidden, Conflict."""
    last, fresh = _locked(actor, policy)
    now = clock.now()
    if last.is_retired or not ApprovalPolicy.current().filter(pk=last.pk).exists():
        raise Conflict(_("Only the version in force is retired."))
    row = _built(fresh, _Terms(last.key, last.title, [], last.condition, last.scope), now)
    return _published(actor, row, now, action="approvals.policy.retired")


def _built(actor: Actor, terms: _Terms, now: datetime) -> ApprovalPolicy:
    """The row, unsaved and without its number."""
    scope = terms.scope
    bound = {} if scope is None else {SCOPE_FIELD[type(scope)]: scope}
    row = ApprovalPolicy(
        key=terms.key, title=terms.title, stages=[spec.as_json() for spec in terms.stages], condition=terms.condition,
        created_by=actor.label, author=answerable(actor), **bound,
    )  # fmt: skip
    row.needs_second = _asks_for_two(actor, scope, now) and not tightens(row)
    return row


def _asks_for_two(actor: Actor, scope: Bound, now: datetime) -> bool:
    """Whether the organisation asks for a second policy manager; never at the console."""
    organisation = None if scope is None else audit_scope(scope).organisation
    return organisation is not None and actor.kind is not ActorKind.SYSTEM and current_policy(organisation, now).two_managers


def tightens(row: ApprovalPolicy) -> bool:
    """Whether a version plainly asks for at least as much as the one that governs now."""
    last = ApprovalPolicy.current().filter(key=row.key).first()
    if last is None or last.is_retired or row.is_retired:
        return False
    same = row.condition in ("", last.condition)
    return only_tightens(parse_stages(last.stages), parse_stages(row.stages), same_requests=same)


def _published(
    actor: Actor, row: ApprovalPolicy, now: datetime, *, propose: bool = False, after: int | None = None,
    action: str = "approvals.policy.published",
) -> ApprovalPolicy:  # fmt: skip
    def build(version: int) -> ApprovalPolicy:
        if after is not None and version != after + 1:
            raise Conflict(_("Another version came in between; compare with that one first."))
        row.version = version
        return row

    row = ApprovalPolicy.publish(row.key, now, build)
    awaited = propose or row.needs_second
    if not awaited:
        _say(Word.CONFIRMED, row, actor, now)
    said: dict[str, Any] = {
        "key": row.key, "version": row.version, "condition": row.condition, "stages": row.stages, "awaited": awaited,
    }  # fmt: skip
    record(event(actor, action, subjects.of_policy(row), now, **said))
    return row


def _say(word: Word, row: ApprovalPolicy, actor: Actor, now: datetime) -> None:
    person = answerable(actor)
    said = PolicyWord(policy=row, word=word, said_by=actor.label, said_by_id=person.pk if person else None, at=now)
    said.save(force_insert=True)


def _check_named(specs: Sequence[StageSpec], scope: Bound) -> None:
    """The groups and people that stages name are of the organisation that the policy governs. Raises Invalid."""
    organisation = None if scope is None else audit_scope(scope).organisation
    for index, spec in enumerate(specs):
        for field, named, rows in (
            ("groups", spec.groups, UserGroup.objects.filter(public_id__in=spec.groups, organisation=organisation)),
            ("people", spec.people, User.objects.filter(pk__in=spec.people, organisation=organisation, kind="person")),
        ):
            if named and rows.count() != len(named):
                words = _("These are not all known in the organisation that the policy governs.")
                raise Invalid.field(f"stages.{index}.{field}", "unknown", words)


# --- the second policy manager -------------------------------------------------------------------------------------------


def _locked(actor: Actor, identifier: UUID) -> tuple[ApprovalPolicy, Actor]:
    """A version under the lock of its key, and the policy manager with what they hold now. Raises NotFound, Forbidden."""
    row = ApprovalPolicy.objects.filter(pk=identifier).select_related(
        "organisation", "brand__organisation", "ad_account__brand__organisation"
    ).first()  # fmt: skip
    if row is None:
        raise NotFound()
    concerning(subjects.of_policy(row))
    ApprovalPolicy.lock(row.key)
    fresh = permissions.refreshed(actor)
    check_may_change(fresh, "manage_policy", row.scope, policy_queries.visible_policies(fresh).filter(pk=identifier))
    return row, fresh


def _check_awaited(row: ApprovalPolicy) -> None:
    """Raises Conflict when nothing is awaited."""
    if PolicyWord.objects.filter(policy=row).exists():
        raise Conflict(_("This version awaits nobody: it was confirmed or declined."))


def _check_still_latest(row: ApprovalPolicy, now: datetime) -> None:
    """Raises Conflict when a later version governs or awaits, or when it was proposed too long ago."""
    if ApprovalPolicy.current().filter(key=row.key, version__gt=row.version).exists():
        raise Conflict(_("A later version governs already; propose this again."))
    if ApprovalPolicy.proposed().filter(key=row.key, version__gt=row.version).exists():
        raise Conflict(_("A later version was proposed since; confirm that one, or propose this again."))
    if row.created_at + LAPSES_AFTER <= now:
        raise Conflict(_("Nobody confirmed this in time; it has to be proposed again."))


@service("approvals.policy.confirmed")
def confirm_policy(*, actor: Actor, policy: UUID) -> ApprovalPolicy:
    """Put a proposed version in force. Where two managers are asked for, by another than proposed it (R-55). From then on they
    decide nothing that it governs either (R-16). Raises NotFound, Forbidden, Conflict."""
    row, fresh = _locked(actor, policy)
    now = clock.now()
    _check_awaited(row)
    check_second_person(fresh, row.author_id if row.needs_second else None)
    _check_still_latest(row, now)
    _say(Word.CONFIRMED, row, actor, now)
    record(_told(actor, "approvals.policy.confirmed", row, now))
    return row


@service("approvals.policy.declined")
def decline_policy(*, actor: Actor, policy: UUID) -> ApprovalPolicy:
    """End a proposed version before it governs; whoever proposed it may do so, too. Raises NotFound, Forbidden, Conflict."""
    row, _fresh = _locked(actor, policy)
    now = clock.now()
    _check_awaited(row)
    _say(Word.DECLINED, row, actor, now)
    record(_told(actor, "approvals.policy.declined", row, now))
    return row


def _told(actor: Actor, action: str, row: ApprovalPolicy, now: datetime) -> AuditEvent:
    return event(actor, action, subjects.of_policy(row), now, key=row.key, version=row.version, proposed_by=row.created_by)
