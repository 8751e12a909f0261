"""The verbs of `accounts`."""

from accounts.services.access import grant_role, revoke_role
from accounts.services.people import (
    add_member,
    create_api_token,
    create_person,
    create_service_account,
    create_user_group,
    deactivate_user,
    remove_member,
    revoke_api_token,
)
from accounts.services.scopes import create_ad_account, create_brand, create_organisation, create_page

__all__ = [
    "add_member",
    "create_ad_account",
    "create_api_token",
    "create_brand",
    "create_organisation",
    "create_page",
    "create_person",
    "create_service_account",
    "create_user_group",
    "deactivate_user",
    "grant_role",
    "remove_member",
    "revoke_api_token",
    "revoke_role",
]
