"""Organisations, brands, ad accounts, pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts import locks, names, subjects
from accounts.channels import CHANNELS, TIKTOK, check_facts
from accounts.errors import Unavailable
from accounts.models import AdAccount, Brand, Organisation, Page, Placement
from accounts.services.authority import check_access_manager, conferring, locked
from accounts.services.availability import check_not_searching
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Invalid, say

_TAKEN: Final = _("This exists already.")
_UNAVAILABLE: Final = _("This cannot be used. Who runs this service can say why.")


S = TypeVar("S", Organisation, Brand, Page)


@contextmanager
def _unique(field: str) -> Iterator[None]:
    """A savepoint for one write. Raises Invalid when its unique key is taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid.field(field, "taken", _TAKEN) from error


def _renamed(actor: Actor, scope: S, action: str, field: str, value: str) -> S:
    """A place with another name, judged and read again under its organisation's lock."""
    concerning(subjects.of_scope(scope))
    check_access_manager(actor, scope)
    locked(actor, scope)
    rows: Any = type(scope)._default_manager
    row: S = rows.get(pk=scope.pk)
    if isinstance(row, Brand):
        _check_brand(row.organisation_id, value, row.pk)
    before = _save(row, field, **{field: value})
    record(event(actor, action, subjects.of_scope(row), clock.now(), before=before, **{field: value}))
    return row


def _save(row: Model, field: str, **changed: Any) -> dict[str, Any]:
    """Write what differs of `changed`. Returns it, as it was before. Raises Invalid when `field` is taken."""
    before = {name: getattr(row, name) for name, value in changed.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, changed[name])
    if before:
        with _unique(field):
            row.save(update_fields=list(before))
    return before


@service("accounts.organisation.created")
def create_organisation(*, actor: Actor, name: str, slug: str) -> Organisation:
    """A new tenant; several may have one name, the slug tells them apart. Only the system (commands) may. Raises
    Forbidden, Invalid (slug taken)."""
    check_access_manager(actor, None)
    name = names.name(name)
    with _unique("slug"):
        organisation = Organisation.objects.create(name=name, slug=slug)
    record(event(actor, "accounts.organisation.created", subjects.of_scope(organisation), clock.now(), name=name))
    return organisation


@service("accounts.organisation.edited")
def rename_organisation(*, actor: Actor, organisation: Organisation, name: str) -> Organisation:
    """Another name. Raises NotFound, Forbidden, Invalid."""
    return _renamed(actor, organisation, "accounts.organisation.edited", "name", names.name(name))


def _check_brand(organisation: UUID, name: str, own: UUID | None = None) -> None:
    """Raises Invalid when another brand of the organisation is called so, however it is written."""
    known = Brand.objects.filter(organisation=organisation).exclude(pk__in=[own])
    if names.is_taken(name, known.values_list("name", flat=True)):
        raise Invalid.field("name", "taken", _TAKEN)


@service("accounts.brand.created")
def create_brand(*, actor: Actor, organisation: Organisation, name: str) -> Brand:
    """A brand of an organisation. Needs manage_access there. Raises Forbidden, Invalid (taken)."""
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    locked(actor, organisation)
    name = names.name(name)
    _check_brand(organisation.pk, name)
    with _unique("name"):
        brand = Brand.objects.create(organisation=organisation, name=name)
    record(event(actor, "accounts.brand.created", subjects.of_scope(brand), clock.now(), name=name))
    return brand


@service("accounts.brand.edited")
def rename_brand(*, actor: Actor, brand: Brand, name: str) -> Brand:
    """Another name. Raises NotFound, Forbidden, Invalid (taken)."""
    return _renamed(actor, brand, "accounts.brand.edited", "name", names.name(name))


@service("accounts.page.created")
def create_page(*, actor: Actor, brand: Brand, external_id: str, identity_type: str, handle: str) -> Page:
    """An identity ads may speak as. Needs manage_access on the brand. Raises Forbidden, Invalid (taken, identity type)."""
    concerning(subjects.of_scope(brand))
    check_access_manager(actor, brand)
    known = CHANNELS[TIKTOK].identity_types
    if identity_type not in known:
        words = say(_("Choose one of {choices}."), choices=", ".join(known))
        raise Invalid.field("identity_type", "unknown_identity_type", words)
    external_id, handle = names.channel_id(external_id), names.name(handle, names.SHORT, "handle")
    with _unique("external_id"):
        page = Page.objects.create(brand=brand, external_id=external_id, identity_type=identity_type, handle=handle)
    record(event(actor, "accounts.page.created", subjects.of_scope(page), clock.now(), external_id=external_id))
    return page


@service("accounts.page.edited")
def rename_page(*, actor: Actor, page: Page, handle: str) -> Page:
    """Another handle; which identity it is stays. Raises NotFound, Forbidden."""
    return _renamed(actor, page, "accounts.page.edited", "handle", names.name(handle, names.SHORT, "handle"))


def _check_pages(pages: Sequence[Page], brand: Brand) -> None:
    if any(page.brand_id != brand.pk for page in pages):
        raise Invalid.field("pages", "other_brand", _("A page can only be linked to ad accounts of its own brand."))


@service("accounts.ad_account.created")
def create_ad_account(
    *, actor: Actor, brand: Brand, external_id: str, name: str, currency: str, timezone: str, country: str,
    pages: Sequence[Page] = (), channel: str = TIKTOK,
) -> AdAccount:  # fmt: skip
    """One advertiser, which one organisation alone publishes into (docs/adr/0017). Needs manage_access on the brand.

    Raises Invalid (name, id, channel, currency, time zone, country, pages), Unavailable, TooManyTried, Forbidden.
    """
    concerning(subjects.of_scope(brand))
    check_access_manager(actor, brand)
    name, external_id = names.name(name), names.channel_id(external_id)
    check_facts(channel, currency, timezone, country)
    _check_pages(pages, brand)
    check_not_searching(actor, brand.organisation)
    account = AdAccount(
        brand=brand, channel=channel, external_id=external_id, name=name, currency=currency, timezone=timezone, country=country
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        held = AdAccount.objects.filter(channel=channel, external_id=external_id)
        foreign = held.exclude(brand__organisation=brand.organisation_id).exists()
        raise Unavailable("external_id", _UNAVAILABLE, foreign=foreign) from error
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
    before = _save(account, "name", name=account.name if name is None else names.name(name))
    payload: dict[str, Any] = {"before": before, "name": account.name}
    if pages is not None:
        _check_pages(pages, account.brand)
        account.pages.set(pages)
        payload["pages"] = sorted(page.handle for page in pages)
    record(event(actor, "accounts.ad_account.edited", subjects.of_scope(account), clock.now(), **payload))
    return account
