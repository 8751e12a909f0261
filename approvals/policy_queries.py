"""Reading approval policies: what governs an ad account, what an actor may see, how a version stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from accounts.models import AdAccount, User, UserGroup
from accounts.permissions import grants_of_actor, ids_of
from approvals.models import ApprovalPolicy, PolicyWord
from approvals.policy_differences import Names
from approvals.states import PolicyState
from core.actor import Actor
from core.statements import prepared
from governance.excuses import bound_along
from governance.models.rule_sets import LAPSES_AFTER
from governance.queries import EVERYWHERE, bound_in_sight
from governance.states import Word

UNSEEN_FOR: Final = timedelta(minutes=1)
"""Longer than a transaction takes that confirms a version."""


def policies_for(account: AdAccount) -> list[ApprovalPolicy]:
    """The versions that govern an ad account, all that match (R-11), retired ones too, each with who confirmed it and when
    (`confirmed_by`, `confirmed_at`): one statement, when the account's brand is loaded."""
    return _governing(*ids_of(account))


def versions(ids: Iterable[UUID]) -> list[ApprovalPolicy]:
    """These versions, whether or not they govern anything by now, as `policies_for`: one statement."""
    return list(_with_changer(ApprovalPolicy.objects.filter(pk__in=list(ids))))


@prepared
def _governing(ad_account: UUID, brand: UUID, organisation: UUID) -> QuerySet[ApprovalPolicy]:
    return _with_changer(ApprovalPolicy.current().filter(EVERYWHERE | bound_along(ad_account, brand, organisation)))


def _with_changer(rows: QuerySet[ApprovalPolicy]) -> QuerySet[ApprovalPolicy]:
    said = PolicyWord.objects.filter(policy=OuterRef("pk"))
    return rows.annotate(confirmed_by=Subquery(said.values("said_by_id")), confirmed_at=Subquery(said.values("at"))).order_by("key")


def came_into_force(since: str) -> Exists:
    """Whether any policy at all came into force since a moment (the name of a column), or shortly before: who was routed while it
    was being confirmed did not see it."""
    return Exists(PolicyWord.objects.filter(word=Word.CONFIRMED, at__gt=OuterRef(since) - UNSEEN_FOR))


def visible_policies(actor: Actor) -> QuerySet[ApprovalPolicy]:
    """Versions that govern anything the actor may see, each with what was said of it (`said_word`, `said_by`, `said_at`)."""
    sees = grants_of_actor(actor).anywhere("view")
    rows = ApprovalPolicy.objects.filter(bound_in_sight(actor) | EVERYWHERE if sees else Q(pk__in=()))
    said = PolicyWord.objects.filter(policy=OuterRef("pk"))
    of_key: dict[str, Any] = {"key": OuterRef("key"), "version__gt": OuterRef("version")}
    later, waiting = Exists(ApprovalPolicy.current().filter(**of_key)), Exists(ApprovalPolicy.proposed().filter(**of_key))
    return rows.select_related("organisation", "brand", "ad_account").annotate(
        said_word=Subquery(said.values("word")), said_by=Subquery(said.values("said_by")), said_at=Subquery(said.values("at")),
        followed=Case(When(said__isnull=True, then=later | waiting), default=later, output_field=BooleanField()),
    )  # fmt: skip


def policy_state(row: ApprovalPolicy, now: datetime) -> PolicyState:
    """Where a version of `visible_policies` stands."""
    said: str | None = row.said_word  # type: ignore[attr-defined]
    if said == Word.DECLINED:
        return PolicyState.DECLINED
    if row.followed:  # type: ignore[attr-defined]
        return PolicyState.REPLACED
    if said == Word.CONFIRMED:
        return PolicyState.RETIRED if row.is_retired else PolicyState.IN_FORCE
    return PolicyState.LAPSED if row.created_at + LAPSES_AFTER <= now else PolicyState.PROPOSED


def standing_policies(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those of `visible_policies` that are in force or proposed; a retired one is not."""
    awaited = Q(said_word__isnull=True, created_at__gt=now - LAPSES_AFTER)
    return rows.filter(Q(said_word=Word.CONFIRMED) & ~Q(stages=[]) | awaited, followed=False)


def policies_in(rows: QuerySet[Any], state: str, now: datetime) -> QuerySet[Any]:
    """Those of `visible_policies` in a state; the same judgement as `policy_state`."""
    awaited: dict[str, Any] = {"said_word__isnull": True, "followed": False}
    governs = rows.filter(said_word=Word.CONFIRMED, followed=False)
    found: dict[PolicyState, QuerySet[Any]] = {
        PolicyState.DECLINED: rows.filter(said_word=Word.DECLINED),
        PolicyState.REPLACED: rows.filter(followed=True).filter(Q(said_word=Word.CONFIRMED) | Q(said_word__isnull=True)),
        PolicyState.IN_FORCE: governs.exclude(stages=[]),
        PolicyState.RETIRED: governs.filter(stages=[]),
        PolicyState.LAPSED: rows.filter(created_at__lte=now - LAPSES_AFTER, **awaited),
        PolicyState.PROPOSED: rows.filter(created_at__gt=now - LAPSES_AFTER, **awaited),
    }
    return found[PolicyState(state)]


def names_in(versions: Iterable[ApprovalPolicy], sections: Mapping[str, str] | None = None) -> Names:
    """What the groups and people that these versions name are called: two statements where they name any."""
    stages = [stage for version in versions for stage in version.stages]
    groups = {each for stage in stages for word in ("groups", "escalate_to_groups") for each in stage.get(word) or ()}
    people = {each for stage in stages for word in ("people", "escalate_to_people") for each in stage.get(word) or ()}
    titles = dict(UserGroup.objects.filter(public_id__in=groups).values_list("public_id", "title")) if groups else {}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
    return Names(
        sections or {}, {str(key): title for key, title in titles.items()}, {str(key): name for key, name in names.items()}
    )
