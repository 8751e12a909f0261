"""Where and who. Scopes are seen by whoever holds `view` on them; of people, groups and grants each access manager and
auditor sees what the API and the access pages show them (`accounts.queries`), and superusers, who administer the system,
see all (R-57)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, Page, RoleGrant, User, UserGroup
from accounts.permissions import BRAND, ORGANISATION, PAGE
from accounts.queries import visible_groups, visible_role_grants, visible_roles, visible_users
from core.actor import Actor
from workplace.access import actor_of, grants, holds, may_enter, user_of
from workplace.admins.base import ReadOnlyAdmin, column
from workplace.site import site


@admin.register(Organisation, site=site)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    fields = ("name", "slug")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=grants(request).ids("view", ORGANISATION))


@admin.register(Brand, site=site)
class BrandAdmin(ReadOnlyAdmin):
    list_display = ("name", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("name",)
    fields = ("name", "organisation")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        held = grants(request)
        return queryset.filter(
            Q(pk__in=held.ids("view", BRAND)) | Q(organisation_id__in=held.ids("view", ORGANISATION))
        )


@admin.register(AdAccount, site=site)
class AdAccountAdmin(ReadOnlyAdmin):
    list_display = ("name", "brand", "channel", "external_id", "currency", "timezone", "country")
    list_filter = ("channel", "currency")
    list_select_related = ("brand",)
    search_fields = ("name", "=external_id")
    fields = ("name", "brand", "channel", "external_id", "currency", "timezone", "country")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(grants(request).filter("view"))


@admin.register(Page, site=site)
class PageAdmin(ReadOnlyAdmin):
    list_display = ("handle", "brand", "channel", "external_id", "identity_type")
    list_select_related = ("brand",)
    search_fields = ("handle", "=external_id")
    fields = ("handle", "brand", "channel", "external_id", "identity_type")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        held = grants(request)
        return queryset.filter(
            Q(pk__in=held.ids("view", PAGE))
            | Q(brand_id__in=held.ids("view", BRAND))
            | Q(brand__organisation_id__in=held.ids("view", ORGANISATION))
        )


class SystemAdmin(ReadOnlyAdmin):
    """People, groups, grants."""

    @staticmethod
    def visible(actor: Actor) -> QuerySet[Any]:
        """The rows that an actor sees, whatever the door."""
        raise NotImplementedError

    def has_module_permission(self, request: HttpRequest) -> bool:
        if not may_enter(request):
            return False
        return user_of(request).is_superuser or holds(request, "manage_access") or holds(request, "audit")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not may_enter(request):
            return queryset.none()
        if user_of(request).is_superuser:
            return queryset
        return queryset.filter(pk__in=self.visible(actor_of(request)).order_by().values("pk"))


@admin.register(User, site=site)
class UserAdmin(SystemAdmin):
    visible = staticmethod(visible_users)
    list_display = ("email", "name", "kind", "organisation", "is_active", "last_login")
    list_filter = ("kind", "is_active", "is_superuser")
    list_select_related = ("organisation",)
    search_fields = ("email", "name")
    fields = (
        "email", "name", "kind", "organisation", "owner", "language", "is_active", "is_staff", "is_superuser", "last_login",
        "created_at", "way_in",
    )  # fmt: skip
    readonly_fields = ("way_in",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Nobody looks at the hash of a password, so that it is not even read."""
        return super().get_queryset(request).defer("password")

    @column(_("log-in"))
    def way_in(self, row: User) -> str:
        """Where an access manager helps somebody who cannot get in."""
        if row.is_service_account or row.organisation_id is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:person", args=[row.pk]), _("Invitation, lock-out, sessions"))


@admin.register(UserGroup, site=site)
class UserGroupAdmin(SystemAdmin):
    visible = staticmethod(visible_groups)
    list_display = ("title", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("title",)
    fields = ("title", "organisation", "members")
    readonly_fields = ("members",)

    @column(_("members"))
    def members(self, row: UserGroup) -> str:
        return ", ".join(User.objects.filter(groups=row).order_by("email").values_list("email", flat=True)[:200]) or "–"


class RoleFilter(admin.RelatedFieldListFilter):
    """By role: the built-in ones and those of one's own organisation. What others call theirs is not told."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        mine = Q() if user_of(request).is_superuser else Q(pk__in=visible_roles(actor_of(request)).values("pk"))
        return list(field.get_choices(include_blank=False, limit_choices_to=mine))


@admin.register(RoleGrant, site=site)
class RoleGrantAdmin(SystemAdmin):
    visible = staticmethod(visible_role_grants)
    list_display = ("role", "principal", "scope", "expires_at", "granted_by", "granted_at", "revoked_at")
    list_filter = (("role", RoleFilter), "granted_at", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "group", "organisation", "brand", "ad_account", "page")
    search_fields = ("user__email", "group__title", "granted_by")
    fields = ("role", "principal", "scope", "expires_at", "granted_at", "granted_by", "revoked_at")
    readonly_fields = ("principal", "scope")

    @column(_("who"))
    def principal(self, row: RoleGrant) -> str:
        return str(row.principal)

    @column(_("where"))
    def scope(self, row: RoleGrant) -> str:
        return str(row.scope)
