"""Moving an ad account to another brand: say first who loses, who gains, and what else it undoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries, services
from accounts.access_policy import current_policy
from accounts.explain import everybody
from accounts.models import AdAccount, Brand, User
from accounts.permissions import AD_ACCOUNT, check, scope_chain
from accounts.roles import PERMISSIONS
from approvals.queries import visible_requests
from approvals.states import OPEN_STATES
from core import clock
from core.actor import Actor
from core.errors import NotFound
from workplace.access import actor_of
from workplace.access_pages import places
from workplace.access_pages.base import act, page, render, thanks_for
from workplace.access_pages.forms import Form


class Target(Form):
    """The brand it goes to."""

    brand = forms.ChoiceField(label=gettext_lazy("To the brand"))

    def __init__(self, brands: list[Brand], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brands = {str(each.pk): each for each in brands}
        options = [("", _("Choose…")), *((pk, each.name) for pk, each in self.brands.items())]
        self.fields["brand"].choices = options  # type: ignore[attr-defined]

    def clean_brand(self) -> Brand:
        return self.brands[self.cleaned_data["brand"]]


@dataclass(frozen=True, slots=True)
class Change:
    """Who may no longer, or from now on, do what."""

    user: User
    what: str


@page("GET", "POST")
def move(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """`?brand=` shows what it would mean; POST moves. Raises NotFound, Forbidden."""
    actor = actor_of(request)
    account = places.find(actor, AD_ACCOUNT, identifier)
    if not isinstance(account, AdAccount):
        raise NotFound()
    check(actor, "manage_access", account)
    mine = queries.places(actor, ("manage_access",))["brand"]
    brands = list(mine.filter(organisation=account.brand.organisation_id).exclude(pk=account.brand_id).order_by("name"))

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        to = form.cleaned_data["brand"] if form.is_bound and form.is_valid() else None
        title = _("Move %(name)s to another brand") % {"name": account.name}
        return render(
            request, "move", title, "access_places", form=form, account=account, to=to, problem=problem, status=status,
            **(_consequences(actor, account, to) if to else {}),
        )  # fmt: skip

    if request.method != "POST":
        return again(Target(brands, request.GET if "brand" in request.GET else None), "", 200)

    def thanks(row: Any) -> str:
        done = _("%(name)s belongs to %(brand)s now.") % {"name": account.name, "brand": row.brand.name}
        return thanks_for(row, done, _("The move is proposed."))

    return act(
        request, Target(brands, request.POST), again,
        lambda typed: services.move_ad_account(actor=actor, ad_account=account, brand=typed["brand"]),
        thanks, places.url(account),
    )  # fmt: skip


def _consequences(actor: Actor, account: AdAccount, brand: Brand) -> dict[str, Any]:
    """Who loses and who gains, what is put forward again, which pages go."""
    before = _held(scope_chain(account))
    after = _held([(AD_ACCOUNT, account.pk), *scope_chain(brand)])
    waiting = visible_requests(actor).filter(ad_account=account, state__in=OPEN_STATES)
    return {
        "loses": _changes(before, after), "gains": _changes(after, before), "open_requests": waiting.count(),
        "unlinked": list(account.pages.exclude(brand=brand.pk).order_by("handle")),
        "second": current_policy(brand.organisation_id, clock.now()).two_managers,
    }  # fmt: skip


def _held(chain: list[tuple[str, UUID]]) -> dict[tuple[User, str], None]:
    """Who may do what, in the order of the names."""
    held = everybody(chain)
    return {(each.user, code): None for code in PERMISSIONS for each in held.get(code, [])}


def _changes(one: dict[tuple[User, str], None], other: dict[tuple[User, str], None]) -> list[Change]:
    """What is in one and not in the other: a line a person."""
    found: dict[User, list[str]] = {}
    for user, code in one:
        if (user, code) not in other:
            found.setdefault(user, []).append(str(PERMISSIONS[code]))
    return [Change(user, ", ".join(acts)) for user, acts in sorted(found.items(), key=lambda each: each[0].name)]
