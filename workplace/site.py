"""The admin door: one site, read-only but for the acts of `workplace.acts`, which are services."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from workplace import acts, bell, bulk, comment_acts, foresight, media, pages, people, signing_in, splitting, theme
from workplace.access import may_enter
from workplace.access_pages.urls import ROUTES
from workplace.envelope_pages.urls import ROUTES as ENVELOPE_ROUTES
from workplace.language import speak
from workplace.notice_pages import ROUTES as NOTICE_ROUTES
from workplace.policy_pages.urls import ROUTES as POLICY_ROUTES
from workplace.rule_pages.urls import ROUTES as RULE_ROUTES

View = Callable[..., HttpResponseBase]


class WorkplaceSite(theme.AdminSite):
    """Active people enter; what they see comes from their roles alone (R-57)."""

    site_title = "Imprimatur"
    site_header = "Imprimatur"
    index_title = _("Queue")
    site_url = None
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """People, not machines; being superuser opens the door and nothing behind it."""
        return may_enter(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages before Django's."""
        ours: list[tuple[str, View, str]] = [
            ("requests/decide/", bulk.decide, "bulk"),
            ("requests/decided/", bulk.done, "bulk_done"),
            ("requests/<uuid:identifier>/", pages.show, "request"),
            ("requests/<uuid:identifier>/decide/", acts.decide, "decide"),
            ("requests/<uuid:identifier>/show-again/", acts.show_again, "show_again"),
            ("requests/<uuid:identifier>/split/", splitting.split, "split"),
            ("requests/<uuid:identifier>/claim/", acts.claim, "claim"),
            ("requests/<uuid:identifier>/withdraw/", acts.withdraw, "withdraw"),
            ("requests/<uuid:identifier>/revoke/", acts.revoke, "revoke"),
            ("requests/<uuid:identifier>/publish/", acts.publish, "publish"),
            ("requests/<uuid:identifier>/reschedule/", acts.plan_anew, "reschedule"),
            ("requests/<uuid:identifier>/comments/", comment_acts.comment, "comment"),
            ("requests/<uuid:identifier>/comments/<uuid:comment>/resolve/", comment_acts.resolve, "resolve_comment"),
            ("requests/<uuid:identifier>/comments/<uuid:comment>/reopen/", comment_acts.reopen, "reopen_comment"),
            ("requests/<uuid:identifier>/findings/<uuid:finding>/override/", acts.override, "override"),
            ("route-preview/<slug:kind>/<uuid:identifier>/", foresight.show, "route_preview"),
            ("people/<uuid:identifier>/", people.show, "person"),
            ("people/<uuid:identifier>/<slug:act>/", people.carry_out, "person_act"),
            ("media/<uuid:identifier>/", media.show, "media"),
            ("media/<uuid:identifier>/poster/", media.poster, "poster"),
            *ROUTES,
            *RULE_ROUTES,
            *ENVELOPE_ROUTES,
            *NOTICE_ROUTES,
            *POLICY_ROUTES,
        ]
        # Media say themselves how long they may be kept; every other page is never cached.
        found = [
            path(route, self.admin_view(view, cacheable=route.startswith("media/")), name=name)
            for route, view, name in ours
        ]
        # Django's shortcut to an object's own page takes any content type; no object here has such a page.
        theirs = [each for each in super().get_urls() if getattr(each, "name", None) != "view_on_site"]
        return [*found, *theirs]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the bell, which templates put into the header of every page."""
        return {**super().each_context(request), "bell": bell.shown(request), "unread": bell.unread(request)}

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The landing page is the queue."""
        request.current_app = self.name
        return cast(TemplateResponse, pages.show_queue(request))

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The log-in page is outside: it belongs to the person, not to the workplace."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = ""
        if may_enter(request):
            return HttpResponseRedirect(wanted or reverse("admin:index"))
        more = f"?{urlencode({'next': wanted})}" if wanted else ""
        return HttpResponseRedirect(reverse("account_login") + more)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return signing_in.log_out(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("mfa_index"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page speaks the person's language, unless they chose another for this browser."""
        guarded: View = super().admin_view(view, cacheable)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            speak(request)
            return guarded(request, *args, **kwargs)

        return inner


site = WorkplaceSite(name="workplace")
