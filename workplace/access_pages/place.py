"""Places: the tree of the organisation, and for each place who may do what there and what lies below it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.explain import check_may_ask, everybody
from accounts.models import AdAccount, Brand, Organisation, Page, Scope
from accounts.permissions import AD_ACCOUNT, BRAND, PAGE, scope_chain
from accounts.roles import PERMISSIONS
from core.errors import NotFound
from workplace.access import actor_of, grants
from workplace.access_pages import places
from workplace.access_pages.base import act, governing, page, render
from workplace.access_pages.forms import Form, LinkPages, NewAccount, NewBrand, NewPage, Rename
from workplace.paging import leaf

PAGE_SIZE = 50
MOST_BRANDS = 300


@page()
@governing
def listing(request: HttpRequest) -> HttpResponseBase:
    """The places in which the reader looks after access, by brand; without one, what they were given singly."""
    found = queries.places(actor_of(request))
    brands = found[BRAND].annotate(
        accounts=Count("ad_accounts", distinct=True), identities=Count("pages", distinct=True)
    )
    single = [
        list(found[kind].exclude(brand__in=found[BRAND].values("pk")).order_by("brand__name", "pk")[:PAGE_SIZE])
        for kind in (AD_ACCOUNT, PAGE)
    ]
    return render(
        request, "places", _("Places"), "access_places", organisations=found["organisation"],
        brands=brands.order_by("name")[:MOST_BRANDS], single=[*single[0], *single[1]],
    )  # fmt: skip


@page()
def show(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """The page of one place."""
    return show_place(request, places.find(actor_of(request), kind, identifier), None, "", 200)


def show_place(request: HttpRequest, scope: Scope, typed: Any, problem: str, status: int) -> HttpResponseBase:
    """The page as it is now, with what was typed. Raises NotFound, Forbidden (neither manages nor audits here)."""
    actor = actor_of(request)
    check_may_ask(actor, scope)
    may = grants(request).allows("manage_access", scope)
    forms = _forms(scope) if may else {}
    if typed is not None:
        forms[typed.key] = typed
    held = everybody(scope_chain(scope))
    return render(
        request, "place", str(scope), "access_places", problem=problem, status=status, scope=scope, kind=places.kind(scope),
        crumbs=places.crumbs(scope), may_administer=may, forms=forms, typed=typed,
        table=[(code, said, held.get(code, [])) for code, said in PERMISSIONS.items()],
        **_below(request, scope),
    )  # fmt: skip


def _forms(scope: Scope) -> dict[str, Form]:
    """What can be typed here, by kind of place."""
    made: list[Form] = [Rename(initial={"name": _name(scope)}, most=_most(scope), is_handle=isinstance(scope, Page))]
    if isinstance(scope, Organisation):
        made.append(NewBrand())
    elif isinstance(scope, Brand):
        made += [NewAccount(), NewPage()]
    elif isinstance(scope, AdAccount):
        linked = scope.pages.values_list("pk", flat=True)
        made.append(LinkPages(_identities(scope), initial={"pages": [str(pk) for pk in linked]}))
    return {form.key: form for form in made}


def _name(scope: Scope) -> str:
    return scope.handle if isinstance(scope, Page) else scope.name


def _most(scope: Scope) -> int:
    return 100 if isinstance(scope, Page) else 200


def _identities(account: AdAccount) -> QuerySet[Page]:
    return Page.objects.filter(brand=account.brand_id).order_by("handle", "pk")


def _below(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """What lies below, as far as the reader sees it."""
    actor = actor_of(request)
    if isinstance(scope, Organisation):
        return {"brands": queries.visible_brands(actor).filter(organisation=scope).order_by("name")[:MOST_BRANDS]}
    if isinstance(scope, AdAccount):
        return {"linked": scope.pages.order_by("handle")}
    if not isinstance(scope, Brand):
        seen = queries.visible_ad_accounts(actor).values("pk")
        return {"users_of_page": scope.ad_accounts.filter(pk__in=seen).order_by("name", "pk")[:PAGE_SIZE]}
    text = request.GET.get("q", "").replace("\x00", "")
    rows = queries.visible_ad_accounts(actor).filter(brand=scope)
    found = (rows.filter(name__icontains=text) if text else rows).order_by("name", "pk")
    listed = leaf(found, request.GET.get("page", ""), PAGE_SIZE)
    return {
        "accounts": listed.rows, "next": listed.next, "text": text,
        "identities": queries.visible_pages(actor).filter(brand=scope).order_by("handle")[:MOST_BRANDS],
    }  # fmt: skip


# --- acts ---------------------------------------------------------------------------------------------------------------------

RENAME: dict[type[Any], Callable[..., Any]] = {
    Organisation: lambda scope, name, **how: services.rename_organisation(organisation=scope, name=name, **how),
    Brand: lambda scope, name, **how: services.rename_brand(brand=scope, name=name, **how),
    AdAccount: lambda scope, name, **how: services.edit_ad_account(ad_account=scope, name=name, **how),
    Page: lambda scope, name, **how: services.rename_page(page=scope, handle=name, **how),
}


@page("POST")
def rename(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """Another name."""
    actor = actor_of(request)
    scope = places.find(actor, kind, identifier)
    return act(
        request, Rename(request.POST, most=_most(scope), is_handle=isinstance(scope, Page)), partial(show_place, request, scope),
        lambda typed: RENAME[type(scope)](scope, typed["name"], actor=actor), _("Renamed."), places.url(scope),
    )  # fmt: skip


@page("POST")
def new_brand(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """A brand of the organisation."""
    actor = actor_of(request)
    scope = places.find(actor, kind, identifier)
    if not isinstance(scope, Organisation):
        raise NotFound()
    return act(
        request, NewBrand(request.POST), partial(show_place, request, scope),
        lambda typed: services.create_brand(actor=actor, organisation=scope, **typed), _("The brand is here now."), places.url,
    )  # fmt: skip


def _brand(request: HttpRequest, kind: str, identifier: UUID) -> Brand:
    scope = places.find(actor_of(request), kind, identifier)
    if not isinstance(scope, Brand):
        raise NotFound()
    return scope


@page("POST")
def new_account(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """An ad account of the brand."""
    brand = _brand(request, kind, identifier)
    return act(
        request, NewAccount(request.POST), partial(show_place, request, brand),
        lambda typed: services.create_ad_account(actor=actor_of(request), brand=brand, **typed),
        _("The ad account is here now. Choose the pages its ads may speak as."), places.url,
    )  # fmt: skip


@page("POST")
def new_page(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """An identity of the brand."""
    brand = _brand(request, kind, identifier)
    return act(
        request, NewPage(request.POST), partial(show_place, request, brand),
        lambda typed: services.create_page(actor=actor_of(request), brand=brand, **typed),
        _("The page is here now. Link it to the ad accounts that may use it."), places.url(brand),
    )  # fmt: skip


@page("POST")
def link_pages(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """Which pages the ads of an ad account may speak as."""
    actor = actor_of(request)
    scope = places.find(actor, kind, identifier)
    if not isinstance(scope, AdAccount):
        raise NotFound()
    return act(
        request, LinkPages(_identities(scope), request.POST), partial(show_place, request, scope),
        lambda typed: services.edit_ad_account(actor=actor, ad_account=scope, pages=typed["pages"]),
        _("Its ads may speak as these pages now."), places.url(scope),
    )  # fmt: skip
