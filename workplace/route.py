"""The route of a request as a track, and what the person at the door may do on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation, User
from accounts.permissions import can
from accounts.roles import PERMISSIONS
from approvals import deadlines, queries
from approvals.deadlines import Deadline
from approvals.models import ApprovalRequest, Decision, Stage
from approvals.queries import Seats
from approvals.quorum import NO_AUTHORITY
from approvals.services.deciding import SHOWN_WITHIN_MINUTES
from approvals.states import OPEN_STATES, PublishMode, RequestState, StageState, Verdict
from core import clock
from core.actor import Actor
from publishing.planning import was_late
from workplace import words

EXCLUDED: Final[dict[str, Promise]] = {
    "submitter": _("submitted this request"),
    "contributor": _("worked on it"),
    "policy_author": _("wrote or confirmed the policy by which it is approved"),
    "other_stage": _("approved another stage"),
    "held_too_briefly": _("was given the role after this was put forward, a short while ago"),
    "given_by_contributor": _("was given the role after this was put forward, by somebody who worked on it"),
    "above_limit": _("has no limit that covers what this can spend"),
}


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage: who is asked, who decided, who is excluded and why (R-50)."""

    stage: Stage
    sections: str
    approvals: int
    decisions: list[tuple[Decision, str]]
    waiting: list[User]
    excluded: list[tuple[User, str]]
    stalled: bool
    outdated: Sequence[Decision]
    asked: str
    absent: Mapping[UUID, datetime]
    deputies: Sequence[Delegation]
    due: Deadline | None = None
    lacks_authority: bool = False

    @property
    def is_blind(self) -> bool:
        """Whether it shows how others decided later."""
        return self.is_open and self.stage.blind

    @property
    def is_open(self) -> bool:
        return self.stage.state == StageState.OPEN


@dataclass(frozen=True, slots=True)
class Acts:
    """What the person may do now. `stage` is the stage they may decide: for themselves (`own`), and for these for whom they stand
    in (R-15); `lifts` whether that lifts their own request for changes, `shows_again` whether they show again who they are first;
    `why_not` says why there is none."""

    stage: Stage | None
    own: bool
    others: Sequence[User]
    why_not: str
    shows_again: bool
    lifts: bool
    split: bool
    withdraw: bool
    revoke: bool
    publish: bool
    reschedule: bool


def track(request: ApprovalRequest, now: datetime) -> list[StageView]:
    """The stages in order; one statement a permission asked for, and one where one is due."""
    decisions, found = list(request.decisions.all()), queries.seats(request, now)
    due = deadlines.of_stages((seats.stage for seats in found), request.ad_account, now)
    return [
        _stage(seats, [each for each in decisions if each.stage_id == seats.stage.pk], due.get(seats.stage.pk))
        for seats in found
    ]


def _stage(seats: Seats, decisions: list[Decision], due: Deadline | None) -> StageView:
    approvals = sum(verdict == Verdict.APPROVE for verdict in seats.decided.values())
    return StageView(
        stage=seats.stage,
        sections=words.sections(seats.stage.sections),
        approvals=approvals,
        decisions=[(each, _eligible(each)) for each in decisions],
        waiting=seats.waiting,
        excluded=[(person, str(EXCLUDED.get(reason, reason))) for person, reason in seats.excluded],
        stalled=seats.stalled,
        outdated=seats.outdated,
        asked=asked_words(seats.stage),
        absent=seats.absent,
        deputies=seats.deputies if seats.is_owed else [],
        due=due,
        lacks_authority=seats.obstacle == NO_AUTHORITY,
    )


def asked_words(stage: Stage) -> str:
    """How many of whom a stage asks for."""
    if stage.everyone:
        return str(_("all who may decide"))
    if stage.each_group:
        return str(_("one of each group"))
    if stage.people or stage.groups:
        return str(_("of those it names"))
    return ""


def _eligible(decision: Decision) -> str:
    """Which grant made the person eligible, in words; the record itself names it by id (R-56)."""
    permission, _on, scope = decision.eligible_by.partition(" on ")
    kinds = {"organisation": _("the organisation"), "brand": _("the brand"), "ad_account": _("the ad account")}
    where = kinds.get(scope.partition(" ")[0])
    if permission not in PERMISSIONS or where is None:
        return decision.eligible_by
    said = _("may “%(permission)s” on %(where)s")
    if decision.on_behalf_of_id:
        said = _("for another, who may “%(permission)s” on %(where)s")
    return str(said) % {"permission": PERMISSIONS[permission], "where": where}


def acts(actor: Actor, request: ApprovalRequest, stages: list[StageView], *, published: bool) -> Acts:
    """What to offer. Only an offer: the services decide, under the lock."""
    account = request.ad_account
    mine = str(request.submitted_by_id) == actor.id
    waits = request.state == RequestState.APPROVED and not published
    (stage, own, others), why_not = _decidable(actor, request, stages)
    return Acts(
        stage=stage,
        own=own,
        others=others,
        why_not=why_not,
        shows_again=stage is not None and _shows_again(actor, stage),
        lifts=stage is not None and request.state == RequestState.CHANGES_REQUESTED,
        split=own and request.state == RequestState.IN_REVIEW and len(request.items.all()) > 1,
        withdraw=request.state in OPEN_STATES and (mine or can(actor, "operate", account)),
        revoke=request.state == RequestState.APPROVED and can(actor, "operate", account),
        publish=waits and (request.publish == PublishMode.MANUAL or was_late(request)) and can(actor, "publish", account),
        reschedule=(
            waits and request.publish == PublishMode.ON_APPROVAL and request.publish_at is not None
            and can(actor, "submit" if mine else "publish", account)
        ),
    )  # fmt: skip


def _shows_again(actor: Actor, stage: Stage) -> bool:
    return stage.reauthenticate and not actor.authenticated_within(SHOWN_WITHIN_MINUTES, clock.now())


Chance = tuple[Stage | None, bool, Sequence[User]]
"""A stage to decide, whether for oneself, and for whom besides."""


def _decidable(actor: Actor, request: ApprovalRequest, stages: list[StageView]) -> tuple[Chance, str]:
    """The open stage that waits for this person, or for somebody for whom they stand in; or why none does: of stages that are open
    at once the nearest to it."""
    if request.state == RequestState.CHANGES_REQUESTED:
        return _sent_back_by(actor, stages), ""
    current = [each for each in stages if each.is_open] if request.state == RequestState.IN_REVIEW else []
    for each in current:
        waiting = {person.pk for person in each.waiting}
        others = [row.delegator for row in each.deputies if str(row.delegate_id) == actor.id and row.delegator_id in waiting]
        own = any(str(person) == actor.id for person in waiting)
        if own or others:
            return (each.stage, own, list(dict.fromkeys(others))), ""
    reasons = [_why_not(actor, each) for each in current]
    return (None, False, ()), next(iter(sorted(filter(None, reasons), key=lambda why: why[0])), (0, ""))[1]


def _sent_back_by(actor: Actor, stages: list[StageView]) -> Chance:
    """The stage on which this person asked for changes, for themselves or for another, which they may lift (R-18)."""
    for view in stages:
        mine = [each for each, _words in view.decisions if str(each.decided_by_id) == actor.id or str(each.seat_id) == actor.id]
        if mine and mine[-1].verdict == Verdict.REQUEST_CHANGES:
            other = mine[-1].on_behalf_of if str(mine[-1].seat_id) != actor.id else None
            return view.stage, other is None, [other] if other else []
    return None, False, ()


def _why_not(actor: Actor, view: StageView) -> tuple[int, str]:
    """Why an open stage does not wait for this person, and how near they are to it."""
    if any(str(each.decided_by_id) == actor.id for each, _words in view.decisions):
        return 1, str(_("You have decided this stage. It waits for others."))
    for person, reason in view.excluded:
        if str(person.pk) == actor.id:
            return 0, str(_("You cannot decide this stage: you %(reason)s.")) % {"reason": _to_you(reason)}
    asked = str(PERMISSIONS.get(view.stage.permission, view.stage.permission))
    if view.stage.people or view.stage.groups:
        return 2, str(_("The open stage asks for certain people who may “%(permission)s”.")) % {"permission": asked}
    return 2, str(_("The open stage asks for people who may “%(permission)s”.")) % {"permission": asked}


def _to_you(reason: str) -> str:
    own = {
        str(EXCLUDED["submitter"]): _("submitted this request yourself"),
        str(EXCLUDED["contributor"]): _("worked on it yourself"),
        str(EXCLUDED["policy_author"]): _("wrote or confirmed the policy by which it is approved yourself"),
        str(EXCLUDED["other_stage"]): _("approved another stage already"),
        str(EXCLUDED["held_too_briefly"]): _("were given the role after this was put forward, a short while ago"),
        str(EXCLUDED["given_by_contributor"]): _(
            "were given the role after this was put forward, by somebody who worked on it"
        ),
        str(EXCLUDED["above_limit"]): _("have no limit that covers what this can spend"),
    }
    return str(own.get(reason, reason))
