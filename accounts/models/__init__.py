"""Models of `accounts`: the scopes, the people, what they hold."""

from accounts.models.grants import (
    AdAccountGroupPermission,
    AdAccountUserPermission,
    BrandGroupPermission,
    BrandUserPermission,
    EffectiveGrant,
    OrganisationGroupPermission,
    OrganisationUserPermission,
    PageGroupPermission,
    PageUserPermission,
    RoleGrant,
)
from accounts.models.people import ApiToken, User, UserGroup, UserKind
from accounts.models.scopes import AdAccount, Brand, Organisation, Page, Scope

__all__ = [
    "AdAccount",
    "AdAccountGroupPermission",
    "AdAccountUserPermission",
    "ApiToken",
    "Brand",
    "BrandGroupPermission",
    "BrandUserPermission",
    "EffectiveGrant",
    "Organisation",
    "OrganisationGroupPermission",
    "OrganisationUserPermission",
    "Page",
    "PageGroupPermission",
    "PageUserPermission",
    "RoleGrant",
    "Scope",
    "User",
    "UserGroup",
    "UserKind",
]
