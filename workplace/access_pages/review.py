"""The access review: everything that stands where one manages access; looked at and right, or ended, in one step."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import queries, services
from accounts.models import Membership, RoleGrant, User, live_at, standing_at
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION, PAGE
from core import clock
from core.errors import Conflict, Forbidden, NotFound
from core.spreadsheets import inert
from workplace.access import actor_of, grants, user_of
from workplace.access_pages import places, rows
from workplace.access_pages.base import act, governing, page, render
from workplace.access_pages.forms import Nothing
from workplace.paging import CAP, by_key, capped_count

TAB: Final = "access_review"
AFTER: Final = timedelta(days=90)
PAGE_SIZE: Final = 50
ONLY: Final[dict[str, Promise]] = {
    "": gettext_lazy("Everything"), "old": gettext_lazy("Not looked at for 90 days"),
    "endless": gettext_lazy("Without an end"), "unused": gettext_lazy("Not used for 90 days"),
    "clash": gettext_lazy("Duties that clash"),
}  # fmt: skip
KINDS: Final[dict[str, type[RoleGrant] | type[Membership]]] = {"grants": RoleGrant, "memberships": Membership}
_WHERE: Final = {ORGANISATION: "organisation", BRAND: "brand", AD_ACCOUNT: "ad_account", PAGE: "page"}


def governed(request: HttpRequest, model: type[RoleGrant] | type[Membership], now: datetime) -> QuerySet[Any]:
    """What is in force where the reader manages access or audits; not what they only hold themselves."""
    actor = actor_of(request)
    if model is Membership:
        return queries.visible_memberships(actor).filter(live_at(now))
    below = Q(pk__in=())
    for kind, found in queries.places(actor).items():
        below |= Q(**{f"{_WHERE[kind]}__in": found.order_by().values("pk")})
    return queries.visible_role_grants(actor).filter(live_at(now)).filter(below)


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
        return _unused(found, model, now)
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
    members = queries.visible_memberships(actor).filter(live_at(now), group__in={group for _user, group in pairs})
    through = {pk for pk, user, group in members.order_by().values_list("pk", "user_id", "group_id") if (user, group) in pairs}
    return {RoleGrant: involved, Membership: through}


def count(request: HttpRequest, model: type[RoleGrant] | type[Membership], only: str) -> int:
    """How many there are of one filter, up to a cap."""
    return capped_count(narrowed(request, model, only, clock.now()), CAP)


# --- the page ---------------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> tuple[str, str]:
    kind, only = request.GET.get("kind", ""), request.GET.get("only", "")
    return kind if kind in KINDS else "grants", only if only in ONLY else ""


@page("GET", "POST")
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """What stands, by filter. POST: `verb` right or end, on the ticked rows."""
    if request.method != "POST":
        return _show(request, Nothing(), "", 200)
    kind, _only = _asked(request)
    verb = VERBS.get(request.POST.get("verb", ""))
    wanted = _ticked(request, KINDS[kind])
    if verb is None or not wanted:
        return _show(request, Nothing(), _("Tick what you looked at, and say whether it is right or ends."), 422)
    to = f"{reverse('admin:access_review')}?{request.GET.urlencode()}"
    return act(
        request, Nothing(request.POST), lambda form, problem, status: _show(request, form, problem, status),
        lambda typed: verb(request, wanted), lambda said: said, to,
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


def _end(request: HttpRequest, wanted: list[Any]) -> str:
    """End each; what somebody else ended meanwhile is what was wanted. Raises Forbidden, NotFound when none may be ended.

    Who ends a role of their own among others may not end what comes after it; what was ended before stays ended, and is said.
    """
    actor, ended, refused = actor_of(request), 0, False
    for each in wanted:
        try:
            if isinstance(each, RoleGrant):
                services.revoke_role(actor=actor, grant=each.pk)
            else:
                services.remove_member(actor=actor, group=each.group, user=each.user)
            ended += 1
        except Conflict:
            continue
        except (Forbidden, NotFound):
            if not ended:
                raise
            refused = True
    said = ngettext("%(n)s is ended.", "%(n)s are ended.", ended) % {"n": ended}
    return f"{said} {_('Your roles did not allow you to end the rest.')}" if refused else said


VERBS: Final[dict[str, Callable[[HttpRequest, list[Any]], str]]] = {"right": _right, "end": _end}
"""What is said of the ticked rows, and does it."""


def _show(request: HttpRequest, form: Any, problem: str, status: int) -> HttpResponseBase:
    kind, only = _asked(request)
    now, model = clock.now(), KINDS[kind]
    found = queries.last_reviewed(narrowed(request, model, only, now))
    listed = by_key(found, request.GET.get("after", ""), PAGE_SIZE, oldest_first=False)
    as_rows: Any = rows.of_grants if model is RoleGrant else rows.of_memberships
    shown = as_rows(listed.rows, grants(request), now)
    return render(
        request, "review", _("Review"), TAB, kind=kind, only=only, filters=ONLY.items(), kinds=_kinds(request, only),
        rows=shown, after=listed.after,
        clashing=_told(request, listed.rows, now), ticked=request.POST.getlist("row"), problem=problem, status=status,
        address=f"?{request.GET.urlencode()}", cut=now - AFTER,
    )  # fmt: skip


def _kinds(request: HttpRequest, only: str) -> list[tuple[str, str, int]]:
    """(kind, title, how many of this filter)."""
    titles = {"grants": _("Roles"), "memberships": _("Memberships")}
    return [(key, titles[key], count(request, model, only)) for key, model in KINDS.items()]


def _told(request: HttpRequest, listed: Iterable[Any], now: datetime) -> dict[UUID, list[str]]:
    """Row → the clashes it takes part in, as far as it is one person's."""
    own = {each.pk: each for each in listed if each.user_id}
    people = {each.user_id for each in own.values()}
    found = rows.clashes(user_of(request).organisation, people, queries.visible_role_grants(actor_of(request)), now)
    return {
        pk: [
            clash.words for clash in found
            if clash.user == each.user_id and (isinstance(each, Membership) or pk in clash.grants)
        ]
        for pk, each in own.items()
    }  # fmt: skip


# --- the export -------------------------------------------------------------------------------------------------------------


class _Line:
    """A file of one line, for the writer."""

    def write(self, text: str) -> str:
        return text


@page()
@governing
def export(request: HttpRequest) -> HttpResponseBase:
    """The rows of the chosen filter as CSV, one after the other."""
    kind, only = _asked(request)
    found = queries.last_reviewed(narrowed(request, KINDS[kind], only, clock.now())).order_by("-pk")
    cells: Callable[[Any], list[object]] = _grant if kind == "grants" else _membership
    answer = StreamingHttpResponse(_lines(found, cells, kind), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="access-{kind}.csv"'
    return answer


def _lines(found: QuerySet[Any], cells: Callable[[Any], list[object]], kind: str) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    common = [_("since"), _("until"), _("granted by"), _("confirmed by"), _("reviewed")]
    yield writer.writerow([_("who"), _("role") if kind == "grants" else _("user group"), _("where"), *common])
    for row in found.iterator(chunk_size=500):
        yield writer.writerow([inert(str(each)) for each in cells(row)])


def _common(row: Any) -> list[object]:
    times = [row.since, row.until, row.reviewed_at]
    since, until, reviewed = (clock.rfc3339(each) if each else "" for each in times)
    return [since, until, row.granted_by, row.confirmed_by, reviewed]


def _grant(row: RoleGrant) -> list[object]:
    who = row.user.email if row.user else row.principal
    return [who, row.role, f"{places.KINDS[places.kind(row.scope)]}: {places.label(row.scope)}", *_common(row)]


def _membership(row: Membership) -> list[object]:
    return [row.user.email, row.group.title, row.group.organisation, *_common(row)]


