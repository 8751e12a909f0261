"""Letting soft findings pass: one revision by an override, a class for a time by a waiver (R-53)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount, Brand, Organisation, User
from accounts.subjects import audit_scope, of_scope
from audit.recording import concerning, event, record, service
from campaigns.models import Ad, AdGroup, Campaign
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, say
from governance import queries, subjects
from governance.authority import SCOPE_FIELD, answerable, check_may_change, check_second_person
from governance.contract import Mode, Result
from governance.models import Confirmation, Finding, Override, Waiver
from governance.registry import all_rules
from governance.rules.custom import PREFIX
from governance.states import Word

LONGEST_WAIVER: Final = timedelta(days=366)
_DRAFTS: Final = {"campaign": Campaign, "ad_group": AdGroup, "ad": Ad}


def _reason(text: str) -> str:
    """Raises Invalid when nothing is said."""
    if not text.strip():
        raise Invalid.field("reason", "required", _("Say why; auditors read it."))
    return text.strip()


def _person(actor: Actor) -> User:
    """The person who answers for it. Raises Forbidden for machines and the system (R-33)."""
    user = permissions.principal_of(actor)
    if user.is_service_account:
        raise Forbidden(_("Only a person lets a finding pass."))
    return user


@service("governance.finding.overridden")
def override_finding(*, actor: Actor, finding: UUID, reason: str) -> Override:
    """Let a soft rule pass for the revision of a finding, and for this revision alone. Nobody does it for what they worked on.

    What was blocked has to be submitted again. Raises NotFound, Forbidden, Invalid (no reason), Conflict (not soft, or done).
    """
    row = Finding.objects.filter(pk=finding).select_related("check_run__revision__ad_account__brand__organisation").first()
    if row is None:
        raise NotFound()
    revision = row.check_run.revision
    concerning(subjects.of_revision(revision))
    permissions.check(actor, "override", revision.ad_account)
    said, person, now = _reason(reason), _person(actor), clock.now()
    if row.mode != Mode.SOFT or row.result not in (Result.FAIL, Result.ERROR):
        raise Conflict(_("Only a soft finding that blocks can be overridden."))
    draft = _DRAFTS[revision.entity_type]._default_manager.select_for_update().get(pk=revision.entity_id)
    if str(person.pk) in {*draft.contributions, str(revision.created_by_id)}:
        raise Forbidden(_("Nobody overrides a finding about what they worked on."))
    if Override.objects.filter(revision=revision, rule=row.rule).exists():
        raise Conflict(_("This rule is overridden for this revision already."))
    made = Override(revision=revision, rule=row.rule, reason=said, overridden_by=person, name=str(person), at=now)
    made.save(force_insert=True)
    told = {"rule": row.rule, "code": row.code, "digest": revision.digest, "reason": said}
    record(event(actor, "governance.finding.overridden", subjects.of_revision(revision), now, **told))
    return made


# --- waivers --------------------------------------------------------------------------------------------------------------


def _check_soft(rule: str, scope: Organisation | Brand | AdAccount) -> None:
    """Whether there is such a rule, one of the product's or of a rule set in the scope's organisation, and a waiver would let
    anything of it pass: a hard finding always blocks, the others never do. Raises Invalid."""
    modes = queries.modes_below(audit_scope(scope).organisation)
    if rule not in modes and (rule.startswith(PREFIX) or rule not in all_rules()):
        raise Invalid.field("rule", "unknown", say(_("There is no rule “{rule}”."), rule=rule))
    if Mode.SOFT not in modes.get(rule, ()):
        words = _("No rule set of this organisation binds “{rule}” as soft, so there is nothing to waive.")
        raise Invalid.field("rule", "not_soft", say(words, rule=rule))


@service("governance.waiver.proposed")
def propose_waiver(
    *, actor: Actor, rule: str, scope: Organisation | Brand | AdAccount, reason: str, expires_at: datetime
) -> Waiver:
    """Ask that a soft rule does not count on a scope and below it, until a day. It holds once another person has confirmed it.

    Raises NotFound, Forbidden, Invalid (unknown rule, one that is nowhere soft, no reason, an end that is past or too far away).
    """
    concerning(of_scope(scope))
    permissions.check(actor, "override", scope)
    now = clock.now()
    _check_soft(rule, scope)
    if not now < expires_at <= now + LONGEST_WAIVER:
        words = say(_("A waiver ends in the future, at most {days} days ahead."), days=LONGEST_WAIVER.days)
        raise Invalid.field("expires_at", "out_of_range", words)
    row = Waiver(
        rule=rule, reason=_reason(reason), proposed_at=now, proposed_by=actor.label, author=answerable(actor),
        expires_at=expires_at, **{SCOPE_FIELD[type(scope)]: scope},
    )  # fmt: skip
    row.save(force_insert=True)
    said = {"rule": rule, "reason": row.reason, "expires_at": clock.rfc3339(expires_at)}
    record(event(actor, "governance.waiver.proposed", subjects.of_waiver(row), now, **said))
    return row


def _locked(actor: Actor, identifier: UUID) -> tuple[Waiver, set[str]]:
    """A waiver, locked, and what was said of it. Raises NotFound, Forbidden."""
    rows = Waiver.objects.select_for_update(of=("self",)).filter(pk=identifier)
    row = rows.select_related("organisation", "brand__organisation", "ad_account__brand__organisation").first()
    if row is None or row.scope is None:
        raise NotFound()
    concerning(subjects.of_waiver(row))
    now = permissions.refreshed(actor)
    check_may_change(now, "override", row.scope, queries.visible_waivers(now).filter(pk=identifier))
    return row, set(row.confirmations.values_list("word", flat=True))


def _say(word: Word, row: Waiver, actor: Actor, action: str, now: datetime) -> None:
    person = answerable(actor)
    said = Confirmation(waiver=row, word=word, said_by=actor.label, said_by_id=person.pk if person else None, at=now)
    said.save(force_insert=True)
    told = {"rule": row.rule, "proposed_by": row.proposed_by, "expires_at": clock.rfc3339(row.expires_at)}
    record(event(actor, action, subjects.of_waiver(row), now, **told))


@service("governance.waiver.confirmed")
def confirm_waiver(*, actor: Actor, waiver: UUID) -> Waiver:
    """Put a waiver in force: by another person than proposed it, always. Raises NotFound, Forbidden, Conflict."""
    row, said = _locked(actor, waiver)
    now = clock.now()
    _person(actor)
    check_second_person(actor, row.author_id)
    if said or row.expires_at <= now:
        raise Conflict(_("This waiver awaits nobody: it was confirmed, declined or has run out."))
    _say(Word.CONFIRMED, row, actor, "governance.waiver.confirmed", now)
    return row


@service("governance.waiver.ended")
def end_waiver(*, actor: Actor, waiver: UUID) -> Waiver:
    """End a waiver, or decline one that is proposed; what narrows waits for nobody. Raises NotFound, Forbidden, Conflict."""
    row, said = _locked(actor, waiver)
    now = clock.now()
    if Word.DECLINED in said or row.expires_at <= now:
        raise Conflict(_("This waiver has ended already."))
    _say(Word.DECLINED, row, actor, "governance.waiver.ended", now)
    return row
