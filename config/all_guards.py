"""Every guard that the database should have, in the order of the packages: what readiness asks for (docs/guards.md)."""

from typing import Final

from accounts import guards as accounts
from accounts import guards_deputies, guards_limits
from approvals import guards as approvals
from approvals import (
    guards_ads,
    guards_claims,
    guards_comments,
    guards_compromises,
    guards_declines,
    guards_envelopes,
    guards_freezes,
    guards_policies,
    guards_splits,
    guards_times,
)
from audit import guards as audit
from campaigns import guards as campaigns
from campaigns import guards_analyses
from core.triggers import VendorSQL
from governance import guards as governance
from governance import guards_budgets, guards_replays
from notices import guards as notices
from publishing import guards as publishing
from publishing import guards_freezes as publishing_freezes
from publishing import guards_reschedules

ALL: Final[list[VendorSQL]] = [
    *audit.GUARDS,
    *accounts.VIEWS,
    *accounts.GUARDS,
    *guards_deputies.VIEWS,
    *guards_deputies.GUARDS,
    *guards_limits.GUARDS,
    *campaigns.GUARDS,
    *guards_analyses.GUARDS,
    *governance.VIEWS,
    *governance.GUARDS,
    *guards_budgets.GUARDS,
    *guards_replays.GUARDS,
    *approvals.VIEWS,
    *guards_compromises.VIEWS,
    *guards_comments.VIEWS,
    *approvals.GUARDS,
    *guards_ads.GUARDS,
    *guards_envelopes.GUARDS,
    *guards_declines.GUARDS,
    *guards_comments.GUARDS,
    *guards_times.GUARDS,
    *guards_policies.GUARDS,
    *guards_claims.GUARDS,
    *guards_splits.GUARDS,
    *guards_freezes.GUARDS,
    *guards_compromises.GUARDS,
    *publishing.GUARDS,
    *publishing_freezes.GUARDS,
    *guards_reschedules.GUARDS,
    *notices.GUARDS,
]
