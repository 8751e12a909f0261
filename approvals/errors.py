"""Refusals of `approvals`, with permanent codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from campaigns.content import speaks_as
from core.errors import Conflict, FieldError, Forbidden, Invalid, PreconditionUnmet, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from accounts.placing import Place
    from approvals.models import ApprovalRequest
    from campaigns.models import Revision
    from core.errors import Words


class SelfApproval(Forbidden):
    """The submitter, and whoever contributed since the last clearance, never decide (R-16)."""

    code = "self_approval"


class MachineDecision(Forbidden):
    """A machine can never satisfy a human stage (R-33)."""

    code = "machine_decision"


class HeldTooBriefly(Forbidden):
    """What makes this person eligible was given after the request was put forward, and a moment ago (R-13)."""

    code = "held_too_briefly"


class GivenByContributor(Forbidden):
    """What makes this person eligible was given after the request was put forward, by somebody who contributed to it (R-13)."""

    code = "given_by_contributor"


class NotAsked(Forbidden):
    """The stage names the people or groups it asks, and this person is none of them."""

    code = "not_asked"


class NotDeputy(Forbidden):
    """This person does not stand in for the other on this stage now (R-15)."""

    code = "not_deputy"


class BeyondLimit(Forbidden):
    """The request can spend more than the delegation is for (R-15)."""

    code = "beyond_limit"


class AboveLimit(Forbidden):
    """The stage asks for authority, and the request can spend more than this person, or the one in whose name they decide, may
    approve (R-25). `extra` has `limit` (null: none in this currency) and `exposure`, each an amount with its currency."""

    code = "above_limit"


class SecondSeat(Forbidden):
    """One person counts once a request: who approved one stage does not approve another. Whoever stands in for another is one with
    them in this (R-15)."""

    code = "second_seat"


class OwnRuleChange(Forbidden):
    """This person changed a rule set within the last day, and without that this would be blocked (R-55). `extra` names it."""

    code = "own_rule_change"


class StageNotOpen(Conflict):
    """The stage is not open: it waits for an earlier one, or is closed."""

    code = "stage_not_open"


class LateDecision(StageNotOpen):
    """A “no” to a stage that was satisfied already: it changes nothing, is kept in the log, and offered as revocation (R-19, R-32).
    `extra['revocable']` says whether this person may revoke the approval now."""

    code = "late_decision"
    recorded_as = "approvals.decision.late"

    def __init__(self, detail: Words, said: Mapping[str, str], **extra: object) -> None:
        super().__init__(detail, **extra)
        self.said = said

    @property
    def facts(self) -> Mapping[str, object]:
        return self.said


class MustBeOpened(PreconditionUnmet):
    """This is not approved in bulk: somebody has to look at it by itself (R-31). `extra['because']` says why: `checks` or
    `exposure`."""

    code = "must_be_opened"


class OpenRequestExists(Conflict):
    """An entity has an open request already. `extra['approval_request']` names it."""

    code = "open_request_exists"


class BlockedByParent(OpenRequestExists):
    """What this belongs to was never approved and is under review: wait for that, or amend and join it (R-27).
    `extra['approval_request']` names the parent's request."""

    code = "blocked_by_parent"


class ParentMissing(Invalid):
    """What this belongs to was neither approved nor put forward with it (R-27)."""

    def __init__(self, parent: UUID, words: Words) -> None:
        super().__init__([FieldError("items", "parent_missing", words)])
        self.parent = parent


class ApprovalLapsed(PreconditionUnmet):
    """Who approved an earlier stage holds its role no longer, so the stage lacks approvals again (R-13)."""

    code = "approval_lapsed"


class RequestExpired(Conflict):
    """The time of the request has run out (R-21), whether or not the sweep has been there."""

    code = "request_expired"


class AccountMoved(PreconditionUnmet):
    """The ad account went to another brand after this was put forward: it was routed by that brand's policies, not by these."""

    code = "account_moved"

    @classmethod
    def after(cls, request: ApprovalRequest, place: Place) -> AccountMoved | None:
        """The refusal, if the ad account of `request` does not lie where it was routed. Also one that moved away and came
        back was elsewhere meanwhile: another placement is another authority, whatever the clocks say."""
        if place.placement is not None and place.placement == request.placement_id:
            return None
        words = _("The ad account moved to another brand since this was put forward; withdraw it and put it forward again there.")
        return cls(words, placement=str(place.placement))


class BaseMoved(PreconditionUnmet):
    """What is approved of an entity is not what this was compared with when it was put forward (R-09)."""

    code = "base_moved"


class PageUnlinked(PreconditionUnmet):
    """The ad speaks as a page that its ad account may not use: unlinked, or of a brand that it left."""

    code = "page_unlinked"

    @classmethod
    def among(cls, revisions: Iterable[Revision], place: Place) -> PageUnlinked | None:
        """The refusal, if one of these revisions speaks as a page that is not linked now."""
        for revision in revisions:
            page = speaks_as(revision.content)
            if page is not None and page not in place.pages:
                words = _("“{name}” speaks as a page that is not linked to the ad account any more; choose another page.")
                return cls(say(words, name=revision.name), page=str(page))
        return None


class ChecksFailNow(PreconditionUnmet):
    """The rule sets of today block what is to be cleared or published (R-12, R-23)."""

    code = "checks_fail_now"


class ReauthenticationRequired(Forbidden):
    """The stage is decided by people who showed who they are a moment ago (R-56). `extra['minutes']` is how long that counts."""

    code = "reauthentication_required"


class BlockingComments(PreconditionUnmet):
    """A blocking comment stands: it is resolved first, or the request is refused (R-51). `extra['comments']` names them."""

    code = "blocking_comments"


class ChecklistIncomplete(PreconditionUnmet):
    """What the stage asks to look at was not all ticked (R-51). `extra['missing']` has the keys."""

    code = "checklist_incomplete"


class CommentsFrozen(Conflict):
    """The request is closed: what was said about it stays as it was (R-51)."""

    code = "comments_frozen"


class MayNotBlock(Forbidden):
    """Only somebody whom a stage of the request asks holds it up by a comment, or resolves such a comment (R-51, R-16)."""

    code = "may_not_block"


class EnvelopeExceeded(PreconditionUnmet):
    """What would be approved does not fit into a brand's or ad account's envelope (R-24). `extra` names the month, and to whoever
    sees the envelope also that and how much is missing in minor units.

    `evidence` is what the log is told: who reads there what happened in an ad account need not see its brand's envelope (R-57).
    """

    code = "envelope_exceeded"

    def __init__(self, detail: Words, evidence: Words = "", **extra: object) -> None:
        super().__init__(detail, **extra)
        self.evidence = evidence or detail

    @property
    def in_english(self) -> str:
        return PreconditionUnmet(self.evidence).in_english
