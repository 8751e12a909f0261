"""Reading what compromised accounts decided (R-32). The guards in the database say the same (approvals.views)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.db.models.expressions import RawSQL

from accounts.models import Delegation
from accounts.permissions import grants_of_actor
from approvals.models import Compromise, Decision, Recall, Stage
from core.actor import Actor

LOOKED_AFTER: Final = timedelta(days=7)
"""So long after an account was declared compromised it is seen to that every request it voted in is recalled."""


def void() -> Q:
    """The condition on decisions that count no more: a compromised account cast them, or gave or confirmed since then the
    delegation by which another did."""
    cast = _covering("decided_by", "decided_at")
    given = Delegation.objects.filter(
        Exists(_covering("granted_by_id", "granted_at")) | Exists(_covering("confirmed_by_id", "since")), pk=OuterRef("delegation")
    )
    return Q(Exists(cast)) | Q(Exists(given))


def _covering(person: str, moment: str) -> QuerySet[Compromise]:
    return Compromise.objects.filter(person=OuterRef(person), since__lte=OuterRef(moment), until__gte=OuterRef(moment))


def counting(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Without those that count no more."""
    return rows.filter(~void())


def marked(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Each with whether it counts no more (`is_void`), for whoever shows all of them."""
    return rows.annotate(is_void=Case(When(void(), then=True), default=False, output_field=BooleanField()))


def that_count(decisions: Iterable[Decision]) -> list[Decision]:
    """Of `marked` decisions those that count."""
    return [each for each in decisions if not getattr(each, "is_void", False)]


def lacking_for(column: str) -> Any:
    """Whether a request (SQL: the column that names it) rests on such an approval that it needed, judged by who may decide now."""
    found = f"EXISTS (SELECT 1 FROM approvals_lacking_stage v WHERE v.request_id = {column})"  # noqa: S608 - our own words
    return RawSQL(found, (), BooleanField())  # noqa: S611


def lacking_stages(request: UUID) -> list[Stage]:
    """The satisfied stages of a request that lack decisions once void ones do not count."""
    lacking = "EXISTS (SELECT 1 FROM approvals_lacking_stage v WHERE v.stage_id = approvals_stage.id)"
    rows = Stage.objects.filter(request=request).alias(lacking=RawSQL(lacking, (), BooleanField()))  # noqa: S611
    return list(rows.filter(lacking=True))


def votes_of(fact: Compromise) -> QuerySet[Decision]:
    """The decisions that count no more by this."""
    covered = (fact.since, fact.until)
    return Decision.objects.filter(
        Q(decided_by=fact.person_id, decided_at__range=covered)
        | Q(delegation__granted_by_id=fact.person_id, delegation__granted_at__range=covered)
        | Q(delegation__confirmed_by_id=fact.person_id, delegation__since__range=covered)
    )


def owed(fact: Compromise) -> list[UUID]:
    """The requests that are still to be recalled, in the order in which they are locked."""
    done = Recall.objects.filter(compromise=fact, request=OuterRef("request"))
    return sorted(votes_of(fact).filter(~Exists(done)).order_by().values_list("request_id", flat=True).distinct())


def lately(now: datetime) -> list[Compromise]:
    """What was declared a short while ago: one statement."""
    return list(Compromise.objects.filter(declared_at__gt=now - LOOKED_AFTER))


def visible_compromises(actor: Actor) -> QuerySet[Compromise]:
    """Compromised accounts of the organisations where the actor manages access or audits, with what became of the requests."""
    grants = grants_of_actor(actor)
    organisations = {each for permission in ("manage_access", "audit") for each in grants.ids(permission, "organisation")}
    rows = Compromise.objects.filter(person__organisation__in=organisations).select_related("person", "declared_by")
    return rows.prefetch_related(Prefetch("recalls", Recall.objects.select_related("request__ad_account")))


def shown_recalls(actor: Actor, fact: Compromise) -> list[Recall]:
    """What became of the requests that the actor may see."""
    held = grants_of_actor(actor)
    return [each for each in fact.recalls.all() if held.allows("view", each.request.ad_account)]
