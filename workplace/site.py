"""The admin door: one site, read-only but for the acts of `workplace.acts`, which are services."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from workplace import acts, media, pages, theme
from workplace.access import may_enter, user_of

View = Callable[..., HttpResponseBase]


class WorkplaceSite(theme.AdminSite):
    """Active people enter; what they see comes from their roles alone (R-57)."""

    site_title = "Imprimatur"
    site_header = "Imprimatur"
    index_title = _("Queue")
    site_url = None
    login_template = "workplace/login.html"
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """People, not machines; being superuser opens the door and nothing behind it."""
        return may_enter(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages before Django's."""
        ours: list[tuple[str, View, str]] = [
            ("requests/<uuid:identifier>/", pages.show, "request"),
            ("requests/<uuid:identifier>/decide/", acts.decide, "decide"),
            ("requests/<uuid:identifier>/withdraw/", acts.withdraw, "withdraw"),
            ("requests/<uuid:identifier>/revoke/", acts.revoke, "revoke"),
            ("requests/<uuid:identifier>/publish/", acts.publish, "publish"),
            ("media/<uuid:identifier>/", media.show, "media"),
            ("media/<uuid:identifier>/poster/", media.poster, "poster"),
        ]
        # Media say themselves how long they may be kept; every other page is never cached.
        found = [
            path(route, self.admin_view(view, cacheable=route.startswith("media/")), name=name)
            for route, view, name in ours
        ]
        # Django's shortcut to an object's own page takes any content type; no object here has such a page.
        theirs = [each for each in super().get_urls() if getattr(each, "name", None) != "view_on_site"]
        return [*found, *theirs]

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The landing page is the queue."""
        request.current_app = self.name
        return cast(TemplateResponse, pages.show_queue(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page speaks the person's language, unless they chose another for this browser."""
        guarded: View = super().admin_view(view, cacheable)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if may_enter(request) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                _speak(request, user_of(request).language)
            return guarded(request, *args, **kwargs)

        return inner


def _speak(request: HttpRequest, language: str) -> None:
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


site = WorkplaceSite(name="workplace")
