"""Reading `governance`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, When

from accounts.id_sets import among
from accounts.models import AdAccount
from accounts.permissions import grants_of_actor, ids_of
from accounts.queries import visible_brands, visible_organisations
from core.actor import Actor
from core.statements import Prepared, prepared
from core.versions import VersionedDefinition
from governance.contract import Binding, Mode
from governance.evaluation import Line, compiled
from governance.excuses import bound_along
from governance.models import CheckRun, Confirmation, Finding, Replay, ReplayChunk, ReplayVerdict, RuleSet, Waiver
from governance.models.rule_sets import LAPSES_AFTER
from governance.rules.custom import rule_of
from governance.states import CheckState, RuleSetState, WaiverState, Word

D = TypeVar("D", bound=VersionedDefinition)
EVERYWHERE: Final = Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=True)
"""The condition for what is bound to everything."""
SETTLES_AFTER: Final = timedelta(days=1)
"""So long whoever changed a rule set decides on nothing that passes by it alone (R-55)."""


def governing(model: type[D], account: AdAccount) -> list[D]:
    """The current definitions that govern an ad account, all that match (R-11: union, not priority): one statement, when
    the account's brand is loaded."""
    return _governing(model)(*ids_of(account))


@cache
def _governing(model: type[D]) -> Prepared[[UUID, UUID, UUID], D]:
    def rows(ad_account: UUID, brand: UUID, organisation: UUID) -> QuerySet[D]:
        return model.current().filter(EVERYWHERE | bound_along(ad_account, brand, organisation)).order_by("key")

    return prepared(rows)


def rule_sets_for(account: AdAccount) -> list[RuleSet]:
    """The versions that judge revisions of an ad account: those that govern, and those on trial (`on_trial`): one statement,
    when the account's brand is loaded."""
    return _judging(*ids_of(account))


@prepared
def _judging(ad_account: UUID, brand: UUID, organisation: UUID) -> QuerySet[RuleSet]:
    rows = (RuleSet.current() | RuleSet.proposed()).filter(EVERYWHERE | bound_along(ad_account, brand, organisation))
    said = Confirmation.objects.filter(rule_set=OuterRef("pk"))
    return rows.annotate(on_trial=~Exists(said)).order_by("key", "version")


def modes_below(organisation: UUID | None) -> dict[str, set[str]]:
    """The rules of all current and proposed rule sets that bind something of an organisation, the customers' own among them,
    each with its modes: one statement."""
    anywhere = Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=True)
    below = (
        Q(organisation_id=organisation)
        | Q(brand__organisation_id=organisation)
        | Q(ad_account__brand__organisation_id=organisation)
    )
    found: dict[str, set[str]] = {}
    for lines in (RuleSet.current() | RuleSet.proposed()).filter(anywhere | below).values_list("rules", flat=True):
        for line in lines:
            found.setdefault(rule_of(line), set()).add(line["mode"])
    return found


def changed_lately(account: AdAccount, person: UUID, now: datetime) -> list[RuleSet]:
    """The versions that govern an ad account, and that a person wrote or put in force within the last day (R-55)."""
    return _changed(*ids_of(account), person, now - SETTLES_AFTER)


@prepared
def _changed(ad_account: UUID, brand: UUID, organisation: UUID, person: UUID, since: datetime) -> QuerySet[RuleSet]:
    lately = Q(confirmations__word=Word.CONFIRMED, confirmations__at__gt=since)
    theirs = Q(author=person) | Q(confirmations__said_by_id=person)
    bound = EVERYWHERE | bound_along(ad_account, brand, organisation)
    return RuleSet.current().filter(lately & theirs).filter(bound).order_by("key")


@lru_cache(maxsize=512)
def lines_of(version: RuleSet) -> tuple[Line, ...]:
    """The lines of one version, ready to judge by. Versions are immutable by guard, so that a process may keep them."""
    return compiled(Binding.from_json(line) for line in version.rules)


@lru_cache(maxsize=512)
def pinned(identifier: UUID) -> RuleSet:
    """A version by its id: read once a process."""
    return RuleSet.objects.get(pk=identifier)


def reads(versions: Iterable[RuleSet]) -> frozenset[str]:
    """What of a context the rules of these versions read."""
    return frozenset(name for version in versions for line in lines_of(version) for name in line.reads)


def visible_check_runs(actor: Actor) -> QuerySet[CheckRun]:
    """Runs on revisions of the ad accounts the actor may see, without the texts that only workers need."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    runs = CheckRun.objects.filter(among("revision__ad_account_id", accounts)).select_related("revision")
    return runs.defer("context", "passed", "revision__canonical")


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    """Findings of those runs."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return Finding.objects.filter(among("check_run__revision__ad_account_id", accounts))


# --- what governs, as people see it ------------------------------------------------------------------------------------------


def bound_in_sight(actor: Actor) -> Q:
    """The condition for what is bound to an organisation, brand or ad account of which the actor sees anything."""
    held = grants_of_actor(actor)
    accounts = held.ad_account_ids("view")
    brands = AdAccount.objects.filter(among("pk", accounts)).values("brand_id")
    return (
        Q(organisation__in=visible_organisations(actor))
        | Q(brand__in=visible_brands(actor))
        | Q(brand__in=brands)
        | among("ad_account_id", accounts)
    )


def visible_rule_sets(actor: Actor) -> QuerySet[RuleSet]:
    """Versions of rule sets that judge anything the actor may see, each with what was said of it (`said`, `said_by`, `said_at`)."""
    everywhere = Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=True)
    rows = RuleSet.objects.filter(bound_in_sight(actor) | everywhere if grants_of_actor(actor).anywhere("view") else Q(pk__in=()))
    said = Confirmation.objects.filter(rule_set=OuterRef("pk"))
    of_key: dict[str, Any] = {"key": OuterRef("key"), "version__gt": OuterRef("version")}
    later = Exists(RuleSet.current().filter(**of_key))
    waiting = Exists(RuleSet.proposed().filter(**of_key))
    return rows.select_related("organisation", "brand", "ad_account").annotate(
        said=Subquery(said.values("word")), said_by=Subquery(said.values("said_by")), said_at=Subquery(said.values("at")),
        followed=Case(When(said__isnull=True, then=later | waiting), default=later, output_field=BooleanField()),
    )  # fmt: skip


def visible_waivers(actor: Actor) -> QuerySet[Waiver]:
    """Waivers on what the actor sees, with when they were confirmed and ended, and by whom."""
    said = Confirmation.objects.filter(waiver=OuterRef("pk"))
    confirmed, ended = said.filter(word=Word.CONFIRMED), said.filter(word=Word.DECLINED)
    rows = Waiver.objects.filter(bound_in_sight(actor)).select_related("organisation", "brand", "ad_account")
    return rows.annotate(
        confirmed_at=Subquery(confirmed.values("at")), confirmed_by=Subquery(confirmed.values("said_by")),
        ended_at=Subquery(ended.values("at")), ended_by=Subquery(ended.values("said_by")),
    )  # fmt: skip


def standing_waivers(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those of `visible_waivers` that are proposed or in force."""
    return rows.filter(ended_at__isnull=True, expires_at__gt=now)


def rule_set_state(row: RuleSet, now: datetime) -> RuleSetState:
    """Where a version of `visible_rule_sets` stands."""
    said: str | None = row.said  # type: ignore[attr-defined]
    if said == Word.DECLINED:
        return RuleSetState.DECLINED
    if row.followed:  # type: ignore[attr-defined]
        return RuleSetState.REPLACED
    if said == Word.CONFIRMED:
        return RuleSetState.IN_FORCE
    return RuleSetState.LAPSED if row.created_at + LAPSES_AFTER <= now else RuleSetState.PROPOSED


def standing_rule_sets(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those of `visible_rule_sets` that are in force or on trial."""
    awaited = Q(said__isnull=True, created_at__gt=now - LAPSES_AFTER)
    return rows.filter(Q(said=Word.CONFIRMED) | awaited, followed=False)


def soft_rules(actor: Actor, now: datetime) -> frozenset[str]:
    """The rules, the customers' own among them, that are soft in what is in force or on trial, as far as the actor sees it: one
    statement."""
    rows = standing_rule_sets(visible_rule_sets(actor), now).values_list("rules", flat=True)
    return frozenset(rule_of(line) for lines in rows for line in lines if line["mode"] == Mode.SOFT)


def rule_sets_in(rows: QuerySet[Any], state: str, now: datetime) -> QuerySet[Any]:
    """Those of `visible_rule_sets` in a state; the same judgement as `rule_set_state`."""
    awaited: dict[str, Any] = {"said__isnull": True, "followed": False}
    found: dict[RuleSetState, QuerySet[Any]] = {
        RuleSetState.DECLINED: rows.filter(said=Word.DECLINED),
        RuleSetState.REPLACED: rows.filter(followed=True).filter(Q(said=Word.CONFIRMED) | Q(said__isnull=True)),
        RuleSetState.IN_FORCE: rows.filter(said=Word.CONFIRMED, followed=False),
        RuleSetState.LAPSED: rows.filter(created_at__lte=now - LAPSES_AFTER, **awaited),
        RuleSetState.PROPOSED: rows.filter(created_at__gt=now - LAPSES_AFTER, **awaited),
    }
    return found[RuleSetState(state)]


def waiver_state(row: Waiver, now: datetime) -> WaiverState:
    """Where a waiver of `visible_waivers` stands."""
    if row.ended_at or row.expires_at <= now:  # type: ignore[attr-defined]
        return WaiverState.ENDED
    return WaiverState.IN_FORCE if row.confirmed_at else WaiverState.PROPOSED  # type: ignore[attr-defined]


# --- replays ---------------------------------------------------------------------------------------------------------------


def below(version: RuleSet, path: str) -> Q:
    """The ad accounts that a version is bound to, reached by `path`."""
    if version.ad_account_id:
        return Q(**{f"{path}_id": version.ad_account_id})
    if version.brand_id:
        return Q(**{f"{path}__brand_id": version.brand_id})
    return Q(**{f"{path}__brand__organisation_id": version.organisation_id}) if version.organisation_id else Q()


def replayed(version: RuleSet, since: datetime, until: datetime) -> QuerySet[CheckRun]:
    """The check runs that a replay of a version looks at: of revisions in its scope, queued between the two moments, completed
    before the second, of each revision the latest."""
    done = CheckRun.objects.filter(state=CheckState.COMPLETED, queued_at__gte=since, queued_at__lt=until, finished_at__lt=until)
    later = done.filter(revision=OuterRef("revision"), queued_at__gt=OuterRef("queued_at"))
    return done.filter(below(version, "revision__ad_account"), ~Exists(later)).defer("passed")


def visible_replays(actor: Actor) -> QuerySet[Replay]:
    """Replays of versions all of whose scope the actor may see, each with how many revisions were done (`done`)."""
    held = grants_of_actor(actor)
    wholly = (
        Q(rule_set__organisation__in=held.ids("view", "organisation"))
        | Q(rule_set__brand__in=visible_brands(actor))
        | among("rule_set__ad_account_id", held.ad_account_ids("view"))
    )
    done = ReplayChunk.objects.filter(replay=OuterRef("pk"), state=CheckState.COMPLETED).order_by().values("replay")
    rows = Replay.objects.filter(wholly).select_related("rule_set", "instead_of")
    return rows.annotate(done=Subquery(done.annotate(sum=Sum("size")).values("sum")))


def visible_verdicts(actor: Actor) -> QuerySet[ReplayVerdict]:
    """Verdicts of those replays on revisions of the ad accounts that the actor may see."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    mine = among("check_run__revision__ad_account_id", accounts)
    rows = ReplayVerdict.objects.filter(mine, replay__in=visible_replays(actor).values("pk")).select_related("check_run__revision")
    return rows.defer("check_run__context", "check_run__observations", "check_run__passed", "check_run__revision__canonical")


def done_of(replay: Replay) -> int:
    """How many revisions were looked at."""
    return int(replay.chunks.filter(state=CheckState.COMPLETED).aggregate(sum=Sum("size"))["sum"] or 0)


def unseen_in(replay: Replay) -> dict[str, int]:
    """Rules that could not be asked of so many revisions, because what they read was not noted then."""
    found: Counter[str] = Counter()
    for unseen in replay.chunks.filter(state=CheckState.COMPLETED).exclude(unseen={}).values_list("unseen", flat=True):
        found.update(unseen)
    return dict(sorted(found.items()))


def shadow_of(version: RuleSet, actor: Actor) -> list[dict[str, Any]]:
    """What a version on trial has said of live traffic, in the ad accounts that the actor may see: for each rule and mode that
    it would have, how many revisions failed, could not be judged, or passed."""
    said: QuerySet[Any] = visible_findings(actor).filter(rule_set=version).exclude(intended="")
    counted = {name: Count("check_run__revision", filter=Q(result=name), distinct=True) for name in ("fail", "error", "pass")}
    return list(said.order_by("rule", "intended").values("rule", "intended").annotate(**counted))
