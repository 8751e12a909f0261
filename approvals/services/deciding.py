"""One person's act on one stage of one digest, and what follows from it: lock, re-read, decide, write, audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import User
from accounts.permissions import Grants
from accounts.placing import Place, place_of
from approvals import books, eligibility, locks, quorum, subjects
from approvals.digests import node_of, publish_content, request_digest
from approvals.errors import (
    AccountMoved,
    ApprovalLapsed,
    ChecksFailNow,
    GivenByContributor,
    HeldTooBriefly,
    MachineDecision,
    OwnRuleChange,
    PageUnlinked,
    RequestExpired,
    SecondSeat,
    SelfApproval,
    StageNotOpen,
)
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.services.clearing import clear
from approvals.services.ending import close
from approvals.states import RequestState, StageState, Verdict
from approvals.transitions import REQUEST, STAGE
from audit.models import AuditEvent
from audit.recording import event, record, service
from core import clock, transitions, wake
from core.actor import Actor
from core.errors import Forbidden, Invalid, NotFound, StaleDigest, say
from governance import checks
from governance.queries import changed_lately
from governance.replaying import passes_only_now


@dataclass(slots=True)
class Bench:
    """What is read once under the lock of the request. `grants` are those that count for it (R-13)."""

    actor: Actor

    request: ApprovalRequest
    stages: list[Stage]
    decisions: list[Decision]
    grants: Grants
    place: Place
    user: User
    now: datetime

    def stage(self, key: str) -> Stage:
        """The stage `key`. Raises Invalid."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        known = ", ".join(stage.key for stage in self.stages)
        raise Invalid.field("stage", "unknown", say(_("The stages of this request are {stages}."), stages=known))


def _read(actor: Actor, request: UUID) -> Bench:
    row = locks.request(request)
    now = clock.now()  # after the wait for the lock: what ended meanwhile has ended
    user = permissions.principal_of(actor)
    # Resolved after the lock, not taken from the request's cache: a role taken away a moment ago does not count, nor one that
    # was given for this very request.
    grants = permissions.fresh_grants(actor, now, eligibility.only_counting(row, now))
    if not grants.allows("view", row.ad_account):
        raise NotFound()
    return Bench(actor, row, list(row.stages.all()), list(row.decisions.all()), grants, place_of(row.ad_account_id), user, now)


def check_may_decide(bench: Bench, stage: Stage) -> None:
    """Who (R-13, R-16, R-33, R-57). Raises MachineDecision, SelfApproval, SecondSeat, HeldTooBriefly, GivenByContributor,
    Forbidden."""
    if bench.user.is_service_account:
        raise MachineDecision(_("A decision is made by a person; a service account can only propose."))
    if str(bench.user.pk) in bench.request.contributors:
        raise SelfApproval(_("You contributed to this request or wrote its policy, so somebody else has to decide it."))
    if not bench.grants.allows(stage.permission, bench.request.ad_account):
        _check_counts(bench, stage)
        words = _("This stage asks for people with the permission “{permission}” on {account}.")
        said = say(words, permission=stage.permission, account=str(bench.request.ad_account))
        raise permissions.lacking(bench.grants, stage.permission, bench.request.ad_account, said)
    others = [each for each in bench.stages if each.pk != stage.pk]
    if any(bench.user.pk in quorum.approvers(bench.decisions, other.pk) for other in others):
        raise SecondSeat(_("You approved another stage of this request; every stage needs a different person."))


def _check_counts(bench: Bench, stage: Stage) -> None:
    """Whether the person holds the permission, and only for this request it does not count. Raises HeldTooBriefly,
    GivenByContributor."""
    if not permissions.fresh_grants(bench.actor, bench.now).allows(stage.permission, bench.request.ad_account):
        return
    held = eligibility.holders(stage.permission, bench.request, bench.now)
    reason = next((why for person, why in held if person.pk == bench.user.pk), "")
    if reason == eligibility.GIVEN_BY_CONTRIBUTOR:
        words = _("Your role was given after this was put forward, by somebody who worked on it; it does not count for this.")
        raise GivenByContributor(words, permission=stage.permission)
    if reason == eligibility.HELD_TOO_BRIEFLY:
        brief = _("Your role was given after this was put forward; it counts for this once you have held it for {minutes} minutes.")
        raise HeldTooBriefly(say(brief, minutes=bench.request.minimum_holding_minutes), permission=stage.permission)


def _check_now(bench: Bench, stage: Stage, digest: str) -> None:
    """When (R-08, R-21). Raises StaleDigest, IllegalTransition, AccountMoved, RequestExpired, StageNotOpen."""
    if digest != bench.request.digest:
        words = _("This is not the version under review; look at the current one before deciding.")
        raise StaleDigest(words, digest=bench.request.digest)
    if bench.request.state != RequestState.IN_REVIEW:
        transitions.check(REQUEST, "approve", bench.request)
    if moved := AccountMoved.after(bench.request, bench.place):
        raise moved
    if bench.request.expires_at <= bench.now:
        raise RequestExpired(_("The time to decide this request has run out; it has to be submitted again."))
    if stage.state != StageState.OPEN:
        state = StageState(stage.state).label
        not_open = say(_("The stage “{stage}” is {state}."), stage=stage.title, state=state)
        raise StageNotOpen(not_open, stage=stage.key, state=stage.state)


@service("approvals.decision.recorded")
def decide(*, actor: Actor, request: UUID, stage: str, digest: str, verdict: str, comment: str = "") -> Decision:
    """Record a verdict on a stage of the digest that was seen, and carry out what follows (R-02, R-08, R-19).

    The last satisfied stage clears the request. Raises NotFound, Forbidden (SelfApproval, MachineDecision, SecondSeat,
    HeldTooBriefly, GivenByContributor, OwnRuleChange), StaleDigest, StageNotOpen, IllegalTransition, RequestExpired, Invalid
    (verdict unknown, no reason given), AccountMoved, ApprovalLapsed, PageUnlinked, ChecksFailNow, EnvelopeExceeded.
    """
    bench = _read(actor, request)
    chosen = bench.stage(stage)
    check_may_decide(bench, chosen)
    _check_now(bench, chosen, digest)
    if verdict not in Verdict.values:
        raise Invalid.field("verdict", "unknown", say(_("Choose one of {choices}."), choices=", ".join(Verdict.values)))
    if verdict != Verdict.APPROVE and not comment.strip():
        raise Invalid.field("comment", "required", _("Say what should change, so that the author can act on it."))
    if verdict == Verdict.APPROVE:
        _check_own_rules(bench)
    decision = _write(actor, bench, chosen, verdict, comment)
    events = [_recorded(actor, bench, chosen, decision)]
    events += _approve(actor, bench, chosen, decision) if verdict == Verdict.APPROVE else _refuse(actor, bench, chosen, decision)
    record(*events)
    return decision


def _check_own_rules(bench: Bench) -> None:
    """Whoever changed a rule set within the last day approves nothing that passes by that change alone (R-55). One statement
    where nobody did. Raises OwnRuleChange."""
    changed = changed_lately(bench.request.ad_account, bench.user.pk, bench.now)
    if not changed:
        return
    items = bench.request.items.select_related("check_run__revision__ad_account__brand")
    runs = [item.check_run for item in items]
    for version in changed:
        if passes_only_now(runs, version):
            words = _("You changed “{title}” less than a day ago, and this passes by that alone; somebody else has to decide it.")
            raise OwnRuleChange(say(words, title=version.title), rule_set=str(version.pk))


def _write(actor: Actor, bench: Bench, stage: Stage, verdict: str, comment: str) -> Decision:
    decision = Decision(
        request=bench.request, stage=stage, digest=bench.request.digest, verdict=verdict, comment=comment,
        decided_by=bench.user, name=bench.user.name, eligible_by=_eligible_by(bench, stage), channel=actor.channel.value,
        address=actor.address, checks={"policies": bench.request.policies}, decided_at=bench.now,
    )  # fmt: skip
    decision.save(force_insert=True)
    bench.decisions.append(decision)
    return decision


def _eligible_by(bench: Bench, stage: Stage) -> str:
    """Which grant gave eligibility at this moment, in words (R-56)."""
    account = bench.request.ad_account
    for kind, identifier in permissions.scope_chain(account):
        if identifier in bench.grants.ids(stage.permission, kind):
            return f"{stage.permission} on {kind} {identifier}"
    raise Forbidden(_("This person is not eligible."))  # pragma: no cover - check_may_decide has just proved it


def _recorded(actor: Actor, bench: Bench, stage: Stage, decision: Decision) -> AuditEvent:
    return event(
        actor, "approvals.decision.recorded", subjects.of_request(bench.request), bench.now,
        stage=stage.key, verdict=str(decision.verdict), digest=decision.digest, comment=decision.comment,
        eligible_by=decision.eligible_by, decision=str(decision.pk),
    )  # fmt: skip


def _refuse(actor: Actor, bench: Bench, stage: Stage, decision: Decision) -> list[AuditEvent]:
    if decision.verdict == Verdict.REJECT:
        transitions.move(STAGE, "fail", stage, closed_at=bench.now)
        close(bench.request, "reject", bench.now)
        action = "approvals.request.rejected"
    else:
        transitions.move(REQUEST, "request_changes", bench.request)
        action = "approvals.request.changes_requested"
    return [event(actor, action, subjects.of_request(bench.request), bench.now, comment=decision.comment)]


def _approve(actor: Actor, bench: Bench, stage: Stage, decision: Decision) -> list[AuditEvent]:
    holders = _still_eligible(bench, stage)
    if not quorum.met(bench.decisions, stage.pk, stage.quorum, holders):
        return []
    transitions.move(STAGE, "satisfy", stage, closed_at=bench.now)
    subject = subjects.of_request(bench.request)
    events = [event(actor, "approvals.stage.satisfied", subject, bench.now, stage=stage.key)]
    following = [each for each in bench.stages if each.state == StageState.PENDING]
    if following:
        transitions.move(STAGE, "open", following[0])
        return events
    return [*events, _finish(actor, bench, stage)]


def _still_eligible(bench: Bench, stage: Stage) -> frozenset[UUID]:
    """Who of those who approved this stage is eligible at this moment (R-13). The decider was just checked."""
    earlier = quorum.approvers(bench.decisions, stage.pk) - {bench.user.pk}
    if not earlier:
        return frozenset({bench.user.pk})
    return eligibility.people(stage.permission, bench.request, bench.now) | {bench.user.pk}


def _check_earlier_stages(bench: Bench, last: Stage) -> None:
    """The earlier stages are satisfied still: their approvers hold their roles at this moment (R-13)."""
    for stage in bench.stages:
        if stage.pk == last.pk:
            continue
        holders = eligibility.people(stage.permission, bench.request, bench.now)
        if not quorum.met(bench.decisions, stage.pk, stage.quorum, holders):
            words = _("Who approved “{stage}” holds that role no longer; withdraw the request and submit it again.")
            raise ApprovalLapsed(say(words, stage=stage.title), stage=stage.key)


def _check_digest(request: ApprovalRequest, items: Sequence[RequestItem]) -> None:
    """What is cleared is exactly what the digest covers (R-02): no item was added, dropped or re-pointed meanwhile.

    Raises StaleDigest.
    """
    covered = request_digest(map(node_of, (item.revision for item in items)), publish_content(request.publish, request.publish_at))
    if covered != request.digest:
        raise StaleDigest(_("The items are not those that the digest covers; withdraw the request."), digest=covered)


def _finish(actor: Actor, bench: Bench, last: Stage) -> AuditEvent:
    """The last stage is satisfied: judge again by the people and the rules of today, approve, clear (R-12, R-23, R-37)."""
    _check_earlier_stages(bench, last)
    request = bench.request
    items: Sequence[RequestItem] = list(request.items.select_related("revision", "check_run"))
    for item in items:
        item.check_run.revision = item.revision
    _check_digest(request, items)
    if unlinked := PageUnlinked.among((item.revision for item in items), bench.place):
        raise unlinked
    failing = checks.failing_now([item.check_run for item in items], request.ad_account, bench.now)
    if failing:
        codes = checks.blocking_codes(failing)
        raise ChecksFailNow(_("The rules changed meanwhile and block this now; request changes instead."), findings=codes)
    transitions.move(REQUEST, "approve", request, closed_at=bench.now)
    clearances = clear(request, items, bench.now)
    books.reserve(request, items, bench.now)
    wake.announce("approvals.request.approved", request.pk)
    cleared = {str(each.entity_id): each.digest for each in clearances}
    return event(actor, "approvals.request.approved", subjects.of_request(request), bench.now, cleared=cleared)
