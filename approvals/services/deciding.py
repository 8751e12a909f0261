"""One person's act on one stage of one digest: lock, re-read, decide, write, audit. What follows is settled (services.settling)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import User
from accounts.permissions import Grants
from approvals import checklists, eligibility, locks, quorum, subjects
from approvals.errors import (
    AccountMoved,
    BlockingComments,
    ChecklistIncomplete,
    GivenByContributor,
    HeldTooBriefly,
    LateDecision,
    OwnRuleChange,
    ReauthenticationRequired,
    RequestExpired,
    SecondSeat,
    StageNotOpen,
)
from approvals.models import Clearance, Decision, Stage
from approvals.models.comments import standing_blockers
from approvals.services.bench import Bench, bench_of
from approvals.services.ending import close
from approvals.services.settling import settle
from approvals.services.standing_in import Proxy, check_asked, check_authority, check_person, proxy_for
from approvals.states import RequestState, StageState, Verdict
from approvals.transitions import REQUEST, STAGE
from audit.models import AuditEvent
from audit.recording import event, record, service
from core import clock, transitions
from core.actor import Actor
from core.errors import Forbidden, Invalid, NotFound, StaleDigest, say
from core.statements import insert
from governance.models import RuleSet
from governance.queries import changed_lately
from governance.replaying import passes_only_now

SHOWN_WITHIN_MINUTES: Final = 10
"""So recently somebody shows who they are for a stage that asks for it (R-56)."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides. `grants` are those that count for the request (R-13); `changed` the rule sets that they changed lately, by ad
    account, once that was asked."""

    actor: Actor
    user: User
    grants: Grants
    proxy: Proxy | None = None
    changed: dict[UUID, list[RuleSet]] = field(default_factory=dict)

    @property
    def seat(self) -> UUID:
        """Whose vote it is."""
        return self.user.pk if self.proxy is None else self.proxy.person.pk

    @property
    def parties(self) -> set[UUID]:
        return {self.user.pk, self.seat}


@dataclass(frozen=True, slots=True)
class Act:
    """What is decided: which way, of which digest, and why; what of the stage's checklist was ticked; and on whose behalf, where
    not one's own."""

    verdict: str
    digest: str
    comment: str
    checked: Sequence[str] = ()
    on_behalf_of: UUID | None = None


def _read(actor: Actor, request: UUID) -> tuple[Bench, Decider]:
    row = locks.request(request)
    now = clock.now()  # after the wait for the lock: what ended meanwhile has ended
    user = permissions.principal_of(actor)
    # Resolved after the lock, not taken from the request's cache: a role taken away a moment ago does not count, nor one that
    # was given for this very request.
    grants = permissions.fresh_grants(actor, now, eligibility.held_for(row))
    if not grants.allows("view", row.ad_account):
        raise NotFound()
    return bench_of(row, now), Decider(actor, user, grants)


def read(actor: Actor, request: UUID) -> tuple[Bench, Decider]:
    """The bench of a request, locked, and who stands before it. Raises NotFound, Forbidden (the system)."""
    return _read(actor, request)


def check_may_decide(bench: Bench, by: Decider, stage: Stage) -> None:
    """Who (R-13, R-16, R-33, R-57). Raises MachineDecision, SelfApproval, HeldTooBriefly, GivenByContributor, NotAsked,
    AboveLimit, Forbidden."""
    check_person(bench, by.user)
    if not by.grants.allows(stage.permission, bench.request.ad_account):
        _check_counts(bench, by, stage)
        words = _("This stage asks for people with the permission “{permission}” on {account}.")
        said = say(words, permission=stage.permission, account=str(bench.request.ad_account))
        raise permissions.lacking(by.grants, stage.permission, bench.request.ad_account, said)
    check_asked(bench, stage, by.user.pk)
    check_authority(bench, stage, by.user.pk)


def check_who(bench: Bench, by: Decider, stage: Stage, verdict: str) -> None:
    """Who, in their own name or another's. Raises what check_may_decide and check_one_vote do."""
    if by.proxy is None:  # else services.standing_in judged it
        check_may_decide(bench, by, stage)
    check_one_vote(bench, by, stage, verdict)


def check_one_vote(bench: Bench, by: Decider, stage: Stage, verdict: str) -> None:
    """One person approves at one stage, and holds one vote with whoever they stand in for and whoever stands in for them (R-15,
    R-16). Raises SecondSeat."""
    if by.parties & bench.elsewhere(stage):
        raise SecondSeat(_("You approved another stage of this request; every stage needs a different person."))
    if verdict == Verdict.APPROVE and by.parties & bench.spoken_for(stage, by.seat):
        raise SecondSeat(_("Whoever stands in for another holds one vote together with them, and that vote was cast already."))


def _check_counts(bench: Bench, by: Decider, stage: Stage) -> None:
    """Whether the person holds the permission, and only for this request it does not count. Raises HeldTooBriefly,
    GivenByContributor."""
    if not permissions.fresh_grants(by.actor, bench.now).allows(stage.permission, bench.request.ad_account):
        return
    held = eligibility.holders(stage.permission, bench.request, bench.now)
    reason = next((each.reason for each in held if each.person.pk == by.user.pk), "")
    if reason == eligibility.GIVEN_BY_CONTRIBUTOR:
        words = _("Your role was given after this was put forward, by somebody who worked on it; it does not count for this.")
        raise GivenByContributor(words, permission=stage.permission)
    if reason == eligibility.HELD_TOO_BRIEFLY:
        brief = _("Your role was given after this was put forward; it counts for this once you have held it for {minutes} minutes.")
        raise HeldTooBriefly(say(brief, minutes=bench.request.minimum_holding_minutes), permission=stage.permission)


def check_shown(bench: Bench, by: Decider, stage: Stage) -> None:
    """Where the stage asks for it, the person showed who they are a moment ago (R-56). Raises ReauthenticationRequired."""
    if stage.reauthenticate and not by.actor.authenticated_within(SHOWN_WITHIN_MINUTES, bench.now):
        words = _(
            "This stage asks people to show again who they are, less than {minutes} minutes before they decide: decide in the"
            " workplace, or with a token that you just made."
        )
        raise ReauthenticationRequired(say(words, minutes=SHOWN_WITHIN_MINUTES), minutes=SHOWN_WITHIN_MINUTES)


def check_now(bench: Bench, by: Decider, stage: Stage, act: Act) -> None:
    """When (R-08, R-21). Whoever asked for changes may lift that (R-18). Raises StaleDigest, IllegalTransition, AccountMoved,
    RequestExpired, StageNotOpen (LateDecision)."""
    if act.digest != bench.request.digest:
        words = _("This is not the version under review; look at the current one before deciding.")
        raise StaleDigest(words, digest=bench.request.digest)
    _check_late(bench, by, stage, act)
    if bench.request.state != RequestState.IN_REVIEW and not _lifts(bench, by, stage, act.verdict):
        transitions.check(REQUEST, "approve", bench.request)
    if moved := AccountMoved.after(bench.request, bench.place):
        raise moved
    if bench.request.expires_at <= bench.now:
        raise RequestExpired(_("The time to decide this request has run out; it has to be submitted again."))
    if stage.state != StageState.OPEN:
        state = StageState(stage.state).label
        not_open = say(_("The stage “{stage}” is {state}."), stage=stage.title, state=state)
        raise StageNotOpen(not_open, stage=stage.key, state=stage.state)


def _check_late(bench: Bench, by: Decider, stage: Stage, act: Act) -> None:
    """A “no” after the stage was satisfied does not count, and is not lost (R-19). Raises LateDecision, Invalid (no reason)."""
    request = bench.request
    undecided = request.state in (RequestState.IN_REVIEW, RequestState.APPROVED)
    if act.verdict not in quorum.NEGATIVE or stage.state != StageState.SATISFIED or not undecided:
        return
    check_words(act)
    words = _("The stage “{stage}” was approved before you said no. That is kept, and told to whoever may act on it.")
    revocable = request.state == RequestState.APPROVED and by.grants.allows("operate", request.ad_account) and _in_force(bench)
    said = {"stage": stage.key, "verdict": str(act.verdict), "comment": act.comment, "digest": act.digest, "name": by.user.name}
    raise LateDecision(say(words, stage=stage.title), said, stage=stage.key, state=stage.state, revocable=revocable)


def _in_force(bench: Bench) -> bool:
    standing = Clearance.objects.filter(request=bench.request, revocation__isnull=True, valid_until__gt=bench.now)
    return standing.exists()


def _lifts(bench: Bench, by: Decider, stage: Stage, verdict: str) -> bool:
    """Whether this is another word of the person who asked for changes, for which the request was sent back."""
    standing = quorum.latest(bench.decisions, stage.pk).get(by.seat)
    sent_back = bench.request.state == RequestState.CHANGES_REQUESTED
    return sent_back and standing == Verdict.REQUEST_CHANGES and verdict in (Verdict.APPROVE, Verdict.ABSTAIN, Verdict.REJECT)


@service("approvals.decision.recorded")
def decide(
    *, actor: Actor, request: UUID, stage: str, digest: str, verdict: str, comment: str = "", checked: Sequence[str] = (),
    on_behalf_of: UUID | None = None,
) -> Decision:  # fmt: skip
    """Record a verdict on a stage of the digest that was seen, and carry out what follows (R-02, R-08, R-19). `on_behalf_of` is the
    person for whom the actor stands in, whose vote it then is (R-15).

    The last satisfied stage clears the request. Raises NotFound, Forbidden (SelfApproval, MachineDecision, SecondSeat, NotDeputy,
    BeyondLimit, AboveLimit, HeldTooBriefly, GivenByContributor, OwnRuleChange, ReauthenticationRequired), StaleDigest, StageNotOpen
    (LateDecision), IllegalTransition, RequestExpired, Invalid (verdict unknown, no reason given, ticked what is not there),
    BlockingComments, ChecklistIncomplete, AccountMoved, ApprovalLapsed, PageUnlinked, ChecksFailNow, EnvelopeExceeded.
    """
    return decided(actor, request, stage, Act(verdict, digest, comment, checked, on_behalf_of))


def decided(actor: Actor, request: UUID, stage: str, act: Act) -> Decision:
    """`decide`, in the transaction of whichever service calls it."""
    bench, by = _read(actor, request)
    chosen = bench.stage(stage)
    if act.on_behalf_of is not None and act.on_behalf_of != by.user.pk:
        by = replace(by, proxy=proxy_for(bench, actor, by.user, by.grants, chosen, act.on_behalf_of))
    check(bench, by, chosen, act)
    events = _resumed(actor, bench)
    decision = decision_of(bench, by, chosen, act)
    insert([decision])
    bench.decisions.append(decision)
    events.append(recorded(actor, bench, chosen, decision))
    refused = act.verdict in quorum.NEGATIVE
    events += _refuse(actor, bench, chosen, decision) if refused else settle(actor, bench, sure(by, act))
    record(*events)
    return decision


def check(bench: Bench, by: Decider, chosen: Stage, act: Act) -> None:
    """All that is judged of a decision before it is written; what follows from it is judged after that (services.settling)."""
    check_who(bench, by, chosen, act.verdict)
    check_shown(bench, by, chosen)
    check_now(bench, by, chosen, act)
    check_words(act)
    done = ticked(chosen, act.checked)
    if act.verdict == Verdict.APPROVE:
        _check_ready(bench, chosen, done)
        _check_own_rules(bench, by)


def check_words(act: Act) -> None:
    """A known verdict; a “no” with a reason. Raises Invalid."""
    if act.verdict not in Verdict.values:
        raise Invalid.field("verdict", "unknown", say(_("Choose one of {choices}."), choices=", ".join(Verdict.values)))
    if act.verdict in quorum.NEGATIVE and not act.comment.strip():
        raise Invalid.field("comment", "required", _("Say what should change, so that the author can act on it."))


def sure(by: Decider, act: Act) -> set[UUID]:
    """Who was just found eligible, and approves."""
    return {by.seat} if act.verdict == Verdict.APPROVE else set()


def ticked(stage: Stage, checked: Sequence[str]) -> list[str]:
    """What was ticked, in the order of the checklist. Raises Invalid."""
    checklist = checklists.stored(stage.checklist)
    if unknown := checklists.unknown(checklist, checked):
        raise Invalid.field("checked", "unknown", say(_("The checklist of this stage has no {keys}."), keys=", ".join(unknown)))
    return [item.key for item in checklist if item.key in checked]


def _check_ready(bench: Bench, stage: Stage, done: Sequence[str]) -> None:
    """Nothing that has to be settled before anybody approves is left (R-51). Raises BlockingComments, ChecklistIncomplete."""
    if bench.held_up:
        standing = [str(each.pk) for each in standing_blockers().filter(request=bench.request)]
        words = _("A comment holds this up; it has to be resolved before anybody approves. You can still refuse.")
        raise BlockingComments(words, comments=standing)
    checklist = checklists.stored(stage.checklist)
    if missing := checklists.missing(checklist, done):
        texts = "; ".join(item.text for item in checklist if item.key in missing)
        raise ChecklistIncomplete(say(_("Look at this too before you approve, and tick it: {lines}"), lines=texts), missing=missing)


def _resumed(actor: Actor, bench: Bench) -> list[AuditEvent]:
    """A request that was sent back is in review again, once that was lifted."""
    if bench.request.state == RequestState.IN_REVIEW:
        return []
    transitions.move(REQUEST, "resume_review", bench.request)
    return [event(actor, "approvals.request.resumed", subjects.of_request(bench.request), bench.now)]


def _check_own_rules(bench: Bench, by: Decider) -> None:
    """Whoever changed a rule set within the last day approves nothing that passes by that change alone (R-55). One statement
    where nobody did. Raises OwnRuleChange."""
    account = bench.request.ad_account
    if account.pk not in by.changed:
        by.changed[account.pk] = [each for person in sorted(by.parties) for each in changed_lately(account, person, bench.now)]
    changed = by.changed[account.pk]
    if not changed:
        return
    items = bench.request.items.select_related("check_run__revision__ad_account__brand")
    runs = [item.check_run for item in items]
    for version in changed:
        if passes_only_now(runs, version):
            words = _("You changed “{title}” less than a day ago, and this passes by that alone; somebody else has to decide it.")
            raise OwnRuleChange(say(words, title=version.title), rule_set=str(version.pk))


def decision_of(bench: Bench, by: Decider, stage: Stage, act: Act) -> Decision:
    """The decision, not yet written."""
    actor = by.actor
    shown = actor.authentication
    return Decision(
        request=bench.request, stage=stage, digest=bench.request.digest, verdict=act.verdict, comment=act.comment,
        decided_by=by.user, name=by.user.name, eligible_by=_eligible_by(bench, by, stage), channel=actor.channel.value,
        address=actor.address, checks={"policies": bench.request.policies}, decided_at=bench.now,
        checked=ticked(stage, act.checked),
        authentication=shown.method if shown else "", authenticated_at=shown.at if shown else None,
        on_behalf_of=by.proxy.person if by.proxy else None, delegation=by.proxy.delegation if by.proxy else None,
    )  # fmt: skip


def _eligible_by(bench: Bench, by: Decider, stage: Stage) -> str:
    """Which grant gave eligibility at this moment, in words (R-56)."""
    grants = by.grants if by.proxy is None else by.proxy.grants
    through = "" if by.proxy is None else f" for {by.proxy.person.pk} by delegation {by.proxy.delegation.pk}"
    for kind, identifier in permissions.scope_chain(bench.request.ad_account):
        if identifier in grants.ids(stage.permission, kind):
            return f"{stage.permission} on {kind} {identifier}{through}"
    raise Forbidden(_("This person is not eligible."))  # pragma: no cover - check_may_decide has just proved it


def recorded(actor: Actor, bench: Bench, stage: Stage, decision: Decision) -> AuditEvent:
    """The event of a decision."""
    acting = {"on_behalf_of": str(decision.on_behalf_of_id)} if decision.on_behalf_of_id else {}
    return event(
        actor, "approvals.decision.recorded", subjects.of_request(bench.request), bench.now,
        stage=stage.key, verdict=str(decision.verdict), digest=decision.digest, comment=decision.comment,
        eligible_by=decision.eligible_by, decision=str(decision.pk), **acting,
        **({"checked": decision.checked} if stage.checklist else {}),
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
