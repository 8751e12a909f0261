"""Moving an ad account to another brand of its organisation: other people look after it from the next request on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import locks, subjects
from accounts.holdings import clashes_at
from accounts.models import AdAccount, Brand, Placement, User
from accounts.second_manager import Interest
from accounts.services.access import told
from accounts.services.authority import check_access_manager, conferring, locked
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid


def carry_out(placement: Placement, now: datetime) -> dict[str, Any]:
    """Make it so; the caller holds the organisation's lock. Returns what the log tells of it: the handles of the pages that
    were unlinked (a page is used by ad accounts of its own brand alone), and whose duties clash there (R-60)."""
    account = locks.ad_account(placement.ad_account_id)
    foreign = list(account.pages.exclude(brand=placement.brand_id))
    account.pages.remove(*foreign)
    account.brand, account.placed_at = placement.brand, now
    account.save(update_fields=("brand", "placed_at"))
    return {"unlinked": [page.handle for page in foreign], "clashes": told(clashes_at(account, now))}


@service("accounts.ad_account.moved")
def move_ad_account(*, actor: Actor, ad_account: AdAccount, brand: Brand) -> Placement:
    """Put an ad account under another brand of its organisation; needs manage_access on both.

    Rights inherited from the old brand end, those of the new one begin, at the next request. What was put forward before
    has to be put forward again (approvals), because it was routed by the old brand's policies. Awaits a second access
    manager where the organisation says so (R-55). Nobody moves it to where they or their machines hold more on it. Raises
    NotFound, Forbidden, Invalid (other organisation), Conflict.
    """
    concerning(subjects.of_scope(ad_account))
    check_access_manager(actor, ad_account)
    check_access_manager(actor, ad_account.brand)
    check_access_manager(actor, brand)
    if brand.organisation_id != ad_account.brand.organisation_id:
        raise Invalid.field("brand", "other_organisation", _("An ad account never leaves its organisation."))
    locked(actor, ad_account)
    account, now = locks.ad_account(ad_account.pk), clock.now()
    check_access_manager(actor, account.brand)
    check_access_manager(actor, brand)
    if account.brand_id == brand.pk:
        raise Conflict(_("The ad account belongs to this brand already."))
    row = Placement(ad_account=account, brand=brand, **conferring(actor, brand.organisation_id, now))
    if isinstance(actor.principal, User) and Interest(actor.principal, now).gains(row):
        raise Forbidden(_("Nobody moves an ad account to where they hold more on it; another access manager does."))
    row.save(force_insert=True)
    done = {} if row.is_awaited else carry_out(row, now)
    places = {"before": str(account.brand_id), "brand": str(brand.pk)}
    said = event(
        actor, "accounts.ad_account.moved", subjects.of_scope(account), now,
        awaited=row.is_awaited, **done, **places,
    )  # fmt: skip
    record(said)
    return row
