"""The next stage by limit (R-25): where whom a stage asks could decide it but for their limits, those with the smallest limits that
are enough decide as well. It is added, never put in the place of the stage, and small limits never add up.

Nothing is asked of the database unless a stage asks for authority.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.conf import settings

from accounts.models import AdAccount, User
from approvals import eligibility, quorum
from approvals.eligibility import Holder
from approvals.models import ApprovalRequest, Stage
from approvals.routing import in_order
from approvals.stage_specs import MAX_NAMED, MAX_TITLE, StageSpec

SUFFIX: Final = "_authority"
_ROOM: Final = 50 - len(SUFFIX) - len("_99")
"""Characters that are left of a stage's key for that of the stage above it."""


def completed(specs: Sequence[StageSpec], request: ApprovalRequest, now: datetime) -> list[StageSpec]:
    """A whole route, with the stages by limit that it needs, each right after the stage for which it is added. `request` need not
    be written yet."""
    if not any(spec.authority for spec in specs):
        return list(specs)
    spaced = [replace(spec, step=2 * spec.step) for spec in specs]
    return in_order(with_next_by_limit(spaced, request, now))


def with_next_by_limit(
    specs: Sequence[StageSpec], request: ApprovalRequest, now: datetime, taken: Collection[str] = ()
) -> list[StageSpec]:
    """These stages, and one in the step after it for each whose people lack the authority; keys are none of those `taken`. What
    nobody else has enough for stays as it is: it waits (R-14)."""
    keys = {*taken, *(spec.key for spec in specs)}
    found: list[StageSpec] = []
    for spec in specs:
        above = _next_by_limit(spec, request, now) if spec.authority and not spec.authority_by else []
        if not above:
            found.append(spec)
            continue
        key = _free(spec.key, keys)
        keys.add(key)
        found += [replace(spec, authority_by=key), _above(spec, key, above)]
    return found


def _free(key: str, taken: Collection[str]) -> str:
    """A key for the stage above another."""
    wanted = f"{key[:_ROOM]}{SUFFIX}"
    return next(each for each in (wanted, *(f"{wanted}_{number}" for number in range(2, 100))) if each not in taken)


def _above(spec: StageSpec, key: str, people: Sequence[Holder]) -> StageSpec:
    ids = tuple(sorted(str(each.person.pk) for each in people))
    title = f"{spec.title} (authority)"[:MAX_TITLE]
    return replace(spec, key=key, title=title, step=spec.step + 1, groups=(), people=ids, everyone=False, each_group=False)


def _next_by_limit(spec: StageSpec, request: ApprovalRequest, now: datetime) -> list[Holder]:
    """Who decides besides: of all who hold the permission and have enough, those with the smallest limits, as many as the stage
    asks for and all whose limit is no larger than theirs. Nobody where whom the stage asks can decide it, or could not without
    limits either."""
    stage, free = (Stage(request=request, **each.as_json()) for each in (spec, replace(spec, authority=False)))
    terms = eligibility.terms(stage)
    if quorum.reachable(terms, eligibility.electorate(stage, request, now)):
        return []
    if not quorum.reachable(terms, eligibility.electorate(free, request, now)):
        return []
    held = eligibility.seated(stage, request, now)
    asks = eligibility.asked_now(stage, request, now, held)
    return nearest([
        each for each in held
        if not each.reason and not asks.asks(each.person.pk) and not eligibility.contributed(each.person.pk, request)
    ], spec.quorum)  # fmt: skip


def nearest(holders: Sequence[Holder], number: int) -> list[Holder]:
    """Of people with enough authority so many with the smallest limits, and all whose limits are no larger; nobody where they are
    fewer. Pure."""
    ordered = sorted(holders, key=lambda each: (each.limit_minor or 0, each.person.pk))
    if len(ordered) < number:
        return []
    most = ordered[number - 1].limit_minor or 0
    level = [each for each in ordered if (each.limit_minor or 0) <= most]
    return level[: max(number, MAX_NAMED)]


def as_put_forward(
    account: AdAccount, user: User, contributors: Sequence[str], policies: list[dict[str, object]], exposure_minor: int,
    now: datetime,
) -> ApprovalRequest:
    """The request that would be written, as far as it decides who may decide."""
    return ApprovalRequest(
        ad_account=account, submitted_by=user, submitted_at=now, contributors=sorted(contributors), policies=policies,
        minimum_holding_minutes=settings.MINIMUM_HOLDING_MINUTES, exposure_minor=exposure_minor, currency=account.currency,
    )  # fmt: skip
