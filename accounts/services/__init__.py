"""The verbs of `accounts`."""

from accounts.services.access import grant_role, revoke_role
from accounts.services.changes import confirm_change, decline_change, set_access_policy
from accounts.services.deputies import delegate, end_absence, end_delegation, record_absence
from accounts.services.groups import add_member, create_user_group, remove_member, rename_user_group
from accounts.services.limits import end_limit, give_limit
from accounts.services.moving import move_ad_account
from accounts.services.people import (
    create_person,
    create_service_account,
    deactivate_user,
    edit_user,
    reactivate_user,
)
from accounts.services.reviewing import mark_reviewed
from accounts.services.roles import change_role, create_role
from accounts.services.scopes import (
    create_ad_account,
    create_brand,
    create_organisation,
    create_page,
    edit_ad_account,
    rename_brand,
    rename_organisation,
    rename_page,
)
from accounts.services.signing_in import (
    end_own_sessions,
    end_sessions,
    invite_person,
    link_identity,
    note_confirmation,
    note_failed_log_in,
    note_log_in,
    note_log_out,
    note_password_change,
    note_second_factor_added,
    note_second_factor_removed,
    reset_second_factor,
    unlock_user,
)
from accounts.services.tokens import create_api_token, revoke_api_token

__all__ = [
    "add_member",
    "change_role",
    "confirm_change",
    "create_ad_account",
    "create_api_token",
    "create_brand",
    "create_organisation",
    "create_page",
    "create_person",
    "create_role",
    "create_service_account",
    "create_user_group",
    "deactivate_user",
    "decline_change",
    "delegate",
    "edit_ad_account",
    "edit_user",
    "end_absence",
    "end_delegation",
    "end_limit",
    "end_own_sessions",
    "end_sessions",
    "give_limit",
    "grant_role",
    "invite_person",
    "link_identity",
    "mark_reviewed",
    "move_ad_account",
    "note_confirmation",
    "note_failed_log_in",
    "note_log_in",
    "note_log_out",
    "note_password_change",
    "note_second_factor_added",
    "note_second_factor_removed",
    "reactivate_user",
    "record_absence",
    "remove_member",
    "rename_brand",
    "rename_organisation",
    "rename_page",
    "rename_user_group",
    "reset_second_factor",
    "revoke_api_token",
    "revoke_role",
    "set_access_policy",
    "unlock_user",
]
