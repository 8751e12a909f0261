"""Versions of approval policies: published, or proposed and confirmed by another policy manager (R-55)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.subjects import of_scope
from approvals import policy_queries, subjects
from approvals.linting import lint
from approvals.models import ApprovalPolicy, PolicyWord
from approvals.policy_drafts import Bound, Lines, Terms, built, drafted
from approvals.stage_specs import parse_stages
from audit.models import AuditEvent
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, NotFound
from governance.authority import answerable, at_console, check_may_change, check_second_person
from governance.models.rule_sets import LAPSES_AFTER
from governance.states import Word


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
    row = built(fresh, Terms(last.key, last.title, [], last.condition, last.scope), now)
    return _published(actor, row, now, action="approvals.policy.retired")


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
