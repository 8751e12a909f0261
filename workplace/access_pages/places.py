"""Places as these pages name them: `kind:id` in a form, kind and id in an address."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries
from accounts.models import SCOPE_FIELD, AdAccount, Brand, Organisation, Page, Scope
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION, PAGE
from core.actor import Actor
from core.errors import NotFound

KINDS: Final[dict[str, Promise]] = {
    ORGANISATION: gettext_lazy("Organisation"), BRAND: gettext_lazy("Brand"), AD_ACCOUNT: gettext_lazy("Ad account"),
    PAGE: gettext_lazy("Page"),
}  # fmt: skip
MOST_LISTED: Final = 300
Groups = list[tuple[str, list[tuple[str, str]]]]


def kind(scope: Scope) -> str:
    return SCOPE_FIELD[type(scope)]


def key(scope: Scope) -> str:
    """As a form sends it."""
    return f"{kind(scope)}:{scope.pk}"


def url(scope: Scope, name: str = "access_place") -> str:
    return reverse(f"admin:{name}", args=[kind(scope), scope.pk])


def label(scope: Scope) -> str:
    """With the brand it belongs to: two brands may call their ad accounts the same."""
    return f"{scope.brand} › {scope}" if isinstance(scope, AdAccount | Page) else str(scope)


def find(actor: Actor, kind: str, identifier: UUID) -> Scope:
    """A place the actor sees. Raises NotFound."""
    seen: dict[str, Any] = {
        ORGANISATION: queries.visible_organisations, BRAND: queries.visible_brands,
        AD_ACCOUNT: queries.visible_ad_accounts, PAGE: queries.visible_pages,
    }  # fmt: skip
    if kind not in seen:
        raise NotFound()
    above = {BRAND: "organisation", AD_ACCOUNT: "brand__organisation", PAGE: "brand__organisation"}.get(kind)
    rows = seen[kind](actor)
    found: Scope | None = (rows.select_related(above) if above else rows).filter(pk=identifier).first()
    if found is None:
        raise NotFound()
    return found


def named(actor: Actor, text: str) -> Scope:
    """The place that a form or address names. Raises NotFound, also for what is no name of a place."""
    kind, _colon, identifier = text.partition(":")
    try:
        return find(actor, kind, UUID(identifier))
    except ValueError as error:
        raise NotFound() from error


def choices(
    actor: Actor, permissions: tuple[str, ...], chosen: Scope | None = None, kinds: Collection[str] = tuple(KINDS)
) -> Groups:
    """What a select offers: where the actor holds one of these permissions, by kind; at most MOST_LISTED of a kind (the
    others are reached from their own pages, which bring themselves along as `chosen`)."""
    titles = {
        ORGANISATION: _("Organisation"), BRAND: _("Brands"), AD_ACCOUNT: _("Ad accounts"), PAGE: _("Pages"),
    }  # fmt: skip
    found: Groups = []
    offered = queries.places(actor, permissions)
    for kind, rows in ((kind, offered[kind]) for kind in titles if kind in kinds):
        order = ("brand__name",) if kind in (AD_ACCOUNT, PAGE) else ()
        listed = list(rows.order_by(*order, *rows.model._meta.ordering)[:MOST_LISTED])
        if listed:
            found.append((titles[kind], [(key(each), label(each)) for each in listed]))
    if chosen is not None and key(chosen) not in {value for _title, options in found for value, _label in options}:
        found.insert(0, (str(KINDS[SCOPE_FIELD[type(chosen)]]), [(key(chosen), label(chosen))]))
    return found


def crumbs(scope: Scope) -> list[Scope]:
    """What is above it, the highest first."""
    if isinstance(scope, Organisation):
        return []
    return [scope.organisation] if isinstance(scope, Brand) else [scope.brand.organisation, scope.brand]
