"""What an organisation demands of its own access management, and the second access manager's word (R-55)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import changes, subjects
from accounts.access_policy import Policy, as_policy, current_policy
from accounts.duties import Pair
from accounts.errors import ChangeLapsed
from accounts.models import AccessPolicy, Conferred, Delegation, Membership, Organisation, Placement, Role, RoleGrant
from accounts.second_manager import why_not_second
from accounts.services.access import check_duties, members_clashing
from accounts.services.authority import begin, check_access_manager, conferring, end, locked
from accounts.services.deputies import check_held
from accounts.services.moving import carry_out
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Invalid, say


def _check_roles(organisation: Organisation, named: Collection[str], field: str) -> None:
    known = Role.objects.filter(Q(organisation__isnull=True) | Q(organisation=organisation), pk__in=named)
    if missing := sorted(set(named) - set(known.values_list("pk", flat=True))):
        raise Invalid.field(field, "unknown_role", say(_("There is no role “{name}” here."), name=missing[0]))


@service("accounts.access_policy.changed")
def set_access_policy(
    *, actor: Actor, organisation: Organisation, two_managers: bool, second_factor_roles: Collection[str] = (),
    forbidden_pairs: Sequence[Pair] = (),
) -> AccessPolicy:  # fmt: skip
    """The next version of an organisation's access policy. Stricter is in force at once; where two access managers are
    asked for, anything looser awaits the second (R-55). Raises Forbidden, Invalid (unknown role, a role with itself)."""
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    locked(actor, organisation)
    now = clock.now()
    _check_roles(organisation, second_factor_roles, "second_factor_roles")
    _check_roles(organisation, {each for pair in forbidden_pairs for each in pair}, "forbidden_pairs")
    if any(one == other for one, other in forbidden_pairs):
        raise Invalid.field("forbidden_pairs", "same_role", _("A pair is two different roles."))
    pairs = sorted(sorted(pair) for pair in set(map(frozenset, forbidden_pairs)))
    wanted = Policy(0, two_managers, frozenset(second_factor_roles), [(one, other) for one, other in pairs])
    fields = conferring(actor, organisation.pk, now)
    if not current_policy(organisation.pk, now).loosened_by(wanted):
        fields["since"] = now
    last = AccessPolicy.objects.filter(organisation=organisation).order_by("-version").first()
    row = AccessPolicy(
        organisation=organisation, version=last.version + 1 if last else 1, two_managers=two_managers,
        second_factor_roles=sorted(set(second_factor_roles)), forbidden_pairs=pairs, **fields,
    )  # fmt: skip
    row.save(force_insert=True)
    said = {"two_managers": two_managers, "second_factor_roles": row.second_factor_roles, "forbidden_pairs": pairs}
    record(event(actor, "accounts.access_policy.changed", subjects.of_policy(row), now, awaited=row.is_awaited, **said))
    return row


# --- the second access manager -------------------------------------------------------------------------------------------


def _check_still_right(fact: Conferred, now: datetime) -> None:
    """What was right when it was proposed is judged again. Raises DutiesClash, ChangeLapsed, Invalid."""
    moved = Placement.objects.filter(since__gt=fact.granted_at)
    if isinstance(fact, Placement) and moved.filter(ad_account=fact.ad_account_id).exists():
        raise ChangeLapsed(_("The ad account was moved meanwhile; propose this again."))
    if isinstance(fact, RoleGrant):
        check_duties(fact, now)
    if isinstance(fact, Delegation):
        check_held(fact.delegator, fact.delegate, fact.scope, fact.permissions, now, conveyed=fact.conveyed)
    if isinstance(fact, AccessPolicy) and as_policy(fact).version < current_policy(fact.organisation_id, now).version:
        raise ChangeLapsed(_("The access policy was changed meanwhile; propose this again."))


def _carried_out(fact: Conferred, now: datetime) -> dict[str, Any]:
    """What follows from its being in force, as the log tells it."""
    if isinstance(fact, Placement):
        return carry_out(fact, now)
    group = fact.group if isinstance(fact, Membership | RoleGrant) else None
    return {} if group is None else {"clashes": members_clashing(group.organisation, group, now)}


@service("accounts.change.confirmed")
def confirm_change(*, actor: Actor, change: UUID) -> Conferred:
    """A second access manager confirms a grant, membership, permission of a role, move or access policy: it is in force
    from now on (R-55). Raises NotFound, Forbidden (NotSecondManager), Conflict (ChangeLapsed, DutiesClash)."""
    found = changes.get(change)
    concerning(changes.subject(found))
    check_access_manager(actor, changes.scope(found))
    locked(actor, changes.scope(found))
    now, fact = clock.now(), changes.get(change)
    if refusal := why_not_second(actor, fact, now):
        raise refusal
    _check_still_right(fact, now)
    begin(fact, actor, now)
    said = {"proposed_by": fact.granted_by, **_carried_out(fact, now)}
    record(event(actor, "accounts.change.confirmed", changes.subject(fact), now, **said))
    return fact


@service("accounts.change.declined")
def decline_change(*, actor: Actor, change: UUID) -> Conferred:
    """An access manager, the proposer included, ends a change before it is in force. Raises NotFound, Forbidden, Conflict."""
    found = changes.get(change)
    concerning(changes.subject(found))
    check_access_manager(actor, changes.scope(found))
    locked(actor, changes.scope(found))
    now, fact = clock.now(), changes.get(change)
    if not fact.is_awaited:
        raise Conflict(_("This change awaits nobody: it is in force or has been ended."))
    end(fact, actor, now)
    record(event(actor, "accounts.change.declined", changes.subject(fact), now, proposed_by=fact.granted_by))
    return fact
