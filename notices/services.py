"""The verb of `notices`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import locks, subjects
from accounts.models import UserKind
from accounts.permissions import principal_of
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Forbidden, Invalid, say
from notices.kinds import DEFAULTS, Delivery, Kind
from notices.models import Preference

__all__ = ["set_preference"]


@service("notices.preference.set")
def set_preference(*, actor: Actor, kind: str, delivery: str) -> Preference:
    """When one wants mail of a kind: at once, once a day, or not at all. Of oneself alone. What waits to be sent of a kind that is
    turned off is not sent. Raises Forbidden (machines), Invalid."""
    person = principal_of(actor)
    concerning(subjects.of_user(person))
    if person.kind != UserKind.PERSON:
        raise Forbidden(_("People are told, never machines."))
    for field, value, known in (("kind", kind, Kind.values), ("delivery", delivery, Delivery.values)):
        if value not in known:
            raise Invalid.field(field, "unknown", say(_("Choose one of {choices}."), choices=", ".join(known)))
    person = locks.user(person.pk)
    row = Preference.objects.filter(person=person, kind=kind).first()
    before = str(DEFAULTS[kind]) if row is None else row.delivery
    now = clock.now()
    row = row or Preference(person=person, kind=kind)
    row.delivery, row.changed_at = delivery, now
    row.save()
    record(event(actor, "notices.preference.set", subjects.of_user(person), now, kind=kind, before=before, delivery=delivery))
    return row
