"""Read-only pages of the models, registered with the site."""

from workplace.admins import accounts, approvals, audit, campaigns, governance, publishing
from workplace.site import site

__all__ = ["accounts", "approvals", "audit", "campaigns", "governance", "publishing", "site"]
