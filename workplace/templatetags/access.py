"""Small words of the access pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Scope, User, UserGroup
from accounts.roles import PERMISSIONS
from core import clock
from workplace import words
from workplace.access_pages import places

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """A time to the minute, in UTC; a dash for none."""
    return "–" if value is None else f"{formats.date_format(value, _('j M Y, H:i'))} UTC"


@register.filter
def ago(value: datetime) -> str:
    return words.ago(value, clock.now())


@register.filter
def place(scope: Scope) -> str:
    """With its brand, where it has one."""
    return places.label(scope)


@register.filter
def place_url(scope: Scope) -> str:
    return places.url(scope)


@register.filter
def place_key(scope: Scope) -> str:
    return places.key(scope)


@register.filter
def place_kind(scope: Scope) -> str:
    return str(places.KINDS[places.kind(scope)])


@register.filter
def principal_url(principal: User | UserGroup) -> str:
    if isinstance(principal, UserGroup):
        return reverse("admin:access_group", args=[principal.public_id])
    return reverse("admin:access_person", args=[principal.pk])


@register.filter
def permission(code: str) -> str:
    """What somebody may, in words."""
    return str(PERMISSIONS.get(code, code))


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """One entry of a mapping; nothing when there is none."""
    return mapping.get(key)
