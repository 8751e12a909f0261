"""From role grants to object permission rows: for one principal on one scope, computed afresh from the live grants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from accounts.models import AdAccount, Brand, Organisation, Page, RoleGrant, Scope, User, UserGroup
from accounts.roles import ROLES

SCOPE_FIELD: dict[type[models.Model], str] = {
    Organisation: "organisation", Brand: "brand", AdAccount: "ad_account", Page: "page",
}  # fmt: skip


def _permission_ids(model: type[models.Model]) -> dict[str, int]:
    kind = ContentType.objects.get_for_model(model)
    return dict(Permission.objects.filter(content_type=kind).values_list("codename", "pk"))


def _wanted(grants: list[RoleGrant]) -> dict[str, datetime | None]:
    """Permission → the latest end of the grants that give it (None: no end)."""
    wanted: dict[str, datetime | None] = {}
    for grant in grants:
        for permission in ROLES[grant.role]:
            if permission not in wanted:
                wanted[permission] = grant.expires_at
            elif (held := wanted[permission]) is not None:
                wanted[permission] = None if grant.expires_at is None else max(held, grant.expires_at)
    return wanted


def project(principal: User | UserGroup, scope: Scope, now: datetime) -> None:
    """Make the object permission rows of `principal` on `scope` equal to what its live grants give.

    The principal is locked before its grants are read: of two changes at once, the later must see the earlier, or it
    would write back what the earlier took away.
    """
    principals: Any = type(principal)._default_manager
    principals.select_for_update(of=("self",), no_key=True).get(pk=principal.pk)
    model: Any = (get_user_obj_perms_model if isinstance(principal, User) else get_group_obj_perms_model)(scope)
    who: dict[str, Any] = {"user": principal} if isinstance(principal, User) else {"group_id": principal.pk}
    principal_field = {"user": principal} if isinstance(principal, User) else {"group": principal}
    live = RoleGrant.objects.filter(**principal_field, **{SCOPE_FIELD[type(scope)]: scope}, revoked_at__isnull=True)
    live = live.filter(models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now))
    wanted, ids = _wanted(list(live)), _permission_ids(type(scope))
    model.objects.filter(content_object=scope, **who).delete()
    model.objects.bulk_create(
        model(content_object=scope, permission_id=ids[code], expires_at=until, **who) for code, until in wanted.items()
    )
