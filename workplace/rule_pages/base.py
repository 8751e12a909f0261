"""What the pages of rule sets, waivers and envelopes share: their tabs, and who may change what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Scope
from accounts.permissions import check_held
from core import clock
from core.errors import Forbidden, NotFound
from governance import queries
from governance.models import RuleSet
from workplace import pages
from workplace.access import actor_of, grants

WITH_PLACE = ("brand__organisation", "ad_account__brand__organisation")
"""What naming a scope reads beside it."""


def render(
    request: HttpRequest, template: str, title: str, tab: str = "", *, problem: str = "", status: int = 200, **more: Any
) -> HttpResponseBase:
    """One of these pages."""
    context = pages.context(request, title, tab=tab, tabs=tabs(), problem=problem, now=clock.now(), **more)
    return TemplateResponse(request, f"workplace/rules/{template}.html", context, status=status)


def tabs() -> list[tuple[str, str, str]]:
    """(key, title, address)."""
    titles = {
        "rule_sets": _("Rule sets"), "policies": _("Approval policies"), "waivers": _("Waivers"), "envelopes": _("Envelopes"),
    }  # fmt: skip
    return [(key, name, reverse(f"admin:{key}")) for key, name in titles.items()]


def visible(request: HttpRequest) -> QuerySet[RuleSet]:
    """Versions that judge anything the reader may see, with the names of where they are bound."""
    return queries.visible_rule_sets(actor_of(request)).select_related("organisation", *WITH_PLACE)


def seen(request: HttpRequest, identifier: UUID) -> RuleSet:
    """One of them. Raises NotFound."""
    row = visible(request).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


def in_force(request: HttpRequest, key: str) -> RuleSet | None:
    """The version of a key that governs now, if the reader sees it."""
    return visible(request).filter(key=key, pk__in=RuleSet.current()).first()


def may(request: HttpRequest, permission: str, scope: Scope | None) -> bool:
    """Whether to offer an act on what is bound to a scope; the services decide."""
    return scope is not None and grants(request).allows(permission, scope)


def check_may(request: HttpRequest, permission: str, scope: Scope | None) -> None:
    """Nobody is shown a form that would be refused. Raises Forbidden."""
    if scope is None:
        raise Forbidden(_("What binds every organisation is changed with a command on the server."))
    check_held(actor_of(request), permission, scope)
