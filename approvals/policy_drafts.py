"""A version of a policy as it would be published now, and what is wrong with it: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access_policy import current_policy
from accounts.models import AdAccount, Brand, Organisation, User, UserGroup
from accounts.subjects import audit_scope
from approvals import conditions
from approvals.linting import Lint, lint, malformed
from approvals.models import ApprovalPolicy
from approvals.stage_specs import StageSpec, parse_stages
from approvals.tightening import only_tightens
from core import clock
from core.actor import Actor, ActorKind
from core.errors import Invalid
from governance.authority import SCOPE_FIELD, answerable, check_policy_manager

Bound = Organisation | Brand | AdAccount | None
"""What a policy is bound to; None is everything on an installation."""
Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version says."""

    key: str
    title: str
    stages: list[StageSpec]
    condition: str
    scope: Bound


def drafted(*, actor: Actor, key: str, title: str, stages: Lines, condition: str, scope: Bound, now: datetime) -> ApprovalPolicy:
    """A version as it would be published now, unsaved and without its number. Raises Invalid by field, Forbidden, NotFound."""
    check_policy_manager(actor, scope)
    specs = parse_stages(stages)
    conditions.condition(condition)
    _check_named(specs, scope)
    return built(actor, Terms(key, title, specs, condition.strip(), scope), now)


def lint_policy(*, actor: Actor, stages: Lines, condition: str, scope: Bound) -> Lint:
    """What is wrong with a version before it is saved; writes nothing. Raises Forbidden, NotFound."""
    check_policy_manager(actor, scope)
    try:
        specs = parse_stages(stages)
        conditions.condition(condition)
        _check_named(specs, scope)
    except Invalid as error:
        return malformed(error)
    return lint(specs, condition, scope, clock.now())


def built(actor: Actor, terms: Terms, now: datetime) -> ApprovalPolicy:
    """The row, unsaved and without its number."""
    scope = terms.scope
    bound = {} if scope is None else {SCOPE_FIELD[type(scope)]: scope}
    row = ApprovalPolicy(
        key=terms.key, title=terms.title, stages=[spec.as_json() for spec in terms.stages], condition=terms.condition,
        created_by=actor.label, author=answerable(actor), **bound,
    )  # fmt: skip
    row.needs_second = _asks_for_two(actor, scope, now) and not tightens(row)
    return row


def _asks_for_two(actor: Actor, scope: Bound, now: datetime) -> bool:
    """Whether the organisation asks for a second policy manager; never at the console."""
    organisation = None if scope is None else audit_scope(scope).organisation
    return organisation is not None and actor.kind is not ActorKind.SYSTEM and current_policy(organisation, now).two_managers


def tightens(row: ApprovalPolicy) -> bool:
    """Whether a version plainly asks for at least as much as the one that governs now."""
    last = ApprovalPolicy.current().filter(key=row.key).first()
    if last is None or last.is_retired or row.is_retired:
        return False
    same = row.condition in ("", last.condition)
    return only_tightens(parse_stages(last.stages), parse_stages(row.stages), same_requests=same)


def _groups(named: Sequence[str], organisation: UUID | None) -> QuerySet[Any]:
    return UserGroup.objects.filter(public_id__in=named, organisation=organisation)


def _people(named: Sequence[str], organisation: UUID | None) -> QuerySet[Any]:
    return User.objects.filter(pk__in=named, organisation=organisation, kind="person")


def _check_named(specs: Sequence[StageSpec], scope: Bound) -> None:
    """The groups and people that stages name are of the organisation that the policy governs. Raises Invalid."""
    organisation = None if scope is None else audit_scope(scope).organisation
    for index, spec in enumerate(specs):
        for field, named, rows in (
            ("groups", spec.groups, _groups(spec.groups, organisation)),
            ("people", spec.people, _people(spec.people, organisation)),
            ("escalate_to_groups", spec.escalate_to_groups, _groups(spec.escalate_to_groups, organisation)),
            ("escalate_to_people", spec.escalate_to_people, _people(spec.escalate_to_people, organisation)),
        ):
            if named and rows.count() != len(named):
                words = _("These are not all known in the organisation that the policy governs.")
                raise Invalid.field(f"stages.{index}.{field}", "unknown", words)
