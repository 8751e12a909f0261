"""Models of `accounts`: the scopes, the people, what they hold."""

from accounts.models.conferred import Conferred, State, in_state, live_at, standing_at
from accounts.models.deputies import LONGEST_DELEGATION_DAYS, Absence, Delegation
from accounts.models.grants import (
    AccessPolicy,
    AccessReview,
    EffectiveGrant,
    LiveMembership,
    Membership,
    Role,
    RoleGrant,
    RolePermission,
)
from accounts.models.limits import AuthorityLimit
from accounts.models.objects import (
    AdAccountGroupPermission,
    AdAccountUserPermission,
    BrandGroupPermission,
    BrandUserPermission,
    OrganisationGroupPermission,
    OrganisationUserPermission,
    PageGroupPermission,
    PageUserPermission,
)
from accounts.models.people import ApiToken, User, UserGroup, UserKind
from accounts.models.scopes import SCOPE_FIELD, AdAccount, Brand, Organisation, Page, Placement, Scope

__all__ = [
    "LONGEST_DELEGATION_DAYS",
    "SCOPE_FIELD",
    "Absence",
    "AccessPolicy",
    "AccessReview",
    "AdAccount",
    "AdAccountGroupPermission",
    "AdAccountUserPermission",
    "ApiToken",
    "AuthorityLimit",
    "Brand",
    "BrandGroupPermission",
    "BrandUserPermission",
    "Conferred",
    "Delegation",
    "EffectiveGrant",
    "LiveMembership",
    "Membership",
    "Organisation",
    "OrganisationGroupPermission",
    "OrganisationUserPermission",
    "Page",
    "PageGroupPermission",
    "PageUserPermission",
    "Placement",
    "Role",
    "RoleGrant",
    "RolePermission",
    "Scope",
    "State",
    "User",
    "UserGroup",
    "UserKind",
    "in_state",
    "live_at",
    "standing_at",
]
