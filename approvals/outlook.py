"""What requests take of envelopes, and who holds how much of one (R-24): read for people, without locks, by the books' own sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from accounts.id_sets import among
from accounts.models import AdAccount
from accounts.permissions import grants_of_actor
from accounts.queries import visible_brands
from approvals import books
from approvals.models import ApprovalRequest, Envelope, EnvelopeEntry
from approvals.states import OPEN_STATES, EntryKind, RequestState
from core.actor import Actor

# --- of a request ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """What a request takes of a month (negative: gives back), and how the month stands with it, in minor units."""

    by_minor: int
    month: books.Month


@dataclass(frozen=True, slots=True)
class Draw:
    """What a request takes of an envelope, month by month. `is_held`: it is approved, and this is what its campaign holds; else
    what it would take if it were approved now. `missing_minor` is what the worst month lacks, 0 where all of it fits."""

    envelope: Envelope
    shares: Sequence[Share]
    is_held: bool

    @property
    def missing_minor(self) -> int:
        short = (each.month.left_minor or 0 for each in self.shares if each.by_minor > 0 and each.month.is_over)
        return 0 if self.is_held else -min(short, default=0)


def draws(actor: Actor, request: ApprovalRequest, now: datetime) -> list[Draw]:
    """The envelopes that the budgets of a request count against, as far as the actor sees them. None of ads alone, nor once
    nothing can come of the request; one statement where no envelope is."""
    campaign = books.campaign_in(request.items.all())
    if campaign is None:
        return []
    account = request.ad_account
    if request.state in OPEN_STATES:
        drawn_on = Q(ad_account=account) | Q(brand=account.brand_id)
        return _foreseen(list(_visible(actor, account).filter(drawn_on, currency=account.currency)), request, campaign, now)
    if request.state == RequestState.APPROVED:  # in the books where it was taken, wherever the ad account lies now
        known = EnvelopeEntry.objects.filter(campaign=campaign).values("envelope")
        return _held(list(_visible(actor, account).filter(pk__in=known)), request, campaign, now)
    return []


def unseen_short(actor: Actor, request: ApprovalRequest, now: datetime) -> list[date]:
    """The months in which an envelope of the brand, which the actor does not see, leaves too little for an open request. No more is
    told of it (R-57). No statement for whoever sees the brand."""
    campaign, account = books.campaign_in(request.items.all()), request.ad_account
    if campaign is None or request.state not in OPEN_STATES or grants_of_actor(actor).allows("view", account.brand):
        return []
    envelopes = list(Envelope.objects.filter(brand=account.brand_id, currency=account.currency))
    shares = [share for draw in _foreseen(envelopes, request, campaign, now) for share in draw.shares]
    return [each.month.month for each in shares if each.by_minor > 0 and each.month.is_over]


def fits(request: ApprovalRequest, now: datetime) -> bool:
    """Whether an envelope with an amount for this month is there for a request that is about to be approved, and what it takes fits
    into all of them (R-20)."""
    account, campaign = request.ad_account, books.campaign_in(request.items.all())
    drawn_on = Q(ad_account=account) | Q(brand=account.brand_id)
    envelopes = list(Envelope.objects.filter(drawn_on, currency=account.currency).order_by("pk"))
    stands = books.Standing(envelopes)
    if all(stands.of(each.pk, now.date().replace(day=1)).amount_minor is None for each in envelopes):
        return False
    return campaign is None or not any(draw.missing_minor for draw in _foreseen(envelopes, request, campaign, now))


def _visible(actor: Actor, account: AdAccount) -> QuerySet[Envelope]:
    """The envelopes of an ad account and of all brands, as far as the actor sees them: one statement."""
    own = Q(ad_account=account) if grants_of_actor(actor).allows("view", account) else Q(pk__in=())
    return Envelope.objects.filter(own | Q(brand__in=visible_brands(actor))).order_by("pk")


def _foreseen(envelopes: list[Envelope], request: ApprovalRequest, campaign: UUID, now: datetime) -> list[Draw]:
    """What `books.reserve` would write, were the request approved at this moment."""
    if not envelopes:
        return []
    earlier, book = books.standing([campaign]), books.Book(envelopes, campaign, request, now)
    changed = books.difference(books.exposed(earlier, now), books.exposed([*earlier, *request.items.all()], now))
    lines, more = [*book.taking(changed), *book.giving(changed)], books.further(book, earlier)
    stands = books.Standing(envelopes)

    def share(line: books.Line) -> Share:
        envelope, month, reserved, committed = line
        before = stands.of(envelope, month)
        after = (before.reserved_minor + more.get(month, 0) + reserved, before.committed_minor + committed)
        return Share(reserved + committed, replace(before, reserved_minor=after[0], committed_minor=after[1]))

    return [Draw(each, _shares(map(share, _of(lines, each))), is_held=False) for each in envelopes]


def _held(envelopes: list[Envelope], request: ApprovalRequest, campaign: UUID, now: datetime) -> list[Draw]:
    """What the campaign of an approved request holds."""
    if not envelopes:
        return []
    stands = books.Standing(envelopes)
    lines = [(*key, *both) for key, both in books.Book(envelopes, campaign, request, now).balances().items()]
    return [
        Draw(each, _shares(Share(line[2] + line[3], stands.of(each.pk, line[1])) for line in _of(lines, each)), is_held=True)
        for each in envelopes
    ]


def _of(lines: Iterable[books.Line], envelope: Envelope) -> list[books.Line]:
    return [line for line in lines if line[0] == envelope.pk]


def _shares(found: Iterable[Share]) -> list[Share]:
    return sorted((each for each in found if each.by_minor), key=lambda each: each.month.month)


# --- of an envelope ----------------------------------------------------------------------------------------------------------


def _entries(envelope: Envelope, month: date) -> QuerySet[EnvelopeEntry]:
    return EnvelopeEntry.objects.filter(envelope=envelope, month=month).order_by()


def _seen(actor: Actor) -> Q:
    return among("campaign__ad_account_id", grants_of_actor(actor).ad_account_ids("view"))


def held_by_campaign(actor: Actor, envelope: Envelope, month: date) -> QuerySet[Any]:
    """(campaign, name, account, reserved, committed, held) of the visible campaigns that hold something of a month, who holds
    most first."""
    rows: QuerySet[Any] = _entries(envelope, month).filter(_seen(actor))
    named = rows.values("campaign", name=F("campaign__name"), account=F("campaign__ad_account__name"))
    sums = named.annotate(reserved=Sum("reserved_minor"), committed=Sum("committed_minor"))
    found: QuerySet[Any] = sums.annotate(held=F("reserved") + F("committed")).filter(held__gt=0)
    return found.order_by("-held", "campaign")


def held_by_request(envelope: Envelope, month: date, campaigns: Iterable[UUID]) -> QuerySet[Any]:
    """(campaign, request, title, goes_on, by) of these campaigns: what each request changed, in order; the request is None for what
    stood before the envelope was made, and for the days that an endless campaign `goes_on`."""
    rows: QuerySet[Any] = _entries(envelope, month).filter(campaign__in=list(campaigns))
    named = rows.values("campaign", "request", title=F("request__title"), goes_on=Q(kind=EntryKind.CONTINUE))
    sums: QuerySet[Any] = named.annotate(by=Sum(F("reserved_minor") + F("committed_minor"))).exclude(by=0)
    return sums.order_by("campaign", F("request").asc(nulls_first=True), "goes_on")


def counting_requests(campaigns: Iterable[UUID]) -> QuerySet[Any]:
    """(campaign, request, title) of the requests whose approvals of budgets count for these campaigns, the oldest first."""
    rows = books.counting(campaigns).order_by("campaign", "request").values("campaign", "request", title=F("request__title"))
    return rows.distinct()


def held_unseen(actor: Actor, envelope: Envelope, month: date) -> int:
    """What campaigns hold that the actor does not see: of ad accounts that have moved to another brand since."""
    rows = _entries(envelope, month).exclude(_seen(actor))
    return int(rows.aggregate(held=Sum(F("reserved_minor") + F("committed_minor")))["held"] or 0)
