"""Pages speak the person's language, unless they chose another for this browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from workplace.access import may_enter, user_of


def speak(request: HttpRequest) -> None:
    """Switch to the language of whoever is at the door."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or not may_enter(request):
        return
    language = user_of(request).language
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
