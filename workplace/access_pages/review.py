"""The access review: everything that stands where one manages access; looked at and right, or ended, in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import queries, services
from accounts.holdings import clashes_of_facts
from accounts.models import Membership, RoleGrant, User, live_at, standing_at
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION, PAGE
from core import clock
from core.errors import Conflict, Forbidden, NotFound
from workplace.access import actor_of, grants, user_of
from workplace.access_pages import lasting, lately, places, rows
from workplace.access_pages.base import act, governing, onward, page, render
from workplace.access_pages.forms import Nothing
from workplace.access_pages.waiting import fact_in_words
from workplace.paging import CAP, by_key, capped_count

TAB: Final = "access_review"
AFTER: Final = timedelta(days=90)
PAGE_SIZE: Final = 50
MOST_NAMED: Final = 8
ONLY: Final[dict[str, Promise]] = {
    "": gettext_lazy("Everything"), "old": gettext_lazy("Not looked at for 90 days"),
    "endless": gettext_lazy("Without an end"), "unused": gettext_lazy("Not used for 90 days"),
    "clash": gettext_lazy("Duties that clash"),
}  # fmt: skip
KINDS: Final[dict[str, type[RoleGrant] | type[Membership]]] = {"grants": RoleGrant, "memberships": Membership}
_WHERE: Final = {ORGANISATION: "organisation", BRAND: "brand", AD_ACCOUNT: "ad_account", PAGE: "page"}


def governed(request: HttpRequest, model: type[RoleGrant] | type[Membership], now: datetime) -> QuerySet[Any]:
    """What stands, or is to come, where the reader manages access or audits; not what they only hold themselves."""
    actor = actor_of(request)
    if model is Membership:
        return queries.visible_memberships(actor).filter(standing_at(now))
    below = Q(pk__in=())
    for kind, found in queries.places(actor).items():
        below |= Q(**{f"{_WHERE[kind]}__in": found.order_by().values("pk")})
    return queries.visible_role_grants(actor).filter(standing_at(now)).filter(below)


def narrowed(request: HttpRequest, model: type[RoleGrant] | type[Membership], only: str, now: datetime) -> QuerySet[Any]:
    """The rows of one filter."""
    found = governed(request, model, now)
    if only == "endless":
        return found.filter(expires_at__isnull=True)
    if only == "old":
        # What was given lately was looked at when it was given.
        dated: QuerySet[Any] = queries.last_reviewed(found).annotate(looked_at=Coalesce(Max("reviews__reviewed_at"), "granted_at"))
        return dated.filter(looked_at__lte=now - AFTER)
    if only == "unused":
        return _unused(found.filter(live_at(now)), model, now)
    if only == "clash":
        return found.filter(pk__in=_clashing(request, model, now))
    return found


def _unused(found: QuerySet[Any], model: Any, now: datetime) -> QuerySet[Any]:
    away = rows.unseen(User.objects.all(), now - AFTER).order_by().values("pk")
    if model is Membership:
        return found.filter(user__in=away)
    here = Membership.objects.filter(standing_at(now), group=OuterRef("group")).exclude(user__in=away)
    return found.filter(Q(user__in=away) | Q(Q(group__isnull=False) & ~Exists(here)))


def _clashing(request: HttpRequest, model: Any, now: datetime) -> set[UUID]:
    """Ids of grants that clash, or of the memberships through which they do; asked once a request."""
    cached: dict[Any, set[UUID]] | None = getattr(request, "workplace_clashing", None)
    if cached is None:
        cached = request.workplace_clashing = _clashes(request, now)  # type: ignore[attr-defined]
    return cached[model]


def _clashes(request: HttpRequest, now: datetime) -> dict[Any, set[UUID]]:
    actor = actor_of(request)
    visible = queries.visible_role_grants(actor)
    people = queries.visible_users(actor).filter(is_active=True).order_by().values_list("pk", flat=True)
    found = rows.clashes(user_of(request).organisation, people, visible, now)
    involved = {grant for each in found for grant in each.grants}
    by_group = dict(visible.filter(pk__in=involved, group__isnull=False).order_by().values_list("pk", "group_id"))
    pairs = {(each.user, by_group[grant]) for each in found for grant in each.grants if grant in by_group}
    members = queries.visible_memberships(actor).filter(standing_at(now), group__in={group for _user, group in pairs})
    through = {pk for pk, user, group in members.order_by().values_list("pk", "user_id", "group_id") if (user, group) in pairs}
    return {RoleGrant: involved, Membership: through}


def count(request: HttpRequest, model: type[RoleGrant] | type[Membership], only: str) -> int:
    """How many there are of one filter, up to a cap."""
    return capped_count(narrowed(request, model, only, clock.now()), CAP)


# --- the page ---------------------------------------------------------------------------------------------------------------


def asked(request: HttpRequest) -> tuple[str, str]:
    kind, only = request.GET.get("kind", ""), request.GET.get("only", "")
    return kind if kind in KINDS else "grants", only if only in ONLY else ""


@page("GET", "POST")
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """What stands, by filter. POST: `verb` right or end, on the ticked rows; what would leave a place without anybody who
    manages access, or without the reader, is said first, and ended when it is sent again with that."""
    if request.method != "POST":
        return _show(request, Nothing(), "", 200)
    kind, _only = asked(request)
    verb = VERBS.get(request.POST.get("verb", ""))
    wanted = _ticked(request, KINDS[kind])
    if verb is None or not wanted:
        return _show(request, Nothing(), _("Tick what you looked at, and say whether it is right or ends."), 422)
    to = f"{reverse('admin:access_review')}?{request.GET.urlencode()}"
    if verb is _end and (warnings := _unsaid(request, wanted)):
        return _ask(request, wanted, warnings, to)
    return act(
        request, Nothing(request.POST), lambda form, problem, status: _show(request, form, problem, status),
        lambda typed: verb(request, wanted), lambda said: said, lambda said: onward(request, to),
    )  # fmt: skip


def _ticked(request: HttpRequest, model: type[RoleGrant] | type[Membership]) -> list[Any]:
    """The rows that were ticked, ended ones included. Raises NotFound unless all of them are visible."""
    try:
        wanted = {UUID(each) for each in request.POST.getlist("row")}
    except ValueError as error:
        raise NotFound() from error
    seen: Any = queries.visible_role_grants if model is RoleGrant else queries.visible_memberships
    found = list(seen(actor_of(request)).filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise NotFound()
    return found


def _right(request: HttpRequest, wanted: list[Any]) -> str:
    ids = [each.pk for each in wanted]
    which = {"grants": ids} if isinstance(wanted[0], RoleGrant) else {"memberships": ids}
    number = services.mark_reviewed(actor=actor_of(request), **which)
    return ngettext("%(n)s is noted as looked at and right.", "%(n)s are noted as looked at and right.", number) % {"n": number}


def _unsaid(request: HttpRequest, wanted: list[Any]) -> list[str]:
    """What ending these together means for managing access, unless the reader was told all of it."""
    ids = [each.pk for each in wanted]
    ending = {"grants": ids} if isinstance(wanted[0], RoleGrant) else {"memberships": ids}
    found = lasting.warnings(actor_of(request), **ending)
    return found if set(found) - set(request.POST.getlist("told")) else []


def _ask(request: HttpRequest, wanted: list[Any], warnings: list[str], to: str) -> HttpResponseBase:
    now, held = clock.now(), grants(request)
    shown: Any = rows.of_grants if isinstance(wanted[0], RoleGrant) else rows.of_memberships
    return render(
        request, "review_end", _("End these?"), TAB, rows=shown(wanted, held, now), warnings=warnings, back=to,
        kind=asked(request)[0],
    )  # fmt: skip


def _end(request: HttpRequest, wanted: list[Any]) -> str:
    """End each; what somebody else ended meanwhile is what was wanted. Raises Forbidden, NotFound when none may be ended.

    What the reader holds themselves comes last, the widest at the very end: by it they may end the rest.
    """
    actor, ended, refused = actor_of(request), [], False
    for each in sorted(wanted, key=partial(_own, UUID(actor.id))):
        try:
            if isinstance(each, RoleGrant):
                services.revoke_role(actor=actor, grant=each.pk)
            else:
                services.remove_member(actor=actor, group=each.group, user=each.user)
            ended.append(each)
        except Conflict:
            continue
        except (Forbidden, NotFound):
            if not ended:
                raise
            refused = True
    said = _said(ended)
    return " ".join([said, _("Your roles did not allow you to end the rest.")] if refused else [said])


def _own(me: UUID, fact: Any) -> int:
    """Whether, and how widely, something may be what the reader manages access by: groups may have them in."""
    if isinstance(fact, Membership):
        return int(fact.user_id == me)
    wide = [PAGE, AD_ACCOUNT, BRAND, ORGANISATION].index(places.kind(fact.scope))
    return 0 if fact.user_id not in (None, me) else 1 + wide


def _said(ended: list[Any]) -> str:
    """What was ended, by name."""
    if not ended:
        return _("Somebody else had ended it already.")
    named = [fact_in_words(each) for each in ended[:MOST_NAMED]]
    left = len(ended) - len(named)
    more = ngettext(" and %(n)s more", " and %(n)s more", left) % {"n": left} if left else ""
    return _("Ended: %(what)s%(more)s.") % {"what": "; ".join(named), "more": more}


VERBS: Final[dict[str, Callable[[HttpRequest, list[Any]], str]]] = {"right": _right, "end": _end}
"""What is said of the ticked rows, and does it."""


def _show(request: HttpRequest, form: Any, problem: str, status: int) -> HttpResponseBase:
    kind, only = asked(request)
    now, model = clock.now(), KINDS[kind]
    found = queries.last_reviewed(narrowed(request, model, only, now))
    listed = by_key(found, request.GET.get("after", ""), PAGE_SIZE, oldest_first=False)
    as_rows: Any = rows.of_grants if model is RoleGrant else rows.of_memberships
    return render(
        request, "review", _("Review"), TAB, kind=kind, only=only, filters=ONLY.items(), kinds=_kinds(request, only),
        rows=as_rows(listed.rows, grants(request), now), after=listed.after, here=lately.last_here(listed.rows, now),
        clashing=told(request, listed.rows, now), ticked=request.POST.getlist("row"), problem=problem, status=status,
        address=f"?{request.GET.urlencode()}",
    )  # fmt: skip


def _kinds(request: HttpRequest, only: str) -> list[tuple[str, str, int]]:
    """(kind, title, how many of this filter)."""
    titles = {"grants": _("Roles"), "memberships": _("Memberships")}
    return [(key, titles[key], count(request, model, only)) for key, model in KINDS.items()]


def told(request: HttpRequest, listed: Sequence[Any], now: datetime) -> dict[UUID, list[str]]:
    """Row → the clashes that arise by it, a user group's with the name of each member concerned."""
    organisation = user_of(request).organisation
    if organisation is None or not listed:
        return {}
    of_groups = {each.pk for each in listed if isinstance(each, RoleGrant) and each.group_id}
    granted = [each for each in listed if isinstance(each, RoleGrant)]
    joined = [each for each in listed if isinstance(each, Membership)]
    found = clashes_of_facts(organisation.pk, granted, joined, now)
    pairs = list(dict.fromkeys(pair for each in found.values() for pair in each))
    views = rows.in_words(pairs, queries.visible_role_grants(actor_of(request)), now)
    words = {(view.user, view.grants): view.words for view in views}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={view.user for view in views})}
    said: dict[UUID, list[str]] = {}
    for pk, each in found.items():
        for user, clash in each:
            if (text := words.get((user, frozenset({clash.one.grant, clash.other.grant})))) is not None:
                said.setdefault(pk, []).append(f"{names[user]}: {text}" if pk in of_groups else text)
    return said
