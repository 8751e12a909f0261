"""`manage.py create_organisation` with the plan of the documents: afterwards the people can do what their roles say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AdAccount, Organisation, User
from accounts.permissions import grants_of
from audit.models import AuditEvent

EXAMPLE = Path(__file__).parents[2] / "docs" / "organisation.example.json"
pytestmark = pytest.mark.django_db


def test_the_example_sets_up_an_organisation() -> None:
    call_command("create_organisation", str(EXAMPLE))
    account = AdAccount.objects.select_related("brand__organisation").get()
    able = {
        user.email: {p for p in ("submit", "approve_content", "approve_budget", "audit") if grants_of(user).allows(p, account)}
        for user in User.objects.all()
    }
    assert able == {
        "ads@example.com": {"submit"}, "planner@example.com": {"submit"}, "brand@example.com": {"approve_content"},
        "finance@example.com": {"approve_budget"}, "audit@example.com": {"audit"}, "publish@example.com": set(),
    }  # fmt: skip
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert AuditEvent.objects.filter(action="accounts.role.granted").count() == 7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": None}, "lacks 'people'"),
        ({"policy": {"title": "x", "stages": []}}, "at least one stage"),
        ({"groups": [{"title": "x", "roles": [["king", "*"]]}]}, "Choose one of"),
        ({"groups": [{"title": "x", "roles": [["auditor", "Nowhere"]]}]}, "Nowhere"),
    ],
)
def test_a_broken_plan_is_refused_in_words(tmp_path: Path, change: dict[str, object], words: str) -> None:
    plan = {**json.loads(EXAMPLE.read_text()), **change}
    plan = {key: value for key, value in plan.items() if value is not None}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    with pytest.raises(CommandError, match=words):
        call_command("create_organisation", str(path))


def test_a_file_that_is_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("not json")
    with pytest.raises(CommandError, match=r"plan\.json"):
        call_command("create_organisation", str(path))
    assert not Organisation.objects.exists()
