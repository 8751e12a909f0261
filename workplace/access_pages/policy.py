"""The access policy: what the organisation demands of its own access management, and its versions (R-55)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.access_policy import current_policy
from accounts.models import AccessPolicy
from accounts.permissions import ORGANISATION
from core import clock
from workplace.access import actor_of, grants
from workplace.access_pages import rows
from workplace.access_pages.base import act, awaits, governing, own_organisation, page, render
from workplace.access_pages.forms import PolicyForm, role_choices


@page("GET", "POST")
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """The policy in force and its versions. POST sets the next one."""
    actor, now = actor_of(request), clock.now()
    organisation = own_organisation(request)
    policy = current_policy(organisation.pk, now)
    roles = role_choices(actor)

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        versions = queries.visible_access_policies(actor).order_by("-version")[:50]
        return render(
            request, "policy", _("Policy"), "access_policy", form=form, problem=problem, status=status, names=dict(roles),
            versions=[(each, rows.state(each, now)) for each in versions], current=policy.version,
            may_administer=organisation.pk in grants(request).ids("manage_access", ORGANISATION),
        )  # fmt: skip

    if request.method != "POST":
        initial = {
            "two_managers": policy.two_managers, "second_factor_roles": list(policy.second_factor_roles),
            "pairs": [f"{one}|{other}" for one, other in policy.pairs],
        }  # fmt: skip
        return again(PolicyForm(roles, list(policy.pairs), initial=initial), "", 200)
    return act(
        request, PolicyForm(roles, list(policy.pairs), request.POST), again,
        lambda typed: services.set_access_policy(actor=actor, organisation=organisation, **_wanted(typed)),
        _thanks, reverse("admin:access_policy"),
    )  # fmt: skip


def _wanted(typed: dict[str, Any]) -> dict[str, Any]:
    return {name: typed[name] for name in ("two_managers", "second_factor_roles", "forbidden_pairs")}


def _thanks(row: AccessPolicy) -> str:
    said = _("Version %(number)s of the access policy.") % {"number": row.version}
    return " ".join([said, awaits(row) or _("It is in force.")])
