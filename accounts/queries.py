"""Reading `accounts` and the log: what an actor may see, by the scopes on which they hold the permission."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import AdAccount, Brand, Page
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION, PAGE, Grants, grants_of_actor
from audit.models import AuditEvent
from core.actor import Actor


def visible_brands(actor: Actor) -> QuerySet[Brand]:
    """Brands on which, or on whose organisation, the actor holds `view`."""
    held = grants_of_actor(actor)
    return Brand.objects.filter(Q(pk__in=held.ids("view", BRAND)) | Q(organisation_id__in=held.ids("view", ORGANISATION)))


def visible_ad_accounts(actor: Actor) -> QuerySet[AdAccount]:
    """Ad accounts under the actor's `view`."""
    return AdAccount.objects.filter(grants_of_actor(actor).filter("view"))


def visible_pages(actor: Actor) -> QuerySet[Page]:
    """Pages on which, or on whose brand or organisation, the actor holds `view`."""
    held = grants_of_actor(actor)
    return Page.objects.filter(
        Q(pk__in=held.ids("view", PAGE))
        | Q(brand_id__in=held.ids("view", BRAND))
        | Q(brand__organisation_id__in=held.ids("view", ORGANISATION))
    )


def audited(held: Grants) -> Q:
    """The condition for events an auditor may read: those of the scopes on which they hold `audit` (R-60)."""
    condition = Q(pk__in=())
    for kind in (ORGANISATION, BRAND, AD_ACCOUNT):
        if ids := held.ids("audit", kind):
            condition |= Q(**{f"{kind}__in": sorted(ids)})
    return condition


def visible_events(actor: Actor) -> QuerySet[AuditEvent]:
    """Events an auditor may read."""
    return AuditEvent.objects.filter(audited(grants_of_actor(actor)))
