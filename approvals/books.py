"""The books of envelopes (R-24): what campaigns may spend a month, reserved when approved, committed when published, released
when lowered, revoked, or run out.

Every step writes the difference that it makes to a campaign's exposure from now on, month by month: what was before, taken
from what is after. So what was spent already stays spoken for, and nothing has to be known of it. All of it happens in the
transaction of the step, under the locks of the envelopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount
from approvals import exposure, locks
from approvals.amounts import amount_in
from approvals.digests import parent_in
from approvals.errors import EnvelopeExceeded
from approvals.models import ApprovalRequest, Clearance, Envelope, EnvelopeAmount, EnvelopeEntry, RequestItem
from approvals.queries import visible_envelopes
from approvals.states import EntryKind
from core.actor import Actor
from core.errors import say
from core.money import Money

Months = Mapping[date, int]
_COUNTING = (EntryKind.RESERVE, EntryKind.CONTINUE)
"""Entries up to whose horizon an endless campaign is counted."""
_CAMPAIGN = Coalesce("revision__campaign_id", "revision__ad_group__campaign_id")
_UNNAMED = _(
    "An envelope of the brand has too little left in {month} for this, which needs {more}. Lower the budget, or ask those who look "
    "after the brand's envelopes."
)
"""What is told to whoever decides for an ad account and does not see its brand (R-57): neither what the envelope is called nor what
it holds, which would tell what other ad accounts take."""


# --- what stands -----------------------------------------------------------------------------------------------------------


def counting(campaigns: Iterable[UUID]) -> QuerySet[Any]:
    """The approvals of campaigns and their ad groups that count: neither revoked nor run out unpublished. With `campaign`."""
    budgets: QuerySet[Any] = Clearance.objects.filter(entity_type__in=("campaign", "ad_group")).annotate(campaign=_CAMPAIGN)
    ran_out = EnvelopeEntry.objects.filter(request=OuterRef("request"), kind=EntryKind.EXPIRE)
    return budgets.filter(campaign__in=list(campaigns), revocation__isnull=True).filter(~Exists(ran_out))


def standing(campaigns: Iterable[UUID]) -> list[Clearance]:
    """The same with their revisions, oldest first."""
    return list(counting(campaigns).select_related("revision").order_by("issued_at", "pk"))


def _in_force(said: Iterable[Clearance | RequestItem]) -> tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]:
    """The sections of the campaign and of its ad groups, the latest of each."""
    latest = {each.entity_id: each for each in said}.values()
    campaign = next((each.revision.content["sections"] for each in latest if each.entity_type == "campaign"), None)
    return campaign, [each.revision.content["sections"] for each in latest if each.entity_type == "ad_group"]


def exposed(said: Iterable[Clearance | RequestItem], now: datetime) -> Months:
    """What approvals, or what is put forward in their place, let a campaign spend from now on."""
    campaign, groups = _in_force(said)
    return {} if campaign is None else exposure.by_month(campaign, groups, now)


def difference(before: Months, after: Months) -> dict[date, int]:
    """By month, what is more (or less, negative) after than before. Pure."""
    changed = {month: after.get(month, 0) - before.get(month, 0) for month in {*before, *after}}
    return {month: changed[month] for month in sorted(changed) if changed[month]}


# --- the limit -------------------------------------------------------------------------------------------------------------


def amounts_in_force(envelopes: Iterable[Envelope]) -> list[EnvelopeAmount]:
    """Amounts with a consent."""
    return list(EnvelopeAmount.objects.filter(envelope__in=list(envelopes), consent__isnull=False))


def limit_in(amounts: Iterable[EnvelopeAmount], envelope: UUID, month: date) -> int | None:
    """What an envelope holds in a month; None before its first amount begins: no limit. Pure."""
    found = amount_in((each for each in amounts if each.envelope_id == envelope), month)
    return None if found is None else found.amount_minor


def used(envelopes: Iterable[Envelope]) -> dict[tuple[UUID, date], tuple[int, int]]:
    """Reserved and committed by envelope and month."""
    rows: QuerySet[Any] = EnvelopeEntry.objects.filter(envelope__in=list(envelopes)).order_by().values("envelope", "month")
    sums = rows.annotate(reserved=Sum("reserved_minor"), committed=Sum("committed_minor"))
    return {(row["envelope"], row["month"]): (row["reserved"], row["committed"]) for row in sums}


@dataclass(frozen=True, slots=True)
class Month:
    """How an envelope stands in a month, in minor units; no amount: no limit."""

    month: date
    amount_minor: int | None
    reserved_minor: int
    committed_minor: int

    @property
    def left_minor(self) -> int | None:
        return None if self.amount_minor is None else self.amount_minor - self.reserved_minor - self.committed_minor

    @property
    def is_over(self) -> bool:
        """Whether more is spoken for than it holds."""
        return self.left_minor is not None and self.left_minor < 0


class Standing:
    """How some envelopes stand in all their months; two statements."""

    def __init__(self, envelopes: Sequence[Envelope]) -> None:
        self.amounts, self.spoken_for = amounts_in_force(envelopes), used(envelopes)

    def of(self, envelope: UUID, month: date) -> Month:
        """One of them in a month."""
        return Month(month, limit_in(self.amounts, envelope, month), *self.spoken_for.get((envelope, month), (0, 0)))


def months_of(envelope: Envelope) -> list[Month]:
    """The months from which on an amount counts, and those in which anything is spoken for; two statements."""
    stands = Standing([envelope])
    wanted = {each.first_month for each in stands.amounts} | {month for _envelope, month in stands.spoken_for}
    return [stands.of(envelope.pk, each) for each in sorted(wanted)]


def _check(actor: Actor, envelopes: Sequence[Envelope], changed: Mapping[date, int]) -> None:
    """Raises EnvelopeExceeded, as far as the actor may know, for the first month in which what is added does not fit."""
    stands = Standing(envelopes)
    for envelope in envelopes:
        for month, more in changed.items():
            left = stands.of(envelope.pk, month).left_minor
            if more > 0 and left is not None and more > left:
                raise _exceeded(actor, envelope, month, more, left)


def _exceeded(actor: Actor, envelope: Envelope, month: date, more: int, left: int) -> EnvelopeExceeded:
    told = {"month": f"{month:%Y-%m}", "more": str(Money(more, envelope.currency))}
    unnamed = say(_UNNAMED, **told)
    if not visible_envelopes(permissions.refreshed(actor)).filter(pk=envelope.pk).exists():
        return EnvelopeExceeded(unnamed, month=told["month"])
    words = _("“{title}” has {left} left in {month}, and this needs {more}. Lower the budget, or have the envelope raised.")
    said = say(words, title=envelope.title, left=str(Money(max(left, 0), envelope.currency)), **told)
    evidence = said if envelope.ad_account_id else unnamed
    return EnvelopeExceeded(said, evidence, envelope=str(envelope.pk), month=told["month"], missing_minor=more - max(left, 0))


# --- the steps ---------------------------------------------------------------------------------------------------------------


Line = tuple[UUID, date, int, int]
"""Envelope, month, what is reserved and committed more (or less, negative)."""


@dataclass(frozen=True, slots=True)
class Book:
    """What is about to be written: to which envelopes, for which campaign, because of which request."""

    envelopes: Sequence[Envelope]
    campaign: UUID
    request: ApprovalRequest | None
    now: datetime

    def write(self, kind: EntryKind, lines: Iterable[Line]) -> None:
        EnvelopeEntry.objects.bulk_create(
            EnvelopeEntry(
                envelope_id=envelope, month=month, campaign_id=self.campaign, request=self.request, kind=kind,
                reserved_minor=reserved, committed_minor=committed, at=self.now,
            )
            for envelope, month, reserved, committed in lines
            if reserved or committed or kind is EntryKind.EXPIRE
        )  # fmt: skip

    def balances(self) -> dict[tuple[UUID, date], tuple[int, int]]:
        """Reserved and committed of the campaign by envelope and month."""
        mine = EnvelopeEntry.objects.filter(envelope__in=self.envelopes, campaign=self.campaign)
        sums: QuerySet[Any] = mine.order_by().values("envelope", "month")
        rows = sums.annotate(reserved=Sum("reserved_minor"), committed=Sum("committed_minor"))
        return {(row["envelope"], row["month"]): (row["reserved"], row["committed"]) for row in rows}

    def undo(self, kind: EntryKind, *, is_last: bool) -> None:
        """Take back what the request did; `is_last`: nothing else of the campaign stands, and all that is reserved goes."""
        rows: QuerySet[Any] = EnvelopeEntry.objects.filter(envelope__in=self.envelopes, request=self.request).order_by()
        sums = rows.values("envelope", "month").annotate(reserved=Sum("reserved_minor"), committed=Sum("committed_minor"))
        done = {(row["envelope"], row["month"]): (row["reserved"], row["committed"]) for row in sums}
        lines = []
        for key, (reserved, _committed) in self.balances().items():
            took, moved = done.get(key, (0, 0))
            lines.append((*key, -(reserved if is_last else min(took, reserved)), max(0, -moved)))
        self.write(kind, lines)

    def taking(self, changed: Months) -> list[Line]:
        """What is more of it, in each envelope."""
        return [(each.pk, month, by, 0) for each in self.envelopes for month, by in changed.items() if by > 0]

    def giving(self, changed: Months) -> list[Line]:
        """What is less of it: reserved money first, then committed; never more than is spoken for."""
        lines = []
        for (envelope, month), (reserved, committed) in self.balances().items():
            wanted = max(0, -changed.get(month, 0))
            from_reserved = min(wanted, reserved)
            lines.append((envelope, month, -from_reserved, -min(wanted - from_reserved, committed)))
        return lines


def reserve(actor: Actor, request: ApprovalRequest, items: Iterable[RequestItem], now: datetime) -> None:
    """What was just cleared takes its place in the envelopes, or gives some back. Nothing is read where no budget is cleared, one
    statement where no envelope is. Raises EnvelopeExceeded, in words for the actor."""
    campaign = campaign_in(items)
    envelopes = [] if campaign is None else locks.envelopes(request.ad_account)
    if campaign is None or not envelopes:
        return
    counted = standing([campaign])
    earlier = [each for each in counted if each.request_id != request.pk]
    _run_on(Book(envelopes, campaign, None, now), earlier)  # what stood before is counted up to now, then compared
    changed = difference(exposed(earlier, now), exposed(counted, now))
    _check(actor, envelopes, changed)
    book = Book(envelopes, campaign, request, now)
    book.write(EntryKind.RESERVE, book.taking(changed))
    book.write(EntryKind.RELEASE, book.giving(changed))


def campaign_in(items: Iterable[RequestItem]) -> UUID | None:
    """The campaign whose budgets are among the items; None where only ads are."""
    budgets = next((item for item in items if item.entity_type != "ad"), None)
    if budgets is None:
        return None
    return budgets.entity_id if budgets.entity_type == "campaign" else parent_in(budgets.revision.content)


def draws(request: ApprovalRequest, items: Iterable[RequestItem], envelopes: Iterable[Envelope]) -> bool:
    """Whether what a request clears is held by one of these envelopes."""
    account = request.ad_account
    mine = (
        each for each in envelopes
        if each.currency == account.currency and (each.ad_account_id == account.pk or each.brand_id == account.brand_id)
    )  # fmt: skip
    return any(True for _each in mine) and campaign_in(items) is not None


def give_back(request: ApprovalRequest, items: Iterable[RequestItem], kind: EntryKind, now: datetime) -> None:
    """What a request had cleared is not any more: call it before its end is written. Given back where it was taken, also when
    the ad account has moved since. Of what was never published nothing was spent: all that the request did is undone."""
    campaign = campaign_in(items)
    envelopes = [] if campaign is None else locks.envelopes_with(campaign)
    if campaign is None or not envelopes:
        return
    book = Book(envelopes, campaign, request, now)
    counted = standing([campaign])
    others = [each for each in counted if each.request_id != request.pk]
    if request.envelope_entries.filter(kind=EntryKind.COMMIT).exists():
        book.write(kind, book.giving(difference(exposed(counted, now), exposed(others, now))))
    else:
        book.undo(kind, is_last=not others)


def note_published(request: ApprovalRequest, campaign: UUID, now: datetime) -> None:
    """What was reserved of a campaign is on the channel now. One statement where no envelope is."""
    envelopes = locks.envelopes(request.ad_account)
    if envelopes:
        book = Book(envelopes, campaign, request, now)
        lines = ((*key, -reserved, reserved) for key, (reserved, _committed) in book.balances().items())
        book.write(EntryKind.COMMIT, lines)


def run_on(account: AdAccount, campaign: UUID, now: datetime) -> dict[date, int]:
    """Count the days that an endless campaign goes on, one for each that has passed since it was counted last; whether they fit
    or not, for it does go on. What is added, by month, to each envelope."""
    return _run_on(Book(locks.envelopes(account), campaign, None, now), standing([campaign]))


def further(book: Book, said: Iterable[Clearance]) -> dict[date, int]:
    """By month, what an endless campaign may spend of the days that passed since it was counted last; one statement."""
    mine = EnvelopeEntry.objects.filter(envelope__in=book.envelopes, campaign=book.campaign)
    counted = mine.filter(kind__in=_COUNTING).aggregate(at=Max("at"))["at"]
    sections, groups = _in_force(said)
    return {} if counted is None or sections is None else exposure.run_on(sections, groups, counted, book.now)


def _run_on(book: Book, said: Iterable[Clearance]) -> dict[date, int]:
    more = further(book, said)
    if more:
        live = {key[0] for key, (_reserved, committed) in book.balances().items() if committed}
        keys = [(each.pk, month, by) for each in book.envelopes for month, by in more.items()]
        book.write(EntryKind.CONTINUE, ((key, month, 0, by) if key in live else (key, month, by, 0) for key, month, by in keys))
    return more


def due_to_run_on(now: datetime) -> list[tuple[UUID, UUID]]:
    """(ad account, campaign) of whatever has no end, was counted last more than a day ago, and is still spoken for."""
    rows: QuerySet[Any] = EnvelopeEntry.objects.order_by().values("campaign", "campaign__ad_account")
    last = Max("at", filter=Q(kind__in=_COUNTING))
    sums = rows.annotate(last=last, left=Sum("reserved_minor") + Sum("committed_minor"))
    due = sums.filter(last__lte=now - timedelta(days=1), left__gt=0)
    return [(row["campaign__ad_account"], row["campaign"]) for row in due if _goes_on(row["campaign"], row["last"], now)]


def _goes_on(campaign: UUID, counted: datetime, now: datetime) -> bool:
    sections, groups = _in_force(standing([campaign]))
    return sections is not None and bool(exposure.run_on(sections, groups, counted, now))


def open_book(envelope: Envelope, now: datetime) -> int:
    """Whatever stands when an envelope is made takes its place in it, whether it fits or not. How many campaigns."""
    drawn = Q(ad_account=envelope.ad_account) if envelope.ad_account_id else Q(ad_account__brand=envelope.brand_id)
    budgets: QuerySet[Any] = Clearance.objects.filter(drawn, currency=envelope.currency, revocation__isnull=True)
    rows = budgets.filter(entity_type__in=("campaign", "ad_group")).annotate(campaign=_CAMPAIGN)
    campaigns = set(rows.values_list("campaign", flat=True))
    by_campaign: dict[UUID, list[Clearance]] = {}
    for each in standing(campaigns):
        by_campaign.setdefault(each.campaign, []).append(each)  # type: ignore[attr-defined]
    for campaign, clearances in by_campaign.items():
        lines = ((envelope.pk, month, by, 0) for month, by in exposed(clearances, now).items())
        Book([envelope], campaign, None, now).write(EntryKind.RESERVE, lines)
    return len(by_campaign)
