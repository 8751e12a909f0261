"""Reading `notices`: what somebody is told and may still see, how much of it is new, and what they chose."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from accounts.permissions import grants_of_actor, principal_of
from core.actor import Actor
from notices.kinds import Kind
from notices.models import Notice
from notices.reading import deliveries


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """The actor's notices of what they may see at this moment (R-57), newest first."""
    visible = grants_of_actor(actor).filter("view", "ad_account")
    return Notice.objects.filter(visible, person=principal_of(actor)).order_by("-pk")


def unread(actor: Actor) -> QuerySet[Notice]:
    """Those of them that were not marked as read."""
    return own_notices(actor).filter(read_at__isnull=True)


def preferences(actor: Actor) -> Mapping[str, str]:
    """Kind → when the actor wants mail of it, chosen or by default. One statement."""
    person = principal_of(actor).pk
    found = deliveries([person])
    return {kind: found[person, kind] for kind in Kind.values}
