"""What the head of a request is compared with (R-09): what was approved last, what whoever asks decided on last, and the request
before. Read only; a fixed number of statements, however many items a request has.

Earlier requests of the same entities lie in the same ad account, and are read only where the actor sees that ad account.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.id_sets import among
from accounts.models import Page
from accounts.permissions import grants_of_actor, principal_of
from approvals import differences, exposure
from approvals.books import campaign_in
from approvals.differences import Difference, Shift
from approvals.digests import parent_in, planned
from approvals.models import ApprovalRequest, Clearance, Decision, RequestItem
from approvals.words import Names
from campaigns.models import AdGroup, Campaign, MediaAsset, Revision
from core.actor import Actor

Contents = Mapping[UUID, tuple[str, Mapping[str, Any]]]
"""By entity its kind and sections."""
RESULTS: Final = ("new", "same", "changed")


class Against(TextChoices):
    APPROVED = "approved", _("what was approved last")
    REVIEWED = "reviewed", _("what you decided on last")
    PREVIOUS = "previous", _("the previous request")


@dataclass(frozen=True, slots=True)
class Base:
    """What one head is compared with, and where it stood: an item of an earlier request, with `verdict` and `decided_at` of
    whoever asks; None for what was approved last."""

    revision: Revision
    stood: RequestItem | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One item with what it is compared with, and what it can spend there and here."""

    item: RequestItem
    base: Base | None
    shift: Shift | None = None

    @property
    def result(self) -> str:
        """`new` with nothing to compare with, `same`, or `changed`."""
        if self.base is None:
            return "new"
        return "same" if self.base.revision.digest == self.item.revision.digest else "changed"

    def differences(self, names: Names) -> list[Difference]:
        """What changed, in words; everything, where there is nothing to compare with."""
        if self.result == "same":
            return []
        base = None if self.base is None else self.base.revision.content["sections"]
        return differences.differences(base, self.item.revision.content["sections"], names, self.shift)


@dataclass(frozen=True, slots=True)
class Bases:
    """All three, by entity."""

    request: ApprovalRequest
    by_kind: Mapping[Against, Mapping[UUID, Base]]

    def pairs(self, against: Against) -> list[Pair]:
        """The items in their order."""
        found = self.by_kind[against]
        return [Pair(item, found.get(item.entity_id)) for item in self.request.items.all()]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A request against one of the three. `shift`: what its campaign can spend, None where no budget is concerned. `earlier`: the
    latest request in which any of it stood; `gone`: what stood there, was not approved, and is not put forward any more."""

    against: Against
    pairs: list[Pair]
    shift: Shift | None
    earlier: ApprovalRequest | None
    gone: list[RequestItem]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compare with."""
        return all(pair.base is None for pair in self.pairs)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, how it is to be published included."""
        return not self.gone and not self.publishes_otherwise and all(pair.result == "same" for pair in self.pairs)

    @property
    def publishes_otherwise(self) -> bool:
        """Whether it is to be published in another way or at another time, which the digest covers too."""
        if self.earlier is None:
            return False
        request = self.pairs[0].item.request
        return planned(self.earlier) != planned(request)

    def contents(self) -> list[Mapping[str, Any]]:
        """The sections of heads and bases."""
        revisions = [pair.item.revision for pair in self.pairs]
        revisions += [pair.base.revision for pair in self.pairs if pair.base is not None]
        return [revision.content["sections"] for revision in revisions]


# --- the three ---------------------------------------------------------------------------------------------------------------


def bases(actor: Actor, request: ApprovalRequest) -> Bases:
    """What each item is compared with, by all three: two statements, one where nothing was put forward before. The request is one
    that `queries.get_request` gave."""
    places = _places(actor, request)
    keys = {key for pair in places.values() for key in pair if key is not None}
    found = _stood(actor, keys) if keys else {}
    approved = {item.entity_id: Base(item.base) for item in request.items.all() if item.base is not None}
    earlier = [
        {entity: Base(found[key].revision, found[key]) for entity, keys in places.items() if (key := keys[which]) in found}
        for which in range(2)
    ]
    return Bases(request, {Against.APPROVED: approved, Against.REVIEWED: earlier[0], Against.PREVIOUS: earlier[1]})


def _places(actor: Actor, request: ApprovalRequest) -> dict[UUID, tuple[UUID | None, UUID | None]]:
    """By entity the item of the latest earlier request that this person decided on, and of the latest at all."""
    mine = _decided_by(actor).filter(request=OuterRef("request"))
    # Through the revision, whose entity has an index. All that there are, and not one each by LIMIT: for an entity without any
    # the database might look through all requests there ever were.
    rows = RequestItem.objects.filter(
        among("revision__entity_id", [item.entity_id for item in request.items.all()]),
        request_id__lt=request.pk, request__ad_account=request.ad_account_id,
    ).annotate(mine=Exists(mine)).order_by("request_id").values_list("entity_id", "pk", "mine")  # fmt: skip
    found: dict[UUID, tuple[UUID | None, UUID | None]] = {}
    for entity, key, is_mine in rows:
        found[entity] = (key if is_mine else found.get(entity, (None, None))[0], key)
    return found


def _decided_by(actor: Actor) -> QuerySet[Decision]:
    """What this person decided themselves; what was carried over from an earlier version they did not look at."""
    return Decision.objects.filter(decided_by=principal_of(actor).pk, carried_from__isnull=True)


def _stood(actor: Actor, keys: Iterable[UUID]) -> dict[UUID, RequestItem]:
    """Items of earlier requests with their revisions, as far as the actor sees those requests."""
    mine = _decided_by(actor).filter(request=OuterRef("request")).order_by("-pk")
    rows = RequestItem.objects.filter(among("pk", list(keys))).select_related("revision", "request")
    rows = rows.filter(among("request__ad_account_id", grants_of_actor(actor).ad_account_ids("view")))
    told = {name: Subquery(mine.values(name)[:1]) for name in ("verdict", "decided_at")}
    return {row.pk: row for row in rows.annotate(**told)}


# --- one of them -------------------------------------------------------------------------------------------------------------


def compare(found: Bases, against: Against) -> Comparison:
    """The request against one of the three: two statements for the budgets that stand beside it, none where its campaign is new;
    one for what is not put forward any more, where there is an earlier request."""
    request, pairs = found.request, found.pairs(against)
    shifts, whole = _shifts(request, pairs)
    stood = [pair.base.stood.request for pair in pairs if pair.base is not None and pair.base.stood is not None]
    earlier = max(stood, key=lambda each: each.pk, default=None)
    return Comparison(
        against,
        [Pair(pair.item, pair.base, shifts.get(pair.item.entity_id)) for pair in pairs],
        whole,
        earlier,
        [] if earlier is None else _gone(earlier, pairs),
    )


def _gone(earlier: ApprovalRequest, pairs: Sequence[Pair]) -> list[RequestItem]:
    here = {pair.item.entity_id for pair in pairs}
    rows = RequestItem.objects.filter(request=earlier, clearance__isnull=True).select_related("revision")
    return [row for row in rows.defer("revision__canonical") if row.entity_id not in here]


def _shifts(request: ApprovalRequest, pairs: Sequence[Pair]) -> tuple[dict[UUID, Shift], Shift | None]:
    """What each budget, and the campaign as a whole, could spend before and can now, both as of the submission: days that have
    passed meanwhile are no change. What has no base there stands as it was approved last, or not at all."""
    campaign = campaign_in(pair.item for pair in pairs)
    if campaign is None:
        return {}, None
    budgets = [pair for pair in pairs if pair.item.entity_type != "ad"]
    is_new = any(pair.item.entity_id == campaign and pair.item.base is None for pair in budgets)
    beside = {} if is_new else _beside(request, campaign, {pair.item.entity_id for pair in budgets})
    after = {**beside, **_contents((pair.item.entity_id, pair.item.revision) for pair in budgets)}
    standing = ((pair.item.entity_id, pair.base.revision if pair.base is not None else pair.item.base) for pair in budgets)
    before = {**beside, **_contents((entity, revision) for entity, revision in standing if revision is not None)}
    now, currency = request.submitted_at, request.currency
    whole = Shift(_of_campaign(campaign, before, now), _of_campaign(campaign, after, now), currency)
    groups = [pair.item.entity_id for pair in budgets if pair.item.entity_type == "ad_group"]
    found = {each: Shift(_of_group(before.get(each), now), _of_group(after.get(each), now), currency) for each in groups}
    return {**found, campaign: whole}, whole


def _contents(revisions: Iterable[tuple[UUID, Revision]]) -> dict[UUID, tuple[str, Mapping[str, Any]]]:
    return {entity: (revision.entity_type, revision.content["sections"]) for entity, revision in revisions}


def _of_group(found: tuple[str, Mapping[str, Any]] | None, now: datetime) -> int:
    return 0 if found is None else exposure.of_ad_group(found[1], now)


def _of_campaign(campaign: UUID, contents: Contents, now: datetime) -> int:
    groups = [sections for kind, sections in contents.values() if kind == "ad_group"]
    return 0 if campaign not in contents else exposure.of_campaign(contents[campaign][1], groups, now)


def _beside(request: ApprovalRequest, campaign: UUID, besides: Container[UUID]) -> dict[UUID, tuple[str, Mapping[str, Any]]]:
    """The campaign and its ad groups as they were approved last when the request was submitted, those in it left out: what its
    exposure was computed with."""
    at = request.submitted_at
    entities = [campaign, *AdGroup.objects.filter(campaign=campaign).order_by().values_list("pk", flat=True)]
    standing = Clearance.objects.filter(Q(revocation__isnull=True) | Q(revocation__revoked_at__gt=at), issued_at__lte=at)
    later = standing.filter(entity_id=OuterRef("entity_id"), issued_at__gt=OuterRef("issued_at"))
    rows = standing.filter(~Exists(later), among("entity_id", entities))
    return _contents((row.entity_id, row.revision) for row in rows.select_related("revision") if row.entity_id not in besides)


# --- what ids mean -----------------------------------------------------------------------------------------------------------


def hashes_in(contents: Iterable[Mapping[str, Any]]) -> set[str]:
    """The hashes of all media that these contents name."""
    return {each["sha256"] for found in contents for each in found.get("creative", {}).get("media", ())}


def names_of(request: ApprovalRequest, contents: Sequence[Mapping[str, Any]], files: Mapping[str, str]) -> Names:
    """Names of the parents and pages that contents name by id, the request's own items first: at most three statements."""
    entities = {str(item.entity_id): item.revision.name for item in request.items.all()}
    entities[str(request.ad_account_id)] = request.ad_account.name
    wanted = {str(parent) for each in contents if (parent := parent_in({"sections": each}))} - set(entities)
    for model in (Campaign, AdGroup):
        rows: QuerySet[Any] = model.objects.filter(pk__in=wanted, ad_account=request.ad_account).order_by()
        entities.update({str(key): name for key, name in rows.values_list("pk", "name")})
    ids = {page["id"] for each in contents if (page := each.get("identity", {}).get("page"))}
    pages = {str(page.pk): str(page) for page in Page.objects.filter(pk__in=ids).order_by()}
    return Names(entities, pages, request.ad_account.timezone or "UTC", files)


def file_names(request: ApprovalRequest, contents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What the media in contents were called when they were uploaded, by hash: one statement."""
    rows = MediaAsset.objects.filter(ad_account=request.ad_account, sha256__in=hashes_in(contents)).order_by()
    return dict(rows.values_list("sha256", "original_name"))
