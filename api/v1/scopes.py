"""Where something holds: an organisation, a brand, an ad account or a page, in bodies, queries and answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models import SCOPE_FIELD, Organisation, Scope, User
from accounts.permissions import KINDS, principal_of
from accounts.queries import visible_ad_accounts, visible_brands, visible_organisations, visible_pages
from api.fields import Choice, Id, Strict
from api.filters import Text
from campaigns.queries import get, visible_ad_groups, visible_ads, visible_campaigns
from core.actor import Actor
from core.errors import Forbidden

_ID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PLACES: Final[Mapping[str, Callable[[Actor], QuerySet[Any]]]] = {
    "organisation": visible_organisations,
    "brand": lambda actor: visible_brands(actor).select_related("organisation"),
    "ad_account": lambda actor: visible_ad_accounts(actor).select_related("brand__organisation"),
    "page": lambda actor: visible_pages(actor).select_related("brand__organisation"),
}
_BELOW: Final[Mapping[str, Callable[[Actor], QuerySet[Any]]]] = {
    "campaign": visible_campaigns,
    "ad_group": visible_ad_groups,
    "ad": visible_ads,
}
OBJECTS: Final = (*KINDS, *_BELOW)
"""What one can ask about: what lies below an ad account is judged by its ad account."""


class ScopeIn(Strict):
    """A place, by kind and id."""

    type = Choice(choices=KINDS)
    id = Id()


class ScopeOut(serializers.Serializer[Any]):
    """A place, by name."""

    type = serializers.ChoiceField(choices=KINDS)
    id = serializers.UUIDField()
    name = serializers.CharField()


class ScopeFilter(Text):
    """`type:id`, such as `brand:<id>`; what is not there lists nothing."""

    def __init__(self) -> None:
        super().__init__(max_length=60, method=self._on)

    def _on(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        kind, identifier = parse(name, value, KINDS)
        if kind not in {field.name for field in rows.model._meta.get_fields()}:
            return rows.none()  # nothing of these is ever bound to such a place
        return rows.filter(**{f"{kind}_id": identifier})


PARAMETER: Final[Any] = {"type": "string", "pattern": f"^({'|'.join(OBJECTS)}):{_ID}$"}
"""`type:id` in OpenAPI."""
MOMENT: Final = OpenApiTypes.DATETIME


def shown(scope: Scope) -> dict[str, Any]:
    """A place as it is answered."""
    return {"type": SCOPE_FIELD[type(scope)], "id": scope.pk, "name": str(scope)}


def parse(field: str, text: str, kinds: tuple[str, ...] = OBJECTS) -> tuple[str, UUID]:
    """Kind and id of `type:id`. Raises ValidationError naming the field."""
    kind, _colon, identifier = text.partition(":")
    if kind not in kinds or not re.fullmatch(_ID, identifier):
        words = _("Give type:id; the types are: %(names)s.") % {"names": ", ".join(kinds)}
        raise ValidationError({field: [ErrorDetail(words, code="invalid")]})
    return kind, UUID(identifier)


def place(actor: Actor, kind: str, identifier: UUID) -> Scope:
    """A visible place; of what lies below an ad account, the ad account. Raises NotFound."""
    if kind in _BELOW:
        return get(_BELOW[kind](actor).select_related("ad_account__brand__organisation"), identifier).ad_account  # type: ignore[no-any-return]
    found: Scope = get(_PLACES[kind](actor), identifier)
    return found


def named_organisation(actor: Actor, named: UUID | None) -> Organisation:
    """The organisation that a body names, else one's own. Raises NotFound, Forbidden."""
    return own_organisation(actor) if named is None else get(visible_organisations(actor), named)


def own_organisation(actor: Actor) -> Organisation:
    """The organisation of whoever asks. Raises Forbidden for those who belong to none."""
    user: User = principal_of(actor)
    if user.organisation is None:
        raise Forbidden(_("You belong to no organisation."))
    return user.organisation
