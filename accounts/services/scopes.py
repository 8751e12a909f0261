"""Organisations, brands, ad accounts, pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts import locks, subjects
from accounts.models import AdAccount, Brand, Organisation, Page, Placement
from accounts.services.authority import check_access_manager, conferring, locked
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Invalid, Words
from core.money import known_currencies


@cache
def _timezones() -> frozenset[str]:
    """Read once: the standard library opens some six hundred files for each answer."""
    return frozenset(available_timezones())


_TAKEN: Final = ("taken", _("This exists already."))
_UNAVAILABLE: Final = ("unavailable", _("This cannot be used. Who runs this service can say why."))
"""Of what is unique across organisations: nobody learns from the answer whose it is."""


S = TypeVar("S", Organisation, Brand, Page)


@contextmanager
def _unique(field: str, said: tuple[str, Words] = _TAKEN) -> Iterator[None]:
    """A savepoint for one write. Raises Invalid when its unique key is taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid.field(field, *said) from error


def _renamed(
    actor: Actor, scope: S, action: str, field: str, value: str, said: tuple[str, Words] = _TAKEN
) -> S:  # fmt: skip
    """A place with another name, judged and read again under its organisation's lock."""
    concerning(subjects.of_scope(scope))
    check_access_manager(actor, scope)
    locked(actor, scope)
    rows: Any = type(scope)._default_manager
    row: S = rows.get(pk=scope.pk)
    before = _save(row, field, said, **{field: value})
    record(event(actor, action, subjects.of_scope(row), clock.now(), before=before, **{field: value}))
    return row


def _save(row: Model, field: str, said: tuple[str, Words] = _TAKEN, **changed: Any) -> dict[str, Any]:
    """Write what differs of `changed`. Returns it, as it was before. Raises Invalid when `field` is taken."""
    before = {name: getattr(row, name) for name, value in changed.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, changed[name])
    if before:
        with _unique(field, said):
            row.save(update_fields=list(before))
    return before


@service("accounts.organisation.created")
def create_organisation(*, actor: Actor, name: str, slug: str) -> Organisation:
    """A new tenant. Only the system (commands) may. Raises Forbidden, Invalid (taken)."""
    check_access_manager(actor, None)
    with _unique("slug"):
        organisation = Organisation.objects.create(name=name, slug=slug)
    record(event(actor, "accounts.organisation.created", subjects.of_scope(organisation), clock.now(), name=name))
    return organisation


@service("accounts.organisation.edited")
def rename_organisation(*, actor: Actor, organisation: Organisation, name: str) -> Organisation:
    """Another name. Raises NotFound, Forbidden, Invalid (unavailable)."""
    return _renamed(actor, organisation, "accounts.organisation.edited", "name", name, _UNAVAILABLE)


@service("accounts.brand.created")
def create_brand(*, actor: Actor, organisation: Organisation, name: str) -> Brand:
    """A brand of an organisation. Needs manage_access there. Raises Forbidden, Invalid (taken)."""
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    with _unique("name"):
        brand = Brand.objects.create(organisation=organisation, name=name)
    record(event(actor, "accounts.brand.created", subjects.of_scope(brand), clock.now(), name=name))
    return brand


@service("accounts.brand.edited")
def rename_brand(*, actor: Actor, brand: Brand, name: str) -> Brand:
    """Another name. Raises NotFound, Forbidden, Invalid (taken)."""
    return _renamed(actor, brand, "accounts.brand.edited", "name", name)


@service("accounts.page.created")
def create_page(*, actor: Actor, brand: Brand, external_id: str, identity_type: str, handle: str) -> Page:
    """An identity ads may speak as. Needs manage_access on the brand. Raises Forbidden, Invalid (taken)."""
    concerning(subjects.of_scope(brand))
    check_access_manager(actor, brand)
    with _unique("external_id"):
        page = Page.objects.create(brand=brand, external_id=external_id, identity_type=identity_type, handle=handle)
    record(event(actor, "accounts.page.created", subjects.of_scope(page), clock.now(), external_id=external_id))
    return page


@service("accounts.page.edited")
def rename_page(*, actor: Actor, page: Page, handle: str) -> Page:
    """Another handle; which identity it is stays. Raises NotFound, Forbidden."""
    return _renamed(actor, page, "accounts.page.edited", "handle", handle)


def _check_pages(pages: Sequence[Page], brand: Brand) -> None:
    if any(page.brand_id != brand.pk for page in pages):
        raise Invalid.field("pages", "other_brand", _("A page can only be linked to ad accounts of its own brand."))


@service("accounts.ad_account.created")
def create_ad_account(
    *, actor: Actor, brand: Brand, external_id: str, name: str, currency: str, timezone: str, country: str,
    pages: Sequence[Page] = (), channel: str = "tiktok",
) -> AdAccount:  # fmt: skip
    """One advertiser. Needs manage_access on the brand. Raises Invalid (currency, time zone, pages, taken), Forbidden."""
    concerning(subjects.of_scope(brand))
    check_access_manager(actor, brand)
    if currency not in known_currencies():
        raise Invalid.field("currency", "unknown_currency", _("Give an ISO 4217 code such as USD."))
    if timezone not in _timezones():
        raise Invalid.field("timezone", "unknown_timezone", _("Give an IANA time zone such as Europe/Berlin."))
    _check_pages(pages, brand)
    with _unique("external_id", _UNAVAILABLE):
        account = AdAccount.objects.create(
            brand=brand, channel=channel, external_id=external_id, name=name, currency=currency, timezone=timezone, country=country
        )
    account.pages.set(pages)
    now = clock.now()
    born = {**conferring(actor, brand.organisation_id, now), "since": now}
    Placement.objects.create(ad_account=account, brand=brand, **born)
    payload = {"name": name, "currency": currency, "timezone": timezone, "country": country, "external_id": external_id}
    record(event(actor, "accounts.ad_account.created", subjects.of_scope(account), now, **payload))
    return account


@service("accounts.ad_account.edited")
def edit_ad_account(
    *, actor: Actor, ad_account: AdAccount, name: str | None = None, pages: Sequence[Page] | None = None
) -> AdAccount:
    """Another name, or other pages that its ads may speak as. Raises NotFound, Forbidden, Invalid (pages of another brand)."""
    concerning(subjects.of_scope(ad_account))
    check_access_manager(actor, ad_account)
    locked(actor, ad_account)
    account = locks.ad_account(ad_account.pk)
    before = _save(account, "name", name=account.name if name is None else name)
    payload: dict[str, Any] = {"before": before, "name": account.name}
    if pages is not None:
        _check_pages(pages, account.brand)
        account.pages.set(pages)
        payload["pages"] = sorted(page.handle for page in pages)
    record(event(actor, "accounts.ad_account.edited", subjects.of_scope(account), clock.now(), **payload))
    return account
