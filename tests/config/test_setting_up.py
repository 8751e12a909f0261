"""`manage.py create_organisation` with the plan of the documents: afterwards the people can do what their roles say."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts import services
from accounts.models import AdAccount, Brand, Membership, Organisation, Page, RoleGrant, User, UserGroup
from accounts.permissions import grants_of
from accounts.roles import ROLES
from approvals.models import ApprovalPolicy
from audit.models import AuditEvent
from core.errors import Conflict
from governance.models import RuleSet
from tests import builders
from tests.builders import ROOT

EXAMPLE = Path(__file__).parents[2] / "docs" / "organisation.example.json"
PLAN: dict[str, Any] = json.loads(EXAMPLE.read_text())
ACTS = ("submit", "approve_content", "approve_budget", "approve_legal", "audit", "manage_access", "manage_policy")
pytestmark = pytest.mark.django_db


def carry_out(plan: Any, tmp_path: Path, **streams: Any) -> str:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    out = StringIO()
    call_command("create_organisation", str(path), stdout=out, no_color=True, **streams)
    return out.getvalue()


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for app in ("accounts", "governance", "approvals", "audit")
            for model in apps.get_app_config(app).get_models() if model._meta.managed}  # fmt: skip


def test_the_example_sets_up_an_organisation(tmp_path: Path) -> None:
    said = carry_out(PLAN, tmp_path)
    account = AdAccount.objects.select_related("brand__organisation").get()
    able = {user.email: {act for act in ACTS if grants_of(user).allows(act, account)} for user in User.objects.all()}
    assert able == {
        "ads@example.com": {"submit"}, "planner@example.com": {"submit"}, "brand@example.com": {"approve_content"},
        "finance@example.com": {"approve_budget"}, "legal@example.com": {"approve_legal"}, "audit@example.com": {"audit"},
        "publish@example.com": set(), "access@example.com": {"manage_access"}, "access2@example.com": {"manage_access"},
        "policy@example.com": {"manage_policy"},
    }  # fmt: skip
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert set(RoleGrant.objects.values_list("role", flat=True)) == set(ROLES), "the example shows every role"
    assert AuditEvent.objects.filter(action="accounts.role.granted").count() == 12
    assert "sends each a link" in said


# --- a plan that cannot be carried out ---------------------------------------------------------------------------------------


def changed(path: str, value: Any) -> Any:
    """The example with something else at a place; None takes it out."""
    plan = deepcopy(PLAN)
    *above, last = [int(each) if each.isdigit() else each for each in path.split(".")]
    place: Any = plan
    for each in above:
        place = place[each]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return plan


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("people", None, "people: This field is required"), ("peoples", [], "peoples: There is no such field"),
        ("brands.0.domain", ["x"], r"brands\.0\.domain: There is no such field"), ("brands.0.ad_accounts.0.name", None, "required"),
        ("policy.stages", [], "at least one stage"), ("policy.stages.0.quorum", 0, "at least one approval"),
        ("policy.stages.0.permission", "publish", "Choose one of"),
        ("groups.0.roles", [["king", "*"]], r"groups\.0\.roles\.0: There is no role “king”"),
        ("groups.0.roles", [["auditor", "Nowhere"]], "Nowhere"), ("groups.0.roles", [["auditor"]], r"groups\.0\.roles"),
        ("people.1.groups", ["Nobody"], "no group called “Nobody”"), ("people.0.email", "nonsense", r"people\.0\.email"),
        ("people.0.language", "fr", r"people\.0\.language"), ("people.0.name", "\u200b", r"people\.0\.name"),
        ("people.0.email", "brand@example.com", "Somebody else has this address"),
        ("service_accounts.0.owner", "x@example.com", "x@example.com"),
        ("brands.0.ad_accounts.0.currency", "XXX", "currency"), ("brands.0.ad_accounts.0.country", "ZZ", "country"),
        ("brands.0.ad_accounts.0.timezone", "Mars/Olympus", "timezone"), ("brands.0.ad_accounts.0.external_id", "7 0", "external_id"),
        ("brands.0.ad_accounts.0.name", "example brand", "called so"), ("brands.0.pages.0.identity_type", "NOPE", "identity_type"),
        ("brands.0.domains", ["not a domain/"], "domains"), ("groups.1.title", "BRAND MANAGERS", "called so"),
        ("slug", "Not a slug", "slug"), ("people.3.roles", [["legal_approver", "*"], ["auditor", "*"]], "kept apart"),
        ("service_accounts.0.roles", [["auditor", "Example Brand"]], "kept apart"),
    ],
)  # fmt: skip
def test_a_plan_with_a_mistake_makes_nothing_and_says_where(tmp_path: Path, path: str, value: Any, words: str) -> None:
    before = rows()
    with pytest.raises(CommandError, match=words) as caught:
        carry_out(changed(path, value), tmp_path)
    assert "nothing was made" in str(caught.value)
    assert rows() == before


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    plan = changed("people.0.email", "nonsense")
    plan["brands"][0]["name"] = 7
    with pytest.raises(CommandError) as caught:
        carry_out(plan, tmp_path)
    assert {"people.0.email", "brands.0.name"} <= {line.strip().partition(":")[0] for line in str(caught.value).splitlines()}


def test_somebody_has_to_manage_access(tmp_path: Path) -> None:
    plan = deepcopy(PLAN)
    plan["people"] = [each for each in plan["people"] if not each["email"].startswith("access")]
    with pytest.raises(CommandError, match="Nobody would manage access"):
        carry_out(plan, tmp_path)
    assert not Organisation.objects.exists()


def test_what_will_be_missed_is_said(tmp_path: Path) -> None:
    plan = deepcopy(PLAN)
    left_out = ("access2@example.com", "policy@example.com", "finance@example.com")
    plan["people"] = [each for each in plan["people"] if each["email"] not in left_out]
    errors = StringIO()
    carry_out(plan, tmp_path, stderr=errors)
    assert "Only one person manages access" in errors.getvalue()
    assert "Nobody manages policy" in errors.getvalue()
    assert "“Budget: finance”" in errors.getvalue()


def test_a_manager_through_a_group_is_one(tmp_path: Path) -> None:
    plan = deepcopy(PLAN)
    plan["groups"].append({"title": "Access", "roles": [["access_manager", "*"]]})
    for each in plan["people"]:
        if each["email"].startswith("access"):
            del each["roles"]
            each["groups"] = ["Access"]
    errors = StringIO()
    carry_out(plan, tmp_path, stderr=errors)
    assert errors.getvalue() == ""


def test_what_others_hold_is_found_beforehand(tmp_path: Path) -> None:
    other = builders.organisation("Other")
    with pytest.raises(CommandError, match="another organisation"):
        carry_out(changed("people.1.email", other.people["submitter"].email), tmp_path)
    with pytest.raises(CommandError, match="another organisation"):
        carry_out(changed("brands.0.ad_accounts.0.external_id", other.account.external_id), tmp_path)
    with pytest.raises(CommandError, match="set up already"):
        carry_out(changed("slug", "other"), tmp_path)
    assert Organisation.objects.count() == 1


# --- broken off and taken up again -----------------------------------------------------------------------------------------------


STEPS = (
    "create_brand", "create_page", "create_ad_account", "create_user_group", "create_person", "add_member",
    "create_service_account", "grant_role",
)  # fmt: skip


def failing(real: Callable[..., Any], turn: int) -> Callable[..., Any]:
    """`real`, that fails at its turn."""
    calls = iter(range(turn))

    def fail(**arguments: Any) -> Any:
        if next(calls, None) is None:
            raise Conflict("the lights went out")
        return real(**arguments)

    return fail


def made() -> dict[str, int]:
    models = (Organisation, Brand, Page, AdAccount, User, UserGroup, Membership, RoleGrant, RuleSet, ApprovalPolicy)
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.mark.parametrize("step", STEPS)
def test_what_was_broken_off_is_finished_by_the_same_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    turn = 3 if step in ("create_person", "grant_role") else 0
    with monkeypatch.context() as patched:
        patched.setattr(services, step, failing(getattr(services, step), turn))
        with pytest.raises(CommandError, match="same command again"):
            carry_out(PLAN, tmp_path)
    assert not ApprovalPolicy.objects.exists()
    carry_out(PLAN, tmp_path)
    assert made() == {
        "Organisation": 1, "Brand": 1, "Page": 1, "AdAccount": 1, "User": 10, "UserGroup": 3, "Membership": 3, "RoleGrant": 12,
        "RuleSet": 2, "ApprovalPolicy": 1,
    }  # fmt: skip


def test_who_is_set_up_is_not_touched_again(tmp_path: Path) -> None:
    """A role that was ended meanwhile would come back with the plan."""
    carry_out(PLAN, tmp_path)
    services.revoke_role(actor=ROOT, grant=RoleGrant.objects.filter(role="publisher").values_list("pk", flat=True)[0])
    before = rows()
    with pytest.raises(CommandError, match="set up already"):
        carry_out(PLAN, tmp_path)
    assert rows() == before


@pytest.mark.parametrize("text", ["not json", "[]", "7", '{"name": "x"}'])
def test_a_file_that_is_no_plan(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"plan\.json"):
        call_command("create_organisation", str(path))
    assert not Organisation.objects.exists()
