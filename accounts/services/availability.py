"""What is unique across organisations: e-mail addresses, which people log in by, and the channel's ids of ad accounts, into
which only one may publish (docs/adr/0017). A refusal says that somebody has it, so that few of them are given."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.errors import TooManyTried
from accounts.models import Organisation, User
from audit.models import AuditEvent
from audit.recording import REFUSED
from core import clock
from core.actor import Actor

MOST: Final = 10
WITHIN: Final = timedelta(days=1)
_ASKING: Final = ("accounts.user.created", "accounts.service_account.created", "accounts.ad_account.created")


def check_not_searching(actor: Actor, organisation: Organisation) -> None:
    """Raises TooManyTried where an organisation's people met what others hold MOST times WITHIN a day: neither what is
    free nor what is held is told any more. Commands and single sign-on are not concerned."""
    if not isinstance(actor.principal, User):
        return
    met = AuditEvent.objects.filter(
        organisation=organisation.pk, at__gt=clock.now() - WITHIN, action__in=_ASKING, outcome=REFUSED,
        canonical__contains='"code":"unavailable"',
    )  # fmt: skip
    if met.count() >= MOST:
        raise TooManyTried(_("Too many addresses or ids that cannot be used were tried here. Try again tomorrow."))
