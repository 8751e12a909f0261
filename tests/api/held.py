"""All rows of `accounts`, to show that nothing happened."""

from __future__ import annotations

from typing import Any

from accounts.models import (
    AccessPolicy,
    AccessReview,
    AdAccount,
    ApiToken,
    Brand,
    Membership,
    Organisation,
    Page,
    Placement,
    Role,
    RoleGrant,
    RolePermission,
    User,
    UserGroup,
)

MODELS = (
    Organisation, Brand, AdAccount, Page, Placement, User, UserGroup, Membership, Role, RolePermission, RoleGrant, AccessPolicy,
    AccessReview, ApiToken,
)  # fmt: skip


def held() -> dict[str, list[dict[str, Any]]]:
    """Everything but when a token was last used, and which ad account uses which page."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in MODELS:
        rows: Any = model._default_manager.order_by("pk").values()
        found[model.__name__] = [{name: value for name, value in row.items() if name != "last_used_at"} for row in rows]
    links: Any = AdAccount.pages.through._default_manager.order_by("pk").values()
    found["links"] = list(links)
    return found
