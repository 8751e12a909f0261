"""Small words of the access pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe

from accounts.models import Scope, User, UserGroup
from accounts.roles import PERMISSIONS
from core import clock, dates
from workplace import words
from workplace.access_pages import places

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """A time to the minute, in UTC; a dash for none."""
    return "–" if value is None else dates.moment(value)


@register.filter
def second(value: datetime) -> str:
    """A time to the second, in UTC."""
    return dates.second(value)


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


@register.filter
def no_heading(markup: str) -> str:
    """The theme's bar without its heading: a page of ours has one of its own, and one is enough."""
    return mark_safe(markup.replace("<h1", "<div").replace("</h1>", "</div>"))  # noqa: S308 - it was markup before


@register.filter
def called(named: Any) -> str:
    """A name to click on; for what was given none that can be seen, what else it goes by."""
    said = str(named).strip()
    return said or str(getattr(named, "email", "") or getattr(named, "external_id", "") or named.pk)
