"""Triggers that keep the state of each ad that of its latest request (approvals.models.AdState). That nobody else writes it,
guards_splits sees to.

No service has to remember it, and it costs no statement. A row is only ever locked by a writer that holds its request.
"""

from __future__ import annotations

from typing import Final

from approvals.guards import ITEMS
from approvals.views import REQUESTS
from core.dialects import Dialect
from core.triggers import follow

AD_STATES: Final = "approvals_adstate"


def _ad_drafted(_: Dialect) -> str:
    return f"INSERT INTO {AD_STATES} (ad_id, ad_account_id, state) VALUES (NEW.id, NEW.ad_account_id, 'draft')"


def _ad_put_forward(_: Dialect) -> str:
    return (
        f"UPDATE {AD_STATES} SET request_id = NEW.request_id,"
        f" state = (SELECT r.state FROM {REQUESTS} r WHERE r.id = NEW.request_id)"
        " WHERE ad_id = NEW.entity_id AND NEW.entity_type = 'ad'"
    )


def _ad_state_moved(_: Dialect) -> str:
    return f"UPDATE {AD_STATES} SET state = NEW.state WHERE request_id = NEW.id"


GUARDS: Final = [
    follow("approvals_ad_state_drafted", "campaigns_ad", "INSERT", _ad_drafted),
    follow("approvals_ad_state_put_forward", ITEMS, "INSERT", _ad_put_forward),
    follow("approvals_ad_state_moved", REQUESTS, "UPDATE OF state", _ad_state_moved),
]
