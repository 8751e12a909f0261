"""Permissions and the built-in roles as data (R-57). A role is a named set of permissions; `view` comes with every role.

Organisations may add roles of their own (`accounts.services.create_role`); the built-in ones are the same everywhere and
never change. Their ids are their names here, those of custom roles are UUIDs, so that the two cannot collide.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final[dict[str, Promise]] = {
    "view": _("see everything below this"),
    "submit": _("draft, upload and put forward for approval"),
    "approve_content": _("decide on content stages"),
    "approve_budget": _("decide on budget stages"),
    "approve_legal": _("decide on legal stages"),
    "publish": _("publish what is cleared"),
    "operate": _("pause, decrease, revoke"),
    "audit": _("read the log"),
    "manage_access": _("give and take roles"),
    "manage_policy": _("change rule sets and approval policies"),
    "override": _("let a soft finding pass, with a reason"),
}

ROLES: Final[dict[str, frozenset[str]]] = {
    "submitter": frozenset({"view", "submit"}),
    "content_approver": frozenset({"view", "approve_content"}),
    "budget_approver": frozenset({"view", "approve_budget"}),
    "legal_approver": frozenset({"view", "approve_legal"}),
    "publisher": frozenset({"view", "publish"}),
    "operator": frozenset({"view", "operate"}),
    "auditor": frozenset({"view", "audit"}),
    "access_manager": frozenset({"view", "manage_access"}),
    "policy_manager": frozenset({"view", "manage_policy"}),
    "exception_approver": frozenset({"view", "override"}),
}

ROLE_NAMES: Final[dict[str, Promise]] = {
    "submitter": _("Submitter"),
    "content_approver": _("Content approver"),
    "budget_approver": _("Budget approver"),
    "legal_approver": _("Legal approver"),
    "publisher": _("Publisher"),
    "operator": _("Operator"),
    "auditor": _("Auditor"),
    "access_manager": _("Access manager"),
    "policy_manager": _("Policy manager"),
    "exception_approver": _("Exception approver"),
}

APPROVING: Final = frozenset({"approve_content", "approve_budget", "approve_legal"})
"""What a machine can never hold with effect (R-33)."""

ACTING: Final = frozenset(PERMISSIONS) - {"view", "audit"}
"""What changes something: nobody who does any of this reads the log of the same place as its auditor (R-60)."""
