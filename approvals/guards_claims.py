"""Guards of claims (R-50): what somebody said of themselves is not rewritten."""

from __future__ import annotations

from typing import Final

from core.triggers import insert_only

GUARDS: Final = insert_only("approvals_claim", "approvals_claim")
