"""The register of actions. An event with an unregistered action cannot be written; names are never reused.

`package.subject.past_participle`; the text is what an auditor reads.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: Final[dict[str, Promise]] = {
    "accounts.organisation.created": _("Organisation created"),
    "accounts.organisation.edited": _("Organisation edited"),
    "accounts.brand.created": _("Brand created"),
    "accounts.brand.edited": _("Brand edited"),
    "accounts.ad_account.created": _("Ad account created"),
    "accounts.ad_account.edited": _("Ad account edited"),
    "accounts.ad_account.moved": _("Ad account moved to another brand"),
    "accounts.page.created": _("Page created"),
    "accounts.page.edited": _("Page edited"),
    "accounts.user.created": _("Person created"),
    "accounts.user.edited": _("Person edited"),
    "accounts.service_account.created": _("Service account created"),
    "accounts.user_group.created": _("User group created"),
    "accounts.user_group.edited": _("User group edited"),
    "accounts.membership.granted": _("Member added to a user group"),
    "accounts.membership.revoked": _("Member removed from a user group"),
    "accounts.user.deactivated": _("Person deactivated"),
    "accounts.user.reactivated": _("Person reactivated"),
    "accounts.role.granted": _("Role granted"),
    "accounts.role.revoked": _("Role revoked"),
    "accounts.custom_role.created": _("Role created"),
    "accounts.custom_role.changed": _("Role changed"),
    "accounts.delegation.given": _("Somebody stands in for somebody"),
    "accounts.delegation.ended": _("Standing in ended"),
    "accounts.absence.recorded": _("Absence recorded"),
    "accounts.absence.ended": _("Absence ended"),
    "accounts.access_policy.changed": _("Access policy changed"),
    "accounts.change.confirmed": _("Change of access confirmed by a second access manager"),
    "accounts.change.declined": _("Change of access declined"),
    "accounts.access.reviewed": _("Access reviewed"),
    "accounts.api_token.created": _("API token created"),
    "accounts.api_token.revoked": _("API token revoked"),
    "accounts.user.invited": _("Invitation sent"),
    "accounts.user.locked": _("Locked out after wrong tries"),
    "accounts.user.unlocked": _("Lock-out lifted"),
    "accounts.session.opened": _("Logged in"),
    "accounts.session.refused": _("Log-in failed"),
    "accounts.session.confirmed": _("Shown again who it is"),
    "accounts.session.closed": _("Logged out"),
    "accounts.sessions.ended": _("Sessions ended"),
    "accounts.password.changed": _("Password changed"),
    "accounts.second_factor.added": _("Second factor added"),
    "accounts.second_factor.removed": _("Second factor removed"),
    "accounts.second_factor.reset": _("Second factor reset"),
    "accounts.identity.linked": _("Linked with single sign-on"),
    "campaigns.media_asset.uploaded": _("Media uploaded"),
    "campaigns.media_asset.analysed": _("Media analysed"),
    "campaigns.campaign.drafted": _("Campaign drafted"),
    "campaigns.campaign.edited": _("Campaign draft edited"),
    "campaigns.ad_group.drafted": _("Ad group drafted"),
    "campaigns.ad_group.edited": _("Ad group draft edited"),
    "campaigns.ad.drafted": _("Ad drafted"),
    "campaigns.ad.edited": _("Ad draft edited"),
    "approvals.envelope.set": _("Envelope set"),
    "approvals.envelope.confirmed": _("Amount of an envelope confirmed"),
    "approvals.envelope.declined": _("Amount of an envelope declined"),
    "approvals.envelope.continued": _("Endless campaign counted on in envelopes"),
    "approvals.envelope.expired": _("Reservation in envelopes ran out"),
    "governance.rule_set.published": _("Rule set version published"),
    "governance.rule_set.confirmed": _("Rule set version confirmed"),
    "governance.rule_set.declined": _("Rule set version declined"),
    "governance.finding.overridden": _("Soft finding overridden"),
    "governance.waiver.proposed": _("Waiver proposed"),
    "governance.waiver.confirmed": _("Waiver confirmed by another person"),
    "governance.waiver.ended": _("Waiver ended"),
    "governance.budget_minimum.set": _("Minimum budget set"),
    "governance.replay.started": _("Replay of a rule set started"),
    "governance.replay.cancelled": _("Replay of a rule set cancelled"),
    "governance.replay.ended": _("Replay of a rule set ended"),
    "governance.check_runs.completed": _("Checks completed"),
    "approvals.calendar.set": _("Working time set"),
    "approvals.freeze.set": _("Freeze set"),
    "approvals.freeze.ended": _("Freeze ended before its time"),
    "approvals.freeze.passed": _("Request let through a freeze"),
    "approvals.policy.published": _("Approval policy version published"),
    "approvals.policy.confirmed": _("Approval policy version confirmed"),
    "approvals.policy.declined": _("Approval policy version declined"),
    "approvals.policy.retired": _("Approval policy retired"),
    "approvals.request.tightened": _("Stages added by a stricter policy"),
    "approvals.request.lowered": _("Spending lowered"),
    "approvals.request.submitted": _("Approval requested"),
    "approvals.request.reviewable": _("Checks passed, review opened"),
    "approvals.request.blocked": _("Checks blocked the request"),
    "approvals.decision.recorded": _("Decision recorded"),
    "approvals.decision.late": _("Refusal after the stage was closed"),
    "approvals.account.compromised": _("Account declared compromised"),
    "approvals.request.recalled": _("Request with a vote of a compromised account seen to"),
    "approvals.stage.reopened": _("Stages opened again"),
    "approvals.stage.skipped": _("Stage left out by a rule"),
    "approvals.stage.satisfied": _("Stage satisfied"),
    "approvals.stage.opened": _("Stages opened"),
    "approvals.stage.reminded": _("Reminded of a stage's deadline"),
    "approvals.stage.escalated": _("Deadline of a stage passed, more people asked"),
    "approvals.stage.stalled": _("Nobody is left to decide a stage"),
    "approvals.stage.reachable": _("Stage can be decided again"),
    "approvals.request.approved": _("Request approved and cleared"),
    "approvals.request.changes_requested": _("Changes requested"),
    "approvals.request.resumed": _("Request for changes lifted, review goes on"),
    "approvals.decision.carried": _("Approval of the version before carried over"),
    "approvals.comment.written": _("Comment written"),
    "approvals.comment.resolved": _("Comment resolved"),
    "approvals.comment.reopened": _("Comment opened again"),
    "approvals.comment.carried": _("Blocking comment on the version before stands still"),
    "approvals.decision.outdated": _("Approval of the version before outdated"),
    "approvals.request.rejected": _("Request rejected"),
    "approvals.request.withdrawn": _("Request withdrawn"),
    "approvals.request.expired": _("Request expired"),
    "approvals.request.superseded": _("Request superseded by a new one"),
    "approvals.request.claimed": _("Somebody is looking at the request"),
    "approvals.request.released": _("Somebody is not looking at the request any more"),
    "approvals.request.revoked": _("Approval revoked"),
    "publishing.publication.admitted": _("Publication admitted by the gate"),
    "publishing.publication.dispatched": _("Sending to the channel begun"),
    "publishing.publication.published": _("Published on the channel"),
    "publishing.publication.refused": _("Refused by the channel"),
    "publishing.publication.failed": _("Publication given up"),
    "publishing.publication.unconfirmed": _("Sent, no answer from the channel"),
    "publishing.publication.held": _("Publication held by a freeze"),
    "publishing.publication.retried": _("Publication to be tried again"),
    "publishing.publication.cancelled": _("Publication cancelled"),
    "publishing.media.uploaded": _("Media put on the channel"),
    "publishing.drift.found": _("Difference between channel and clearance found"),
    "notices.preference.set": _("Choice of mail set"),
}


class UnknownAction(LookupError):
    """The action is not in the register."""


def text(action: str) -> str:
    """What an auditor reads for `action`; the name itself for actions of a later version."""
    return str(ACTIONS.get(action, action))


def require(action: str) -> str:
    """`action`, if registered. Raises UnknownAction."""
    if action not in ACTIONS:
        raise UnknownAction(f"`{action}` is not in audit/actions.py")
    return action
