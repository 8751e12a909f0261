"""Refusals of `approvals`, with permanent codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, Forbidden, PreconditionUnmet

if TYPE_CHECKING:
    from approvals.models import ApprovalRequest


class SelfApproval(Forbidden):
    """The submitter, and whoever contributed since the last clearance, never decide (R-16)."""

    code = "self_approval"


class MachineDecision(Forbidden):
    """A machine can never satisfy a human stage (R-33)."""

    code = "machine_decision"


class SecondSeat(Forbidden):
    """One person counts once a request: who approved one stage does not approve another."""

    code = "second_seat"


class StageNotOpen(Conflict):
    """The stage is not open: it waits for an earlier one, or is closed."""

    code = "stage_not_open"


class OpenRequestExists(Conflict):
    """An entity has an open request already. `extra['approval_request']` names it."""

    code = "open_request_exists"


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
    def after(cls, request: ApprovalRequest) -> AccountMoved | None:
        """The refusal, if the ad account of `request` (loaded) moved since its submission."""
        placed = request.ad_account.placed_at
        if placed is None or placed <= request.submitted_at:
            return None
        words = _("The ad account moved to another brand since this was put forward; withdraw it and put it forward again there.")
        return cls(words, moved_at=placed.isoformat())


class ChecksFailNow(PreconditionUnmet):
    """The rule sets of today block what is to be cleared or published (R-12, R-23)."""

    code = "checks_fail_now"
