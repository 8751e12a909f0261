"""The only module that knows the theme. Without unfold in INSTALLED_APPS the stock classes take its place.

Every page of ours is written against Django's own admin templates (`admin/base_site.html`), which both bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.admin import ShowFacets

IS_THEMED = "unfold" in settings.INSTALLED_APPS

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.contrib.admin import ModelAdmin as _ModelAdmin
    from django.contrib.admin import TabularInline as _TabularInline

    class ModelAdmin(_ModelAdmin[Any]): ...

    class TabularInline(_TabularInline[Any, Any]): ...

elif IS_THEMED:
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.sites import UnfoldAdminSite as AdminSite
else:
    from django.contrib.admin import AdminSite, ModelAdmin, TabularInline

NO_FACETS = ShowFacets.NEVER  # facets count the whole table

__all__ = ["IS_THEMED", "NO_FACETS", "AdminSite", "ModelAdmin", "TabularInline"]
