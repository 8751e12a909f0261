"""The queue: what waits for a person, and the other lists of requests. A fixed number of statements, whatever the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import grants_of_actor
from approvals import queries, timely
from approvals.claims import claims_on
from approvals.models import ApprovalRequest, Claim, RequestItem, Stage
from approvals.states import OPEN_STATES, RequestState
from campaigns.models import MediaAsset, Revision
from core.actor import Actor
from governance.models import Finding
from workplace import words
from workplace.paging import by_key, capped_count

PAGE_SIZE: Final = 25
BADGE_CAP: Final = 100
TABS: Final[dict[str, Promise]] = {
    "awaiting": _("Waiting for me"),
    "mine": _("Submitted by me"),
    "open": _("Open"),
    "all": _("All requests"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for in the query string, already cleaned."""

    tab: str = "awaiting"
    account: UUID | None = None
    state: str = ""
    text: str = ""
    after: str = ""
    late: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filters:
        """From a query string; whatever makes no sense is left out."""
        try:
            account = UUID(asked.get("account", ""))
        except ValueError:
            account = None
        tab, state = asked.get("tab", ""), asked.get("state", "")
        return cls(
            tab=tab if tab in TABS else "awaiting",
            account=account,
            state=state if state in RequestState.values else "",
            text=asked.get("q", "").replace("\x00", "").strip()[:100],
            after=asked.get("after", ""),
            late=asked.get("late") == "1",
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.account or self.state or self.text or self.late)


@dataclass(slots=True)
class Row:
    """One line of the queue."""

    request: ApprovalRequest
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    exposure: str = ""
    age: str = ""
    failing: int = 0
    warnings: int = 0
    thumbnail: MediaAsset | None = None
    stage: Stage | None = None
    stage_number: int = 0
    stages: int = 0
    due: str = ""
    late: bool = False
    claims: list[Claim] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listing:
    """What the page shows."""

    rows: list[Row]
    after: str
    is_first: bool


def requests(actor: Actor, filters: Filters, now: datetime) -> QuerySet[ApprovalRequest]:
    """The requests of one tab, filtered."""
    if filters.tab == "awaiting":
        rows = queries.awaiting(actor)
    else:
        rows = queries.visible_requests(actor)
        if filters.tab == "mine":
            rows = rows.filter(submitted_by_id=UUID(actor.id))
        elif filters.tab == "open":
            rows = rows.filter(state__in=OPEN_STATES)
    if filters.account:
        rows = rows.filter(ad_account_id=filters.account)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.late:
        rows = timely.overdue(rows, now)
    return rows.filter(title__icontains=filters.text) if filters.text else rows


def waiting(actor: Actor) -> int:
    """How many requests wait for this person, up to BADGE_CAP."""
    return capped_count(queries.awaiting(actor), BADGE_CAP)


def accounts(actor: Actor) -> list[tuple[str, str]]:
    """The ad accounts to filter by: (id, name), brand first."""
    from accounts.models import AdAccount

    condition = grants_of_actor(actor).filter("view")
    rows = AdAccount.objects.filter(condition).select_related("brand").order_by("brand__name", "name")[:200]
    return [(str(row.pk), f"{row.brand.name} · {row.name}") for row in rows]


def listing(actor: Actor, filters: Filters, now: datetime) -> Listing:
    """One page: what waits is oldest first, everything else newest first."""
    page = by_key(_shown(requests(actor, filters, now)), filters.after, PAGE_SIZE, oldest_first=filters.tab == "awaiting")
    return Listing(_dressed(page.rows, now), page.after, page.is_first)


def rows(found: QuerySet[ApprovalRequest], now: datetime) -> list[Row]:
    """Requests as lines of the queue, in their order."""
    return _dressed(_shown(found), now)


def _shown(found: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
    stages = Prefetch("stages", Stage.objects.order_by("position"))
    return found.select_related("ad_account__brand", "submitted_by").prefetch_related(stages)


def _dressed(found: Iterable[ApprovalRequest], now: datetime) -> list[Row]:
    rows = {
        row.pk: Row(row, exposure=words.money(row.exposure_minor, row.currency), age=words.ago(row.submitted_at, now))
        for row in found
    }
    if rows:
        _add_changes(rows)
        _add_findings(rows)
        _add_thumbnails(rows)
        _add_claims(rows, now)
    for row in rows.values():
        _add_stage(row, now)
    return list(rows.values())


def _add_stage(row: Row, now: datetime) -> None:
    """The open stage, and when it is due: of several the first."""
    stages = list(row.request.stages.all())
    row.stages = len(stages)
    for number, stage in enumerate(stages, 1):
        if stage.state == "open":
            row.stage, row.stage_number = stage, number
    due = min((stage.due_at for stage in stages if stage.state == "open" and stage.due_at), default=None)
    if due is not None and row.request.state == RequestState.IN_REVIEW:
        row.late = due <= now
        row.due = words.until(due, now)


def _add_changes(rows: Mapping[UUID, Row]) -> None:
    """What is new, and what changed in which sections: one statement for numbers, one for the first changed items."""
    items = RequestItem.objects.filter(request_id__in=rows).order_by()
    numbers = items.values("request_id", "entity_type").annotate(
        new=Count("pk", filter=Q(base__isnull=True)), changed=Count("pk", filter=Q(base__isnull=False))
    )
    changed: dict[tuple[UUID, str], set[str]] = {}
    first = items.filter(base__isnull=False, position__lt=50).values_list(
        "request_id", "entity_type", "sections_changed"
    )
    for request, kind, sections in first:
        changed.setdefault((request, kind), set()).update(sections)
    order = {"campaign": 0, "ad_group": 1, "ad": 2}
    for line in sorted(numbers, key=lambda each: order[each["entity_type"]]):
        _tell(rows[line["request_id"]], line, changed.get((line["request_id"], line["entity_type"]), set()))


def _tell(row: Row, line: Mapping[str, Any], sections: Iterable[str]) -> None:
    kind = line["entity_type"]
    if line["new"]:
        row.new.append(words.count(kind, line["new"]))
    if line["changed"]:
        row.changed.append(f"{words.count(kind, line['changed'])} ({words.sections(sections)})")


def _add_findings(rows: Mapping[UUID, Row]) -> None:
    """How many findings block, and how many warn: one statement."""
    told = Finding.objects.filter(
        check_run__request_items__request_id__in=rows, result__in=("fail", "error")
    ).order_by()
    for line in told.values("check_run__request_items__request_id", "mode").annotate(number=Count("pk", distinct=True)):
        row = rows.get(line["check_run__request_items__request_id"])
        if row is None:
            continue
        if line["mode"] in ("hard", "soft"):
            row.failing += line["number"]
        elif line["mode"] == "warn":
            row.warnings += line["number"]


def _add_claims(rows: Mapping[UUID, Row], now: datetime) -> None:
    """Who is looking at which: one statement."""
    for request, claims in claims_on(rows, now).items():
        rows[request].claims = claims


def _add_thumbnails(rows: Mapping[UUID, Row]) -> None:
    """The first picture or video of the first ad of each request: two statements."""
    ads = RequestItem.objects.filter(request_id__in=rows, entity_type="ad").order_by()
    first: dict[UUID, tuple[int, UUID]] = {}
    for request, position, identifier in ads.filter(position__lt=50).values_list(
        "request_id", "position", "revision_id"
    ):
        if request not in first or position < first[request][0]:
            first[request] = position, identifier
    owners = {revision: request for request, (_position, revision) in first.items()}
    wanted = {}
    for revision in Revision.objects.filter(pk__in=owners):
        for each in revision.content["sections"]["creative"]["media"][:1]:
            wanted[owners[revision.pk]] = (revision.ad_account_id, each["sha256"])
    assets = media_of(wanted.values())
    for request, key in wanted.items():
        rows[request].thumbnail = assets.get(key)


def media_of(keys: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], MediaAsset]:
    """Media by (ad account, hash): one statement."""
    wanted: Sequence[tuple[UUID, str]] = list(keys)
    rows = MediaAsset.objects.filter(
        ad_account_id__in={account for account, _hash in wanted}, sha256__in={sha for _account, sha in wanted}
    )
    return {(row.ad_account_id, row.sha256): row for row in rows.order_by()}
