"""Reading `approvals`: what an actor may see, what waits for whom, what a worker owes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.id_sets import among
from accounts.models import SCOPE_FIELD, AdAccount, AuthorityLimit, Delegation, User, live_at
from accounts.permissions import Grants, grants_of, grants_of_actor, principal_of
from accounts.queries import delegations_to, groups_of, groups_of_actor, visible_brands
from accounts.roles import APPROVING
from approvals import eligibility, quorum
from approvals.compromises import counting, marked, that_count
from approvals.eligibility import Holder
from approvals.increases import Amount
from approvals.late import late_events
from approvals.models import (
    ApprovalRequest,
    Clearance,
    Decision,
    Envelope,
    EnvelopeAmount,
    EnvelopeEntry,
    RequestItem,
    Stage,
)
from approvals.quorum import Electorate
from approvals.stage_specs import LOWERING_KEY
from approvals.states import OPEN_STATES, EntryKind, RequestState, StageState
from campaigns.models import Ad, Revision
from campaigns.queries import with_media
from core import clock
from core.actor import Actor
from core.errors import NotFound
from core.statements import prepared
from governance import checks
from governance.checks import MAX_ATTEMPTS
from governance.contract import Outcome
from governance.models import CheckRun, ReplayVerdict

SWEEP_PAGE = 100
_CAMPAIGN = Coalesce("revision__campaign_id", "revision__ad_group__campaign_id")
"""The campaign of a campaign's or an ad group's revision."""
REJECTED_AT_MOST = 500
ANY: Final = Q()
"""The condition that all rows meet."""


def visible_requests(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Requests of the ad accounts the actor may see, newest first."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return ApprovalRequest.objects.filter(among("ad_account_id", accounts)).select_related("ad_account", "submitted_by")


def visible_ads_standing(actor: Actor, state: str) -> QuerySet[Ad]:
    """Ads of the ad accounts the actor may see whose latest request is in `state`, or `draft`: without one (AdStatus)."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return with_state(state).filter(among("approval__ad_account_id", accounts))


def with_state(state: str) -> QuerySet[Ad]:
    """All ads in a state, whoever asks."""
    return with_media(Ad.objects.filter(approval__state=state)).select_related("approval")


def visible_clearances(actor: Actor) -> QuerySet[Clearance]:
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return Clearance.objects.filter(among("ad_account_id", accounts)).select_related("revocation")


def awaiting(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Requests with an open stage that this person may decide, or may decide for somebody for whom they stand in: who holds its
    permission, is asked, did not contribute, and for whom nobody has yet approved in it. At most five statements for the accounts,
    groups and delegations, one for the page; three more for each person they stand in for."""
    user, now = principal_of(actor), clock.now()
    waiting = _open_for(user, grants_of_actor(actor), groups_of_actor(actor))
    for row in delegations_to(user, now):
        waiting |= _open_for_other(actor, row, now)
    rows = ApprovalRequest.objects.filter(waiting, state=RequestState.IN_REVIEW)
    return _not_contributed(rows, actor).select_related("ad_account", "submitted_by")


def _open_for(
    person: User, grants: Grants, groups: Iterable[UUID], permissions: Collection[str] = APPROVING, only: Q = ANY
) -> Q:  # fmt: skip
    """The condition on requests: an open stage asks this person, who holds its permission, one of these, and enough authority where
    it asks for that (R-25), and has not decided."""
    mine = Q(pk__in=())
    for permission in sorted(permissions):
        accounts = grants.ad_account_ids(permission)
        if accounts:
            mine |= Q(permission=permission) & among("request__ad_account_id", accounts)
    limit = AuthorityLimit.objects.filter(live_at(clock.now()), _ON_THE_ACCOUNT, user=person)
    enough = Exists(limit.filter(currency=OuterRef("request__currency"), amount_minor__gte=OuterRef("request__exposure_minor")))
    theirs = Q(decided_by=person) | Q(on_behalf_of=person)
    decided = counting(Decision.objects.filter(theirs, request=OuterRef("request")))
    done = decided.filter(Q(verdict="approve") | Q(verdict="abstain", stage=OuterRef("pk")))
    asking = Stage.objects.alias(whom=_WHOM).filter(_asks(person, groups))
    unasked = Q(authority=False) | ~Q(authority_by="")
    stages = asking.filter(mine, only, unasked | Q(enough), state=StageState.OPEN, request__state=RequestState.IN_REVIEW)
    return Q(pk__in=stages.filter(~Exists(done)).values("request_id"))


_ON_THE_ACCOUNT: Final = (
    Q(ad_account=OuterRef("request__ad_account"))
    | Q(brand=OuterRef("request__ad_account__brand"))
    | Q(organisation=OuterRef("request__ad_account__brand__organisation"))
)


def _open_for_other(actor: Actor, row: Delegation, now: datetime) -> Q:
    """The condition on requests: what a delegation is for, as far as the delegator may decide it. What else it takes (R-13) is
    judged when it is decided."""
    place = {"organisation": "brand__organisation", "brand": "brand", "ad_account": "pk"}[SCOPE_FIELD[type(row.scope)]]
    only = Q(**{f"request__ad_account__{place}": row.scope.pk})
    if row.limit_minor is not None:
        only &= Q(request__exposure_minor__lte=row.limit_minor, request__currency=row.currency)
    listed = ApprovalRequest.objects.alias(who=Cast("contributors", TextField())).filter(who__contains=f'"{row.delegator_id}"')
    theirs = groups_of(row.delegator, now)
    found = _open_for(row.delegator, grants_of(row.delegator, now), theirs, row.permissions, only)
    mine = Q() if row.conveyed else _held_by(grants_of_actor(actor), row.permissions)
    return found & mine & ~Q(pk__in=listed.values("pk"))


def _held_by(grants: Grants, permissions: Collection[str]) -> Q:
    """The condition on requests: in an ad account on which one of these is held."""
    return reduce(or_, (among("ad_account_id", grants.ad_account_ids(each)) for each in permissions))


def _texts(*columns: str) -> Concat:
    return Concat(*(Cast(column, TextField()) for column in columns))


_ADDED: Final = When(escalated_at__isnull=False, then=_texts("escalate_to_people", "escalate_to_groups"))
_WHOM: Final = Concat(_texts("people", "groups"), Case(_ADDED, default=Value(""), output_field=TextField()))
"""All ids that a stage names, and those that it asks since it was escalated, in one text."""


def _asks(person: User, groups: Iterable[UUID]) -> Q:
    """The condition on stages, with `whom` they name as text: nobody, this person, or a group of theirs. Whether a membership
    counts for the request (R-13) is judged when it is decided."""
    named = [str(person.pk), *map(str, groups)]
    return reduce(or_, (Q(whom__contains=f'"{each}"') for each in named), Q(people=[], groups=[]))


def _not_contributed(rows: QuerySet[ApprovalRequest], actor: Actor) -> QuerySet[ApprovalRequest]:
    """Contributor ids are UUID texts in a JSON list; as text inside the stored JSON they match on both databases."""
    listed = rows.alias(contributor_text=Cast("contributors", TextField()))
    return listed.exclude(submitted_by_id=principal_of(actor).pk).exclude(contributor_text__contains=f'"{actor.id}"')


def hidden_decisions(actor: Actor) -> Q:
    """The condition on decisions that an actor may not know yet: others' on a blind stage, before so many votes (each of one seat,
    R-15) were cast as its quorum says (R-19). Who refuses shows themselves, since that takes effect at once; what somebody said in
    the actor's name is their own; auditors see all of it."""
    user = principal_of(actor)
    seat = Coalesce("on_behalf_of_id", "decided_by_id", output_field=UUIDField())
    same = Decision.objects.filter(stage=OuterRef("stage"), digest=OuterRef("digest")).order_by().alias(seat=seat)
    voted = Subquery(same.values("stage").annotate(people=Count("seat", distinct=True)).values("people"))
    its = Coalesce(OuterRef("on_behalf_of_id"), OuterRef("decided_by_id"), output_field=UUIDField())
    refused = Exists(same.filter(seat=its, verdict__in=sorted(quorum.NEGATIVE)))
    undecided = Q(stage__blind=True, stage__state__in=(StageState.OPEN, StageState.CANCELLED), stage__quorum__gt=voted)
    audited = grants_of_actor(actor).filter("audit", "request__ad_account")
    return undecided & ~refused & ~Q(decided_by=user) & ~Q(on_behalf_of=user) & ~audited


def with_details(rows: QuerySet[ApprovalRequest], actor: Actor) -> QuerySet[ApprovalRequest]:
    """What one request's page or answer shows an actor: a fixed number of statements, whatever the number of items."""
    decisions = marked(Decision.objects.exclude(hidden_decisions(actor))).select_related("decided_by", "on_behalf_of")
    items = RequestItem.objects.select_related("revision", "base", "check_run").prefetch_related("check_run__findings")
    return rows.select_related("ad_account__brand__organisation", "submitted_by").prefetch_related(
        Prefetch("items", items), "stages", Prefetch("decisions", decisions)
    )


def get_request(actor: Actor, identifier: UUID) -> ApprovalRequest:
    """One visible request with its details. Raises NotFound; missing and invisible are one answer."""
    late = Exists(late_events(identifier))
    row = with_details(visible_requests(actor), actor).filter(pk=identifier).annotate(has_late=late).first()
    if row is None:
        raise NotFound()
    return row


def requests_not_green(requests: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the requests whose checks did not all pass without a warning or a finding that somebody let pass: one statement."""
    rows = RequestItem.objects.filter(request__in=list(requests)).exclude(check_run__outcome=Outcome.PASSED)
    return frozenset(rows.order_by().values_list("request_id", flat=True).distinct())


def stages_met(stages: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the stages that have the decisions they need at this moment, as the guards judge it: one statement."""
    met = "EXISTS (SELECT 1 FROM approvals_stage_verdicts v WHERE v.stage_id = approvals_stage.id AND v.met)"
    rows = Stage.objects.filter(pk__in=list(stages)).alias(met=RawSQL(met, (), BooleanField()))  # noqa: S611
    return frozenset(rows.filter(met=True).order_by().values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Seats:
    """Who a stage asks (R-50): eligible people, who of them decided how, who is excluded and why; who approved the version before,
    which does not stand for this one (R-07); who of the eligible is away until when, who may decide for whom, and who holds one
    vote with somebody who approves it (`spoken`; R-15)."""

    stage: Stage
    eligible: list[User]
    decided: dict[UUID, str]
    excluded: list[tuple[User, str]]
    groups: Mapping[UUID, Collection[str]] = field(default_factory=dict)
    outdated: Sequence[Decision] = ()
    absent: Mapping[UUID, datetime] = field(default_factory=dict)
    deputies: Sequence[Delegation] = ()
    spoken: Collection[UUID] = ()

    @property
    def is_owed(self) -> bool:
        return self.stage.state in (StageState.OPEN, StageState.PENDING)

    @property
    def waiting(self) -> list[User]:
        """Who may decide it and has said nothing yet."""
        return [person for person in self.eligible if person.pk not in self.decided and person.pk not in self.spoken]

    @property
    def called(self) -> list[User]:
        """Who is told that it waits: of those who are not away, and who stands in for any of them (R-15)."""
        waiting = {person.pk: person for person in self.waiting}
        found = {each: person for each, person in waiting.items() if each not in self.absent}
        found |= {row.delegate_id: row.delegate for row in self.deputies if row.delegator_id in waiting}
        return [person for each, person in found.items() if each not in self.spoken and each not in self.decided]

    @property
    def able(self) -> Electorate:
        """Who can decide it, and how many votes they hold: who is away counts where somebody stands in for them, and both hold one
        (R-15)."""
        there = {person.pk for person in self.eligible if person.pk not in self.absent}
        pairs = [(each.delegator_id, each.delegate_id) for each in self.deputies]
        votes = quorum.votes_of(there.union(delegate for _delegator, delegate in pairs), pairs)
        return Electorate(there.union(delegator for delegator, _delegate in pairs), groups=self.groups, votes=votes)

    @property
    def obstacle(self) -> str:
        """Why those who may decide a stage that is owed cannot reach what it asks for (R-14; quorum.obstacle); empty: they can."""
        terms, able = eligibility.terms(self.stage), self.able
        found = quorum.obstacle(terms, able) if self.is_owed else ""
        above = {person.pk for person, reason in self.excluded if reason == eligibility.ABOVE_LIMIT}
        if not found or not above or quorum.obstacle(terms, Electorate({*able.people, *above}, groups=self.groups)):
            return found
        return quorum.NO_AUTHORITY

    @property
    def stalled(self) -> bool:
        """Nobody eligible is left to reach the quorum (R-14): visible, never approved by itself."""
        return bool(self.obstacle)

    @property
    def has_turned(self) -> bool:
        """Whether it stalls and that was not told yet, or was told and is over."""
        return self.stalled != (self.stage.stalled_since is not None and self.is_owed)


def seats(request: ApprovalRequest, now: datetime) -> list[Seats]:
    """The seats of each stage: one statement, one a permission asked for, one for each stage that names groups, one where it took
    the place of another request."""
    return seats_of(request, list(request.stages.all()), _decisions(request), now)


def _decisions(request: ApprovalRequest) -> list[Decision]:
    """As they were fetched with the request (`with_details`), else those that count."""
    fetched = "decisions" in getattr(request, "_prefetched_objects_cache", {})
    return list(request.decisions.all() if fetched else counting(request.decisions.all()))


def seats_of(
    request: ApprovalRequest, stages: Sequence[Stage], decisions: Sequence[Decision], now: datetime
) -> list[Seats]:
    """The seats of these stages, which need not be written yet, nor the request."""
    known: dict[tuple[str, bool], list[Holder]] = {}
    decisions = that_count(decisions)
    before = _not_carried(request, decisions)
    ways = eligibility.standing_in(request, now)
    found = []
    for stage in stages:
        key = stage.permission, stage.asks_authority
        if key not in known:
            known[key] = eligibility.seated(stage, request, now)
        held = known[key]
        elsewhere = _elsewhere(stage, decisions)
        asked = eligibility.asked_now(stage, request, now, held)
        reasons = [
            (each.person, _exclusion(each.person, request, elsewhere) or each.reason)
            for each in held if asked.asks(each.person.pk)
        ]  # fmt: skip
        told = stage.state not in ((StageState.PENDING, StageState.OPEN) if stage.blind else (StageState.PENDING,))
        outdated = before.get((stage.key, stage.permission), ()) if told else ()
        eligible, excluded = [p for p, reason in reasons if not reason], [(p, reason) for p, reason in reasons if reason]
        may = {person.pk for person in eligible}
        deputies = [
            row for row in eligibility.usable(stage, request, ways, held)
            if row.delegator_id in may and row.delegate_id not in elsewhere
        ]  # fmt: skip
        absent = {each.person.pk: each.away for each in held if each.away and each.person.pk in may}
        latest = quorum.latest(decisions, stage.pk)
        spoken = eligibility.tied_to(_spoken(stage, decisions), deputies)
        found.append(Seats(stage, eligible, latest, excluded, asked.groups, outdated, absent, deputies, spoken))
    return found


def _spoken(stage: Stage, decisions: Iterable[Decision]) -> set[UUID]:
    """Who approves a stage, as things stand, and in whose name."""
    last = {each.seat_id: each for each in decisions if each.stage_id == stage.pk}
    return {person for each in last.values() if each.verdict == "approve" for person in each.parties}


def _elsewhere(stage: Stage, decisions: Iterable[Decision]) -> set[UUID]:
    """Who approves another stage, for themselves or for another."""
    last = {(each.stage_id, each.seat_id): each for each in decisions}
    return {
        person for each in last.values() if each.stage_id != stage.pk and each.verdict == "approve" for person in each.parties
    }


def _not_carried(request: ApprovalRequest, decisions: Iterable[Decision]) -> dict[tuple[str, str], list[Decision]]:
    """By key and permission of a stage the approvals of the version before that were not carried over to this one."""
    if request.previous_id is None:
        return {}
    carried = {each.carried_from_id for each in decisions}
    rows = counting(Decision.objects.filter(request=request.previous_id)).select_related("stage")
    last = {(row.stage_id, row.seat_id): row for row in rows}
    found: dict[tuple[str, str], list[Decision]] = {}
    for row in last.values():
        if row.verdict == "approve" and row.pk not in carried:
            found.setdefault((row.stage.key, row.stage.permission), []).append(row)
    return found


def _exclusion(person: User, request: ApprovalRequest, elsewhere: set[UUID]) -> str:
    if person.pk == request.submitted_by_id:
        return "submitter"
    if str(person.pk) in {policy.get(changer) for policy in request.policies for changer in ("author", "confirmed_by")}:
        return "policy_author"
    if str(person.pk) in request.contributors:
        return "contributor"
    return "other_stage" if person.pk in elsewhere else ""


# --- what workers owe ------------------------------------------------------------------------------------------------


def check_run_ids(request: UUID) -> QuerySet[Any]:
    return RequestItem.objects.filter(request=request).order_by().values("check_run_id")


@prepared
def free_checks(request: UUID, now: datetime) -> QuerySet[CheckRun]:
    """The check runs of a request that are free for a worker."""
    return checks.free(now).filter(request_items__request=request)


def _unfinished() -> Q:
    return Q(state=RequestState.AWAITING_CHECKS, items__check_run__state__in=("queued", "running"))


def requests_with_owed_checks(now: datetime) -> list[UUID]:
    """Requests with a run that is queued, or whose worker died."""
    free = Q(items__check_run__state="queued") | Q(items__check_run__leased_until__lt=now)
    rows = ApprovalRequest.objects.filter(_unfinished(), free, items__check_run__attempts__lt=MAX_ATTEMPTS)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:SWEEP_PAGE])


def requests_with_exhausted_checks(now: datetime) -> list[UUID]:
    """Requests with a run that was tried too often and whose last worker died as well."""
    died = Q(items__check_run__attempts__gte=MAX_ATTEMPTS, items__check_run__leased_until__lt=now)
    rows = ApprovalRequest.objects.filter(_unfinished(), died)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:SWEEP_PAGE])


def requests_to_conclude(one: UUID | None = None) -> list[UUID]:
    """Requests that wait for checks all of which have ended: they were run for another request. With `one`, that one or none."""
    owed = RequestItem.objects.filter(request=OuterRef("pk"), check_run__state__in=("queued", "running"))
    rows = ApprovalRequest.objects.filter(~Exists(owed), state=RequestState.AWAITING_CHECKS)
    rows = rows if one is None else rows.filter(pk=one)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:SWEEP_PAGE])


def rejected_media(account: AdAccount) -> list[str]:
    """Hashes of the media in ads that people of the account's organisation have rejected, the latest first."""
    items = RequestItem.objects.filter(
        request__state=RequestState.REJECTED, entity_type="ad",
        request__ad_account__brand__organisation_id=account.brand.organisation_id,
    )  # fmt: skip
    found: dict[str, None] = {}
    for revision in Revision.objects.filter(request_items__in=items).order_by("-pk")[:REJECTED_AT_MOST]:
        found |= dict.fromkeys(each["sha256"] for each in revision.content["sections"]["creative"].get("media") or ())
    return list(found)


def requests_out_of_time(now: datetime) -> list[UUID]:
    """Open requests that nobody decided in time."""
    rows = ApprovalRequest.objects.filter(state__in=OPEN_STATES, expires_at__lte=now)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:SWEEP_PAGE])


REFUSED_LATER: Final = (RequestState.REJECTED, RequestState.CHANGES_REQUESTED, RequestState.REVOKED)
"""What people said no to, at last."""


def with_fate(rows: QuerySet[ReplayVerdict]) -> QuerySet[ReplayVerdict]:
    """Verdicts of replays, each with the latest request that its check run belongs to and that one's state (`fate`)."""
    items = RequestItem.objects.filter(check_run=OuterRef("check_run")).order_by("-request_id")
    request = Subquery(items.values("request_id")[:1], output_field=UUIDField())
    return rows.annotate(approval_request=request, fate=Subquery(items.values("request__state")[:1]))


def changes_of(verdicts: QuerySet[ReplayVerdict]) -> list[dict[str, Any]]:
    """How many revisions change from which outcome to which, and how many of those people refused later."""
    rows: QuerySet[Any] = with_fate(verdicts).order_by("before", "after").values("before", "after")
    return list(rows.annotate(revisions=Count("pk"), refused_later=Count("pk", filter=Q(fate__in=REFUSED_LATER))))


def budgets_since(account: AdAccount, start: datetime, besides: Iterable[UUID]) -> Iterator[Amount]:
    """What budgets were approved in an ad account since `start`, and last before that, and what open requests ask for: of all
    campaigns touched since, their ad groups included, and of `besides` (R-22). Revoked approvals count for nothing, nor does what
    was lowered since: what is compared with is what people approved. Two statements."""
    budgets = Q(entity_type__in=("campaign", "ad_group"))
    lowered = Stage.objects.filter(request=OuterRef("request"), key=LOWERING_KEY)
    standing: Any = Clearance.objects.filter(budgets, ~Exists(lowered), ad_account=account, revocation__isnull=True)
    standing = standing.annotate(campaign=_CAMPAIGN)
    asked: Any = RequestItem.objects.filter(budgets, request__ad_account=account, is_open=True).annotate(campaign=_CAMPAIGN)
    asked = asked.filter(clearance__isnull=True)
    touched = [standing.filter(issued_at__gt=start), asked]
    concerned = reduce(or_, (Q(campaign__in=rows.values("campaign")) for rows in touched), Q(campaign__in=list(besides)))
    later = standing.filter(entity_id=OuterRef("entity_id"), issued_at__lte=start, issued_at__gt=OuterRef("issued_at"))
    cleared = standing.filter(concerned).filter(Q(issued_at__gt=start) | ~Exists(later)).select_related("revision")
    for row in (*cleared, *asked.select_related("revision")):
        yield amount_in(row.revision.content, row.entity_id, row.campaign, getattr(row, "issued_at", None))


def amount_in(content: Mapping[str, Any], entity: UUID, campaign: UUID, at: datetime | None = None) -> Amount:
    """The budget of a content."""
    budget = content["sections"]["budget"]
    amount = budget.get("amount")
    return Amount(entity, campaign, budget["mode"], None if amount is None else int(amount["minor"]), at)


# --- envelopes ---------------------------------------------------------------------------------------------------------------


def visible_envelopes(actor: Actor) -> QuerySet[Envelope]:
    """Envelopes of brands and ad accounts all of which the actor may see."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    rows = Envelope.objects.filter(Q(brand__in=visible_brands(actor)) | among("ad_account_id", accounts))
    amounts = Prefetch("amounts", EnvelopeAmount.objects.select_related("consent", "decline", "envelope"))
    return rows.select_related("brand__organisation", "ad_account__brand__organisation").prefetch_related(amounts)


def expired_reservations(now: datetime) -> QuerySet[ApprovalRequest]:
    """Approved requests that reserved something, and whose approvals ran out before anything of it was published."""
    entries = EnvelopeEntry.objects.filter(request=OuterRef("pk"))
    usable = Clearance.objects.filter(request=OuterRef("pk"), valid_until__gt=now)
    over = ~Exists(entries.filter(kind__in=(EntryKind.COMMIT, EntryKind.EXPIRE))) & ~Exists(usable)
    return ApprovalRequest.objects.filter(Exists(entries.filter(kind=EntryKind.RESERVE)), over, state=RequestState.APPROVED)
