"""The menu of the themed workplace: what this person may open, and nothing else. Named in settings.UNFOLD."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, Page, RoleGrant, User, UserGroup
from approvals.models import Clearance
from audit.models import AuditEvent
from campaigns.models import Ad, AdGroup, Campaign, MediaAsset, Revision
from governance.models import CheckRun
from publishing.models import DriftFinding, Publication
from workplace import queue
from workplace.access import actor_of, holds, may_enter, user_of
from workplace.access_pages.base import governs, waiting

GROUPS: Final[list[tuple[Promise, list[tuple[type[Model], str]]]]] = [
    (_("Evidence"), [
        (CheckRun, "fact_check"), (Clearance, "verified"), (Publication, "rocket_launch"), (DriftFinding, "difference"),
        (Revision, "history"), (AuditEvent, "receipt_long"),
    ]),
    (_("Advertising"), [(Campaign, "campaign"), (AdGroup, "ad_group"), (Ad, "ad_units"), (MediaAsset, "perm_media")]),
    (_("Organisation"), [
        (Organisation, "domain"), (Brand, "sell"), (AdAccount, "account_balance_wallet"), (Page, "alternate_email"),
        (User, "person"), (UserGroup, "group"), (RoleGrant, "key"),
    ]),
]  # fmt: skip


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the menu."""
    if not may_enter(request):
        return []
    groups = [
        {"title": _("Work"), "items": _work(request)},
        {"title": _("Rules"), "items": _rules(request)},
        {"title": _("Access"), "items": _access(request)},
    ]
    for title, models in GROUPS:
        items = [item for model, icon in models if (item := _model(request, model, icon))]
        groups.append({"title": title, "items": items, "collapsible": False})
    return [group for group in groups if group["items"]]


def _work(request: HttpRequest) -> list[dict[str, Any]]:
    index = reverse("admin:index")
    tab = request.GET.get("tab", "awaiting") if request.path == index else ""
    icons = {"awaiting": "inbox", "mine": "outbox", "open": "pending_actions", "all": "list"}
    items = [
        {"title": title, "icon": icons[key], "link": f"{index}?tab={key}", "active": tab == key}
        for key, title in queue.TABS.items()
    ]
    number = queue.waiting(actor_of(request))
    if number:
        items[0] |= {
            "badge": f"{number - 1}+" if number == queue.BADGE_CAP else str(number),
            "badge_variant": "primary",
        }
    return items


def _rules(request: HttpRequest) -> list[dict[str, Any]]:
    """What governs, for whoever sees anything that is governed."""
    if not holds(request, "view"):
        return []
    replays = f"{reverse('admin:index')}replays/"
    pages: list[tuple[Promise, str, str, tuple[str, ...]]] = [
        (_("Rule sets"), "rule", reverse("admin:rule_sets"), (replays,)),
        (_("Approval policies"), "how_to_reg", reverse("admin:policies"), ()),
        (_("Waivers"), "event_busy", reverse("admin:waivers"), ()),
        (_("Envelopes"), "savings", reverse("admin:envelopes"), ()),
    ]
    return [
        {"title": name, "icon": icon, "link": to, "active": request.path.startswith((to, *beside))}
        for name, icon, to, beside in pages
    ]


def _access(request: HttpRequest) -> list[dict[str, Any]]:
    """What everybody has, and the pages of whoever governs access."""
    own = reverse("admin:access_person", args=[user_of(request).pk])
    deputies = reverse("admin:deputies")
    items = [
        {"title": _("My access"), "icon": "badge", "link": own, "active": request.path == own},
        {"title": _("Standing in"), "icon": "group_work", "link": deputies, "active": request.path.startswith(deputies)},
        {"title": _("My tokens"), "icon": "vpn_key", "link": reverse("admin:tokens"), "active": "/tokens/" in request.path},
    ]
    doubt = reverse("admin:compromised")
    items.append({"title": _("Compromised accounts"), "icon": "gpp_bad", "link": doubt, "active": request.path == doubt})
    if not governs(request):
        return items
    link = reverse("admin:access")
    pages = {"title": _("Manage access"), "icon": "manage_accounts", "link": link}
    number = waiting(request)
    badge = {"badge": str(number), "badge_variant": "primary"} if number else {}
    return [{**pages, **badge, "active": request.path.startswith(link) and request.path != own}, *items]


def _model(request: HttpRequest, model: type[Model], icon: str) -> dict[str, Any] | None:
    from workplace.site import site

    if not site.is_registered(model) or not site.get_model_admin(model).has_module_permission(request):
        return None
    meta = model._meta
    link = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    words = str(meta.verbose_name_plural)
    return {"title": words[:1].upper() + words[1:], "icon": icon, "link": link, "active": request.path.startswith(link)}


def own(request: HttpRequest) -> list[dict[str, Any]]:
    """Under the person's own name."""
    pages = [(_("Second factor"), "mfa_index"), (_("Sessions"), "own_sessions"), (_("Password"), "account_change_password")]
    return [{"title": title, "link": reverse(name)} for title, name in pages]


def icon(request: HttpRequest) -> str:
    """The mark beside the name."""
    return static("workplace/logo.svg")


def style(request: HttpRequest) -> str:
    """Our style sheet, on every page of the theme."""
    return static("workplace/workplace.css")
