"""`manage.py explain_access` and `create_api_token`, as whoever has the console calls them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import services
from accounts.models import ApiToken, RoleGrant
from audit.models import AuditEvent
from core import clock
from core.ids import uuid7
from tests import builders

pytestmark = pytest.mark.django_db
ROOT = builders.ROOT


@pytest.fixture
def world():
    return builders.organisation()


def said(command: str, *words: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, words), stdout=out, stderr=StringIO())
    return out.getvalue()


# --- explain_access ------------------------------------------------------------------------------------------------------


def explained(world, permission: str, who: str, *more: Any) -> list[str]:
    email = world.people[who].email
    return said("explain_access", permission, f"ad_account:{world.account.pk}", "--user", email, *more).splitlines()


def test_r58_it_names_the_grant_and_the_scope_that_allow(world):
    first, reason = explained(world, "publish", "publisher")
    grant = RoleGrant.objects.get(user=world.people["publisher"])
    assert first.startswith(f"publisher@acme.example may publish on {world.account}")
    assert reason == f"  because: Publisher on {world.brand} (grant {grant.pk})"


def test_r58_it_names_the_group_and_the_end(world):
    group = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Night shift")
    services.grant_role(
        actor=ROOT, role="operator", principal=group, scope=world.account, expires_at=clock.now() + timedelta(days=1)
    )
    services.add_member(actor=ROOT, group=group, user=world.user("submitter"))
    first, reason = explained(world, "operate", "submitter")
    assert " may operate on " in first
    assert "through “Night shift”" in reason
    assert " until " in reason


@pytest.mark.parametrize(
    ("permission", "who", "code"), [("publish", "auditor", "no_grant"), ("publish", "elsewhere", "elsewhere"), ("publish", "gone", "deactivated")]
)
def test_r58_it_names_what_is_missing(world, permission, who, code):
    world.add_person("elsewhere", "publisher", scope=world.second_account)
    services.deactivate_user(actor=ROOT, user=world.add_person("gone", "publisher").pk)
    first, missing = explained(world, permission, who)
    assert f" may not {permission} on " in first
    assert missing.startswith("  missing: ")
    assert missing.endswith(f"[{code}]")


def test_r58_machines_never_approve(world):
    services.grant_role(actor=ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    world.people["machine"] = world.machine
    assert explained(world, "approve_content", "machine")[1].endswith("[machine]")


@pytest.mark.parametrize(
    ("end", "code"), [("revoked", "grant_revoked"), ("declined", "grant_revoked"), ("awaited", "grant_awaits_second"), ("later", "grant_not_begun")]
)
def test_r58_it_tells_why_a_grant_does_not_hold(world, end, code):
    ann = world.add_person("ann")
    starts = clock.now() + timedelta(days=1) if end == "later" else None
    if end in ("declined", "awaited"):
        for name in ("boss", "deputy"):
            world.add_person(name, "access_manager", scope=world.organisation)
        services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    actor = world.actor("boss") if "boss" in world.people else ROOT
    row = services.grant_role(actor=actor, role="publisher", principal=ann, scope=world.brand, starts_at=starts)
    if end == "revoked":
        services.revoke_role(actor=ROOT, grant=row.pk)
    if end == "declined":
        services.decline_change(actor=world.actor("deputy"), change=row.pk)
    _first, missing = explained(world, "publish", "ann")
    assert missing.endswith(f"[{code}]")
    assert "None" not in missing


def test_r58_it_tells_of_a_past_moment(world):
    before = clock.now()
    services.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=world.people["publisher"]).pk)
    assert " may not publish " in explained(world, "publish", "publisher")[0]
    assert " may publish " in explained(world, "publish", "publisher", "--at", before.isoformat())[0]


def test_r58_without_a_person_it_names_everybody_who_may(world):
    world.add_person("second", "publisher", scope=world.organisation)
    listed = said("explain_access", "publish", f"brand:{world.brand.pk}").splitlines()
    assert [line.split(":")[0] for line in listed] == ["publisher@acme.example", "second@acme.example"]
    for kind, row in (("organisation", world.organisation), ("page", world.page)):
        assert "second@acme.example: Publisher on Acme" in said("explain_access", "publish", f"{kind}:{row.pk}")


@pytest.mark.parametrize(
    "words",
    [
        ("publish", "planet:1"), ("publish", "brand:x"), ("publish", f"brand:{uuid7()}"), ("publish", "brand"), ("fly", "brand:x"),
        ("publish", "{brand}", "--user", "nobody@acme.example"), ("publish", "{brand}", "--at", "2026-01-01T00:00:00"),
        ("publish", "{brand}", "--at", "2026-13-01T00:00:00Z"), ("publish", "{brand}", "--at", "yesterday"),
    ],
)  # fmt: skip
def test_explaining_needs_what_there_is(world, words):
    with pytest.raises(CommandError):
        said("explain_access", *(word.format(brand=f"brand:{world.brand.pk}") for word in words))


# --- create_api_token ----------------------------------------------------------------------------------------------------


def made(world, *words: Any) -> ApiToken:
    text = said("create_api_token", world.people["operator"].email, "--name", "ci", *words).strip()
    (token,) = ApiToken.objects.all()
    assert text.startswith(token.token_key)
    return token


def test_a_token_without_more_gives_what_its_user_holds(world):
    token = made(world)
    assert (token.permissions, token.scope, token.expiry) == ([], None, None)


@pytest.mark.parametrize("kind", ["organisation", "brand", "ad_account"])
def test_a_token_is_narrowed_to_permissions_and_a_place(world, kind):
    where = {"organisation": world.organisation, "brand": world.brand, "ad_account": world.account}[kind]
    token = made(world, "--permission", "operate", "--permission", "submit", "--scope", f"{kind}:{where.pk}", "--days", 3)
    assert (token.permissions, token.scope) == (["operate", "submit"], where)
    assert token.expiry is not None
    assert timedelta(days=2) < token.expiry - clock.now() <= timedelta(days=3)
    told = AuditEvent.objects.get(action="accounts.api_token.created", outcome="recorded").canonical
    assert '"permissions":["operate","submit"]' in told


@pytest.mark.parametrize(
    "words",
    [
        ("--permission", "fly"), ("--scope", "planet:1"), ("--scope", "brand:x"), ("--scope", "page:{page}"), ("--scope", "brand:{foreign}"),
        ("--days", "0"), ("--days", "4000"),
    ],
)  # fmt: skip
def test_a_token_is_not_made_of_what_there_is_not(world, words):
    foreign = builders.organisation("Evil")
    with pytest.raises(CommandError):
        made(world, *(word.format(page=world.page.pk, foreign=foreign.brand.pk) for word in words))
    assert not ApiToken.objects.exists()


# --- grant_role ----------------------------------------------------------------------------------------------------------


def test_the_console_gives_access_back_where_nobody_manages_it(world):
    """At once, even where two access managers are asked for: there is none left who could confirm (R-55)."""
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    person, scope = world.user("submitter"), f"organisation:{world.organisation.pk}"
    assert said("grant_role", person.email.upper(), "access_manager", scope, "--days", 7).startswith(
        f"{person.email} is Access manager on {world.organisation} (grant "
    )
    grant = RoleGrant.objects.get(user=person, role="access_manager")
    assert not grant.is_awaited
    assert grant.expires_at is not None
    assert timedelta(days=7) - timedelta(seconds=10) < grant.expires_at - grant.granted_at <= timedelta(days=7)
    event = AuditEvent.objects.filter(action="accounts.role.granted").latest("pk")
    assert (event.actor_kind, event.channel, event.organisation) == ("system", "command", world.organisation.pk)


@pytest.mark.parametrize(
    ("who", "role", "place", "why"),
    [
        ("nobody@acme.example", "operator", "brand:{brand}", "no such person"),
        ("submitter@acme.example", "king", "brand:{brand}", "Choose one of"),
        ("submitter@acme.example", "operator", "brand:{foreign}", "inside one's own organisation"),
        ("submitter@acme.example", "operator", "planet:1", "Give the object as"),
        ("submitter@acme.example", "auditor", "brand:{brand}", "duties that are kept apart"),
    ],
)  # fmt: skip
def test_the_console_gives_no_role_that_cannot_be(world, who, role, place, why):
    foreign = builders.organisation("Evil")
    before = RoleGrant.objects.count()
    with pytest.raises(CommandError, match=why):
        said("grant_role", who, role, place.format(brand=world.brand.pk, foreign=foreign.brand.pk))
    assert RoleGrant.objects.count() == before


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_the_console_gives_a_role_for_days_that_there_are(world, days):
    """And says so in a line, not with all the numbers that would have been right."""
    with pytest.raises(CommandError) as caught:
        said("grant_role", world.people["submitter"].email, "operator", f"brand:{world.brand.pk}", "--days", days)
    assert str(caught.value) == "Give 1 to 3650 days."


def warned(world, who: str, role: str) -> str:
    errors = StringIO()
    scope = f"organisation:{world.organisation.pk}"
    call_command("grant_role", world.people[who].email, role, scope, stdout=StringIO(), stderr=errors, no_color=True)
    return errors.getvalue()


def test_the_console_says_what_the_page_says(world):
    """What a role means for a machine, and where the organisation asks for more."""
    assert warned(world, "submitter", "operator") == ""
    world.people["machine"] = world.machine
    assert "never approves" in warned(world, "machine", "legal_approver")
    services.set_access_policy(
        actor=ROOT, organisation=world.organisation, two_managers=True, second_factor_roles=["publisher"]
    )
    told = warned(world, "submitter", "publisher")
    assert "two access managers" in told
    assert "second factor" in told


def test_r58_nobody_is_an_answer(world):
    services.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=world.people["publisher"]).pk)
    assert said("explain_access", "publish", f"brand:{world.brand.pk}") == f"Nobody may publish on {world.brand} now.\n"
    earlier = (clock.now() - timedelta(days=400)).isoformat()
    assert said("explain_access", "publish", f"brand:{world.brand.pk}", "--at", earlier).startswith("Nobody may publish on ")


def test_r58_what_will_be_is_not_known(world):
    later = (clock.now() + timedelta(days=1)).isoformat()
    for more in ((), ("--user", world.people["publisher"].email)):
        with pytest.raises(CommandError, match="past"):
            said("explain_access", "publish", f"brand:{world.brand.pk}", "--at", later, *more)
