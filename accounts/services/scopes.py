"""Organisations, brands, ad accounts, pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from accounts import subjects
from accounts.models import AdAccount, Brand, Organisation, Page
from accounts.services.authority import check_access_manager
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Invalid
from core.money import known_currencies


@cache
def _timezones() -> frozenset[str]:
    """Read once: the standard library opens some six hundred files for each answer."""
    return frozenset(available_timezones())


@service("accounts.organisation.created")
def create_organisation(*, actor: Actor, name: str, slug: str) -> Organisation:
    """A new tenant. Only the system (commands) may. Raises Forbidden."""
    check_access_manager(actor, None)
    organisation = Organisation.objects.create(name=name, slug=slug)
    record(event(actor, "accounts.organisation.created", subjects.of_scope(organisation), clock.now(), name=name))
    return organisation


@service("accounts.brand.created")
def create_brand(*, actor: Actor, organisation: Organisation, name: str) -> Brand:
    """A brand of an organisation. Needs manage_access there. Raises Forbidden."""
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    brand = Brand.objects.create(organisation=organisation, name=name)
    record(event(actor, "accounts.brand.created", subjects.of_scope(brand), clock.now(), name=name))
    return brand


@service("accounts.page.created")
def create_page(*, actor: Actor, brand: Brand, external_id: str, identity_type: str, handle: str) -> Page:
    """An identity ads may speak as. Needs manage_access on the brand. Raises Forbidden."""
    concerning(subjects.of_scope(brand))
    check_access_manager(actor, brand)
    page = Page.objects.create(brand=brand, external_id=external_id, identity_type=identity_type, handle=handle)
    record(event(actor, "accounts.page.created", subjects.of_scope(page), clock.now(), external_id=external_id))
    return page


@service("accounts.ad_account.created")
def create_ad_account(
    *, actor: Actor, brand: Brand, external_id: str, name: str, currency: str, timezone: str, country: str,
    pages: Sequence[Page] = (), channel: str = "tiktok",
) -> AdAccount:  # fmt: skip
    """One advertiser. Needs manage_access on the brand. Raises Invalid (currency, time zone, pages), Forbidden."""
    concerning(subjects.of_scope(brand))
    check_access_manager(actor, brand)
    if currency not in known_currencies():
        raise Invalid.field("currency", "unknown_currency", _("Give an ISO 4217 code such as USD."))
    if timezone not in _timezones():
        raise Invalid.field("timezone", "unknown_timezone", _("Give an IANA time zone such as Europe/Berlin."))
    if any(page.brand_id != brand.pk for page in pages):
        raise Invalid.field("pages", "other_brand", _("A page can only be linked to ad accounts of its own brand."))
    account = AdAccount.objects.create(
        brand=brand, channel=channel, external_id=external_id, name=name, currency=currency, timezone=timezone, country=country
    )
    account.pages.set(pages)
    payload = {"name": name, "currency": currency, "timezone": timezone, "country": country, "external_id": external_id}
    record(event(actor, "accounts.ad_account.created", subjects.of_scope(account), clock.now(), **payload))
    return account
