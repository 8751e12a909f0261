"""The addresses of the access pages: (route, view, name)."""

from __future__ import annotations

from typing import Final

from workplace.access import View
from workplace.access_pages import (
    compromised,
    deputies,
    giving,
    group,
    landing,
    limits,
    moving,
    person,
    place,
    policy,
    review,
    review_export,
    roles,
    tokens,
    waiting,
    who,
)

_PERSON: Final = "access/people/<uuid:identifier>/"
_GROUP: Final = "access/groups/<uuid:identifier>/"
_PLACE: Final = "access/places/<str:kind>/<uuid:identifier>/"

ROUTES: Final[list[tuple[str, View, str]]] = [
    ("access/", landing.show, "access"),
    ("access/people/new/", landing.new_person, "access_person_new"),
    (_PERSON, person.show, "access_person"),
    (f"{_PERSON}edit/", person.edit, "access_person_edit"),
    (f"{_PERSON}join/", person.join, "access_person_join"),
    (f"{_PERSON}machines/", person.new_machine, "access_machine_new"),
    (f"{_PERSON}deactivate/", person.deactivate, "access_deactivate"),
    (f"{_PERSON}compromised/", compromised.declare, "access_compromised"),
    (f"{_PERSON}reactivate/", person.reactivate, "access_reactivate"),
    ("compromised/", compromised.show, "compromised"),
    ("access/grants/<uuid:identifier>/end/", person.end_grant, "access_grant_end"),
    ("access/memberships/<uuid:identifier>/end/", person.end_membership, "access_membership_end"),
    ("access/groups/", group.listing, "access_groups"),
    ("access/groups/new/", group.new, "access_group_new"),
    (_GROUP, group.show, "access_group"),
    (f"{_GROUP}rename/", group.rename, "access_group_rename"),
    (f"{_GROUP}join/", group.join, "access_group_join"),
    ("access/places/", place.listing, "access_places"),
    ("access/places/ad_account/<uuid:identifier>/move/", moving.move, "access_move"),
    (_PLACE, place.show, "access_place"),
    (f"{_PLACE}rename/", place.rename, "access_place_rename"),
    (f"{_PLACE}brands/", place.new_brand, "access_brand_new"),
    (f"{_PLACE}ad-accounts/", place.new_account, "access_account_new"),
    (f"{_PLACE}pages/", place.new_page, "access_page_new"),
    (f"{_PLACE}links/", place.link_pages, "access_links"),
    ("access/roles/", roles.listing, "access_roles"),
    ("access/roles/new/", roles.new, "access_role_new"),
    ("access/roles/<str:identifier>/", roles.show, "access_role"),
    ("access/give/", giving.give, "access_give"),
    ("access/who/", who.show, "access_who"),
    ("access/waiting/", waiting.show, "access_waiting"),
    ("access/waiting/<uuid:identifier>/confirm/", waiting.confirm, "access_confirm"),
    ("access/waiting/<uuid:identifier>/decline/", waiting.decline, "access_decline"),
    ("access/review/", review.show, "access_review"),
    ("access/review.csv", review_export.export, "access_export"),
    ("access/limits/", limits.show, "access_limits"),
    ("access/limits/<uuid:identifier>/end/", limits.end, "access_limit_end"),
    ("access/policy/", policy.show, "access_policy"),
    ("deputies/", deputies.show, "deputies"),
    ("deputies/<uuid:identifier>/end/", deputies.end, "deputy_end"),
    ("absences/", deputies.away, "absence_new"),
    ("absences/<uuid:identifier>/end/", deputies.back, "absence_end"),
    ("tokens/", tokens.show, "tokens"),
    ("tokens/<uuid:identifier>/revoke/", tokens.revoke, "token_revoke"),
]
