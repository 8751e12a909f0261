"""Where access managers begin: what wants to be looked at, and the people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries
from accounts.models import Membership, RoleGrant, State, User, standing_at
from accounts.permissions import ORGANISATION
from accounts.services import create_person
from core import clock
from core.actor import Actor
from workplace.access import actor_of, grants, user_of
from workplace.access_pages import review
from workplace.access_pages.base import act, governing, of_organisation, own_organisation, page, render, waiting
from workplace.access_pages.forms import NewPerson
from workplace.paging import leaf

PAGE_SIZE = 50
SHOWN: dict[str, Q] = {
    "": Q(is_active=True), "machines": Q(is_active=True, kind="service_account"), "deactivated": Q(is_active=False),
}  # fmt: skip


@page()
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """The people of the organisation with what they hold, and what is to be done."""
    actor = actor_of(request)
    text, which = request.GET.get("q", "").replace("\x00", ""), request.GET.get("show", "")
    rows = queries.visible_users(actor).filter(SHOWN.get(which, SHOWN[""]))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    listing = leaf(rows.order_by("name", "pk"), request.GET.get("page", ""), PAGE_SIZE)
    shown = {"": _("Everybody"), "machines": _("Service accounts"), "deactivated": _("Deactivated")}
    return render(
        request, "people", _("Access"), "access", listing=listing, text=text, which=which, shown=shown.items(),
        holdings=_holdings(actor, [each.pk for each in listing.rows]), tiles=_tiles(request),
        may_create=actor.organisation in grants(request).ids("manage_access", ORGANISATION),
    )  # fmt: skip


def _holdings(actor: Actor, users: list[Any]) -> dict[Any, dict[str, dict[str, str]]]:
    """User → roles held directly, and groups: name → in_force, later or awaited. Two statements."""
    now = clock.now()
    found: dict[Any, dict[str, dict[str, str]]] = {pk: {"roles": {}, "groups": {}} for pk in users}
    for grant in queries.visible_role_grants(actor).filter(standing_at(now), user__in=users).order_by("pk"):
        _note(found[grant.user_id]["roles"], str(grant.role), grant.state_at(now))
    for row in queries.visible_memberships(actor).filter(standing_at(now), user__in=users).order_by("pk"):
        _note(found[row.user_id]["groups"], row.group.title, row.state_at(now))
    return found


def _note(held: dict[str, str], name: str, state: State) -> None:
    """What is in force on one place is not said to be awaited because of another."""
    if name not in held or state is State.IN_FORCE:
        held[name] = state


def _tiles(request: HttpRequest) -> list[tuple[int, str, str]]:
    """(how many, what, where): what an access manager looks after."""
    address = reverse("admin:access_review")
    tiles = [(waiting(request), _("wait for a second access manager"), reverse("admin:access_waiting"))]
    for key, words in (
        ("old", _("not looked at for 90 days")), ("endless", _("without an end")), ("unused", _("not used for 90 days")),
        ("clash", _("duties that clash")),
    ):  # fmt: skip
        number = sum(review.count(request, kind, key) for kind in (RoleGrant, Membership))
        tiles.append((number, words, f"{address}?only={key}"))
    return tiles


@page("GET", "POST")
@governing
def new_person(request: HttpRequest) -> HttpResponseBase:
    """Somebody new. They hold nothing yet, and cannot log in until they have been given a way to."""
    organisation = own_organisation(request)

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        return render(request, "person_new", _("New person"), "access", form=form, problem=problem, status=status)

    if request.method != "POST":
        of_organisation(request)
        return again(NewPerson(initial={"language": user_of(request).language}), "", 200)
    return act(
        request, NewPerson(request.POST), again,
        lambda typed: create_person(actor=actor_of(request), organisation=organisation, **typed),
        lambda user: _("%(name)s is here now, and holds nothing yet.") % {"name": user.name}, _page_of,
    )  # fmt: skip


def _page_of(user: User) -> str:
    return reverse("admin:access_person", args=[user.pk])
