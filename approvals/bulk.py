"""What may be approved together with others, unopened (R-31): pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from approvals.errors import MustBeOpened
from approvals.models import ApprovalRequest
from core.errors import say
from core.money import Money, exponent

MOST: Final = 50
"""So many requests are decided at once."""
CHECKS, EXPOSURE = "checks", "exposure"


def limit_in(currency: str) -> int:
    """The most that a request may spend to be approved unopened, in minor units; nothing where none is set (R-03)."""
    return int(Decimal(settings.BULK_APPROVAL_UP_TO.get(currency, 0)).scaleb(exponent(currency)))


def must_be_opened(request: ApprovalRequest, *, is_green: bool) -> MustBeOpened | None:
    """Why a request is not approved in bulk, if so. `is_green`: all of its checks passed, without a warning, and without a
    finding that somebody had to let pass."""
    if not is_green:
        return MustBeOpened(_("Its checks found something; open it and look before you approve."), because=CHECKS)
    if request.exposure_minor > limit_in(request.currency):
        most = str(Money(limit_in(request.currency), request.currency))
        words = say(_("It may spend more than {most}, the most that is approved in bulk; open it to approve it."), most=most)
        return MustBeOpened(words, because=EXPOSURE)
    return None
