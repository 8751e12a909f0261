"""Roles, role grants, changes that await a second access manager, the access policy, and questions about access."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.models import AccessReview, Brand, RoleGrant, UserGroup
from audit.models import AuditEvent
from core import clock
from core.ids import uuid7
from tests import builders
from tests.api.conftest import Answer, Api, door, policy
from tests.api.test_accounts import LATER, LONG, ids, unchanged
from tests.builders import ROOT, World


def brand(world: World) -> dict[str, str]:
    return {"type": "brand", "id": str(world.brand.pk)}


def grant(world: World, name: str, role: str = "publisher", **values: Any) -> dict[str, Any]:
    return {"role": role, "user": str(world.people[name].pk), "scope": brand(world), **values}


def later(days: int = 1) -> datetime:
    return clock.now() + timedelta(days=days)


@pytest.fixture
def rival(db: None) -> World:
    world = builders.organisation("Rival")
    world.add_person("boss", "access_manager", scope=world.organisation)
    return world


@pytest.fixture
def new(world: World) -> str:
    """A person who holds nothing."""
    return str(world.add_person("new").pk)


@pytest.fixture
def group(world: World) -> UserGroup:
    return accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Team")


# --- roles ---------------------------------------------------------------------------------------------------------------------


def test_roles(world: World, boss: Api, api: Api) -> None:
    built_in = boss.get("roles/publisher/").body
    assert built_in == {"id": "publisher", "title": "Publisher", "is_built_in": True, "permissions": ["publish", "view"], "awaited": []}
    made = boss.post("roles/", {"title": "Desk", "permissions": ["submit", "publish"]})
    assert (made.status, made.body["permissions"], made.body["is_built_in"]) == (201, ["publish", "submit", "view"], False)
    path = f"roles/{made.body['id']}/"
    changed = boss.patch(path, {"title": "News desk", "permissions": ["submit"]})
    assert (changed.body["title"], changed.body["permissions"]) == ("News desk", ["submit", "view"])
    assert boss.get(path).body == api.get(path).body == changed.body
    assert ids(boss.get("roles/?is_built_in=false")) == {made.body["id"]}
    unchanged(lambda: api.patch(path, {"title": "x"}), 403)
    unchanged(lambda: api.post("roles/", {"title": "x", "permissions": []}), 403)
    unchanged(lambda: boss.patch("roles/publisher/", {"title": "x"}), 409)


def test_roles_are_named_in_the_reader_s_language(boss: Api) -> None:
    assert boss.get("roles/access_manager/", Accept_Language="de").body["title"] != "Access manager"


def test_pages_of_roles(boss: Api) -> None:
    """Their keys are words, not UUIDs."""
    pages, url = [], "roles/?page_size=4"
    while url:
        answer = boss.get(url).body
        pages.append([row["id"] for row in answer["results"]])
        url, last = answer["next"], answer
    assert [len(page) for page in pages] == [4, 4, 2]
    assert len({each for page in pages for each in page}) == 10
    assert [row["id"] for row in boss.get(last["previous"]).body["results"]] == pages[1]


def test_role_input(boss: Api) -> None:
    for body, field, code in (
        ({"title": "x", "permissions": ["fly"]}, "permissions.0", "invalid_choice"), ({"permissions": []}, "title", "required"),
        ({"title": LONG, "permissions": []}, "title", "max_length"), ({"title": "x", "permissions": "view"}, "permissions", "not_a_list"),
        ({"title": "x", "permissions": ["audit", "submit"]}, "permissions", "duties_clash"),
    ):  # fmt: skip
        answer = unchanged(partial(boss.post, "roles/", body), 400)
        assert next(iter(answer.fields)).startswith(field.partition(".")[0])
        assert code in answer.fields.values()
    assert boss.post("roles/", {"title": "Desk", "permissions": []}).status == 201
    assert unchanged(lambda: boss.post("roles/", {"title": "Desk", "permissions": []}), 400).fields == {"title": "taken"}


def test_r57_roles_of_others(world: World, boss: Api, rival: World, new: str) -> None:
    foreign = accounts.create_role(actor=ROOT, organisation=rival.organisation, title="Secret", permissions=["submit"])
    assert boss.get(f"roles/{foreign.pk}/").body == boss.get(f"roles/{uuid7()}/").body
    assert foreign.pk not in ids(boss.get("roles/"))
    unchanged(lambda: boss.patch(f"roles/{foreign.pk}/", {"title": "x"}), 404)
    answers = [unchanged(partial(boss.post, "role-grants/", grant(world, "new", role)), 400) for role in (foreign.pk, str(uuid7()))]
    assert answers[0].body == answers[1].body
    assert answers[0].fields == {"role": "unknown_role"}
    answers = [
        unchanged(partial(boss.post, "access-policies/", policy(second_factor_roles=[role])), 400)
        for role in (foreign.pk, str(uuid7()))
    ]
    assert answers[0].fields == answers[1].fields == {"second_factor_roles": "unknown_role"}


# --- role grants ---------------------------------------------------------------------------------------------------------------


def test_role_grants(world: World, boss: Api, new: str) -> None:
    made = boss.post("role-grants/", grant(world, "new", expires_at=LATER))
    assert made.status == 201, made.body
    expected: dict[str, Any] = {
        "role": "publisher", "title": "Publisher", "user": {"id": new, "name": "New"}, "group": None, "status": "in_force",
        "scope": {**brand(world), "name": "Acme Brand"}, "expires_at": LATER, "granted_by": "boss@acme.example", "clashes": [], "reviewed_at": None,
    }  # fmt: skip
    assert {name: made.body[name] for name in expected} == expected
    assert boss.get(f"role-grants/{made.body['id']}/").body == made.body
    assert door(world, "new").get("brands/").body["results"][0]["id"] == str(world.brand.pk)
    assert boss.delete(f"role-grants/{made.body['id']}/").status == 204
    assert boss.get(f"role-grants/{made.body['id']}/").body["status"] == "ended"
    assert door(world, "new").get("brands/").body["results"] == []
    unchanged(lambda: boss.delete(f"role-grants/{made.body['id']}/"), 409)


def test_a_grant_begins_and_ends_by_itself(world: World, boss: Api, new: str) -> None:
    made = boss.post("role-grants/", grant(world, "new", starts_at=later(1), expires_at=later(2)))
    assert made.body["status"] == "upcoming"
    somebody = door(world, "new")
    for days, status, seen in ((0, "upcoming", 0), (1.5, "in_force", 1), (2.5, "ended", 0)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            assert boss.get(f"role-grants/{made.body['id']}/").body["status"] == status
            assert len(somebody.get("brands/").body["results"]) == seen


def test_role_grant_filters(world: World, boss: Api, new: str, group: UserGroup, rival: World) -> None:
    mine = boss.post("role-grants/", grant(world, "new")).body["id"]
    body = {"role": "publisher", "group": str(group.public_id), "scope": {"type": "ad_account", "id": str(world.account.pk)}}
    theirs = boss.post("role-grants/", body).body["id"]
    waiting = boss.post("role-grants/", grant(world, "new", "operator", starts_at=later())).body["id"]
    assert ids(boss.get(f"role-grants/?user={new}")) == {mine, waiting}
    assert ids(boss.get(f"role-grants/?group={group.public_id}")) == {theirs}
    assert ids(boss.get(f"role-grants/?scope=ad_account:{world.account.pk}")) == {theirs}
    assert ids(boss.get(f"role-grants/?scope=brand:{world.brand.pk}&role=publisher&user={new}")) == {mine}
    assert ids(boss.get("role-grants/?state=upcoming")) == {waiting}
    for query in (f"user={rival.people['content'].pk}", f"user={uuid7()}", f"scope=brand:{rival.brand.pk}", f"scope=brand:{uuid7()}", f"group={uuid7()}"):
        assert boss.get(f"role-grants/?{query}").body["results"] == []


def test_role_grant_input(world: World, boss: Api, new: str, group: UserGroup) -> None:
    whole = grant(world, "new")
    for values, field, code in (
        ({"role": "king"}, "role", "unknown_role"), ({"role": 5}, "role", "invalid"), ({"role": LONG}, "role", "max_length"), ({"user": "x"}, "user", "invalid"),
        ({"group": str(group.public_id)}, "user", "required"), ({"scope": "brand"}, "scope", "invalid"), ({"scope": {"type": "brand"}}, "scope.id", "required"),
        ({"scope": {"type": "planet", "id": new}}, "scope.type", "invalid_choice"), ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "in_the_past"),
        ({"starts_at": LATER, "expires_at": later(1)}, "expires_at", "before_start"), ({"expires": LATER}, "expires", "unknown_field"),
    ):  # fmt: skip
        assert unchanged(partial(boss.post, "role-grants/", {**whole, **values}), 400).fields == {field: code}
    neither = {name: value for name, value in whole.items() if name != "user"}
    assert unchanged(lambda: boss.post("role-grants/", neither), 400).fields == {"user": "required"}


def test_r57_grants_for_and_on_what_is_not_theirs(world: World, boss: Api, new: str, rival: World) -> None:
    """Missing and foreign are one answer, and the field is named."""
    foreign = accounts.create_user_group(actor=ROOT, organisation=rival.organisation, title="Theirs")
    cases: list[tuple[dict[str, Any], str]] = []
    for one, other in ((uuid7(), rival.brand.pk),):
        cases += [(grant(world, "new", scope={"type": "brand", "id": str(each)}), "scope") for each in (one, other)]
    cases += [({**grant(world, "new"), "user": str(each)}, "user") for each in (uuid7(), rival.people["content"].pk)]
    nobody = {"role": "publisher", "scope": brand(world)}
    cases += [({**nobody, "group": str(each)}, "group") for each in (uuid7(), foreign.public_id)]
    for (missing, field), (theirs, _same) in zip(cases[::2], cases[1::2], strict=True):
        answers = [unchanged(partial(boss.post, "role-grants/", body), 404) for body in (missing, theirs)]
        assert answers[0].body == answers[1].body
        assert set(answers[0].fields) == {field}
    theirs_ = RoleGrant.objects.filter(brand=rival.brand).first()
    assert theirs_
    unchanged(lambda: boss.delete(f"role-grants/{theirs_.pk}/"), 404)
    assert boss.get(f"role-grants/{theirs_.pk}/").body == boss.get(f"role-grants/{uuid7()}/").body


def test_r57_who_sees_gives_nothing(world: World, api: Api, new: str) -> None:
    own = RoleGrant.objects.get(user=world.people["submitter"])
    assert ids(api.get("role-grants/")) == {str(own.pk)}
    unchanged(lambda: api.delete(f"role-grants/{own.pk}/"), 403)
    other = RoleGrant.objects.get(user=world.people["content"])
    unchanged(lambda: api.delete(f"role-grants/{other.pk}/"), 404)
    unchanged(lambda: api.post("role-grants/", grant(world, "submitter")), 403)
    assert AuditEvent.objects.filter(action="accounts.role.granted", outcome="refused").count() == 1


def test_r57_a_manager_of_a_brand_gives_nothing_above_it(world: World, new: str) -> None:
    manager = door(world, "access_manager")
    unchanged(lambda: manager.post("role-grants/", grant(world, "new", scope={"type": "organisation", "id": str(world.organisation.pk)})), 403)
    unchanged(lambda: manager.post("role-grants/", grant(world, "access_manager")), 403)
    above = accounts.grant_role(actor=ROOT, role="publisher", principal=world.user("new"), scope=world.organisation)
    unchanged(lambda: manager.delete(f"role-grants/{above.pk}/"), 404)
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Other")
    unchanged(lambda: manager.post("role-grants/", grant(world, "new", scope={"type": "brand", "id": str(other.pk)})), 404)


def test_r60_duties_that_clash(world: World, boss: Api, group: UserGroup) -> None:
    """Refused when given to the person, told when they arise through a group."""
    answer = unchanged(lambda: boss.post("role-grants/", grant(world, "auditor")), 409, "duties_clash")
    assert answer.body["role"] == "auditor"
    boss.post(f"groups/{group.public_id}/members/", {"user": str(world.people["auditor"].pk)})
    made = boss.post("role-grants/", {"role": "publisher", "group": str(group.public_id), "scope": brand(world)})
    assert made.status == 201
    (clash,) = made.body["clashes"]
    assert clash["user"]["id"] == str(world.people["auditor"].pk)
    assert {clash["one"]["role"], clash["other"]["role"]} == {"auditor", "publisher"}
    assert {clash["one"]["group"], clash["other"]["group"]} == {"", "Team"}
    rows = {row["id"]: row["clashes"] for row in boss.get("role-grants/?page_size=200").body["results"]}
    direct = RoleGrant.objects.get(user=world.people["auditor"])
    assert rows[made.body["id"]] == rows[str(direct.pk)] == [clash]
    assert sum(map(bool, rows.values())) == 2
    assert all(row["clashes"] == [] for row in door(world, "content").get("role-grants/").body["results"])


# --- the second access manager ---------------------------------------------------------------------------------------------


@pytest.fixture
def two(boss: Api) -> None:
    """The organisation asks for two access managers."""
    assert boss.post("access-policies/", policy(two_managers=True)).body["status"] == "in_force"


@pytest.mark.usefixtures("two")
def test_r55_a_grant_awaits_a_second_access_manager(world: World, boss: Api, second: Api, new: str) -> None:
    made = boss.post("role-grants/", grant(world, "new"))
    assert (made.body["status"], made.body["since"]) == ("awaited", None)
    assert door(world, "new").get("brands/").body["results"] == []
    (change,) = second.get("access-changes/").body["results"]
    expected = {
        "id": made.body["id"], "kind": "role_grant", "status": "awaited", "role": "publisher", "user": {"id": new, "name": "New"},
        "group": None, "permission": None, "policy": None, "proposed_by": "boss@acme.example", "confirmed_by": "",
    }  # fmt: skip
    assert {name: change[name] for name in expected} == expected
    path = f"access-changes/{change['id']}/"
    assert second.get(path).body == change
    assert unchanged(lambda: boss.post(f"{path}confirm/"), 403).body["code"] == "not_second_manager"
    unchanged(lambda: second.post(f"{path}confirm/", {"sure": True}), 400)
    done = second.post(f"{path}confirm/")
    assert (done.status, done.body["status"], done.body["confirmed_by"]) == (200, "in_force", "second@acme.example")
    assert len(door(world, "new").get("brands/").body["results"]) == 1
    assert second.get("access-changes/").body["results"] == []
    unchanged(lambda: second.post(f"{path}confirm/"), 409)
    assert second.get(path).body["status"] == "in_force"


@pytest.mark.usefixtures("two")
def test_r55_every_kind_of_change_can_be_declined(world: World, boss: Api, second: Api, new: str, group: UserGroup) -> None:
    role = boss.post("roles/", {"title": "Desk", "permissions": ["submit"]}).body["id"]
    other = boss.post("brands/", {"name": "Other"}).body["id"]
    boss.post("role-grants/", {"role": "publisher", "group": str(group.public_id), "scope": brand(world)})
    boss.post(f"groups/{group.public_id}/members/", {"user": new})
    assert boss.patch(f"roles/{role}/", {"permissions": ["submit", "publish"]}).body["awaited"] == ["publish"]
    boss.patch(f"ad-accounts/{world.account.pk}/", {"brand": other})
    assert boss.post("access-policies/", policy()).body["status"] == "awaited"
    rows = boss.get("access-changes/?page_size=2").body
    found = [*rows["results"]]
    while rows["next"]:
        rows = boss.get(rows["next"]).body
        found += rows["results"]
    assert [row["kind"] for row in found] == ["access_policy", "placement", "role_permission", "membership", "role_grant"]
    assert found[0]["policy"]["two_managers"] is False
    assert (found[2]["role"], found[2]["permission"]) == (role, "publish")
    assert found[3]["group"] == {"id": str(group.public_id), "title": "Team"}
    for row in found:
        assert boss.post(f"access-changes/{row['id']}/decline/").body["status"] == "ended"
        unchanged(partial(second.post, f"access-changes/{row['id']}/confirm/"), 409)
    assert boss.get("access-changes/").body["results"] == []


@pytest.mark.usefixtures("two")
def test_r57_changes_are_for_those_who_manage_access_there(world: World, boss: Api, rival: World, new: str) -> None:
    waiting = boss.post("role-grants/", grant(world, "new")).body["id"]
    above = boss.post("role-grants/", grant(world, "new", scope={"type": "organisation", "id": str(world.organisation.pk)})).body["id"]
    in_force = str(RoleGrant.objects.filter(user=world.people["content"]).get().pk)
    manager = door(world, "access_manager")
    assert ids(manager.get("access-changes/")) == {waiting}
    for each, hidden in ((manager, above), (door(world, "submitter"), waiting), (door(rival, "boss"), waiting), (boss, in_force)):
        missing = each.get(f"access-changes/{uuid7()}/").body
        assert hidden not in ids(each.get("access-changes/"))
        assert each.get(f"access-changes/{hidden}/").body == missing
        for verb in ("confirm", "decline"):
            assert unchanged(partial(each.post, f"access-changes/{hidden}/{verb}/"), 404).body == missing


def test_access_policy(world: World, boss: Api, api: Api, rival: World) -> None:
    assert boss.get("access-policy/").body == {"version": 0, "two_managers": False, "second_factor_roles": [], "forbidden_pairs": []}
    body = {"two_managers": False, "second_factor_roles": ["publisher"], "forbidden_pairs": [["submitter", "publisher"]]}
    made = boss.post("access-policies/", body)
    assert (made.status, made.body["version"], made.body["status"]) == (201, 1, "in_force")
    assert boss.get("access-policy/").body == {"version": 1, **body, "forbidden_pairs": [["publisher", "submitter"]]}
    assert boss.get(f"access-policies/{made.body['id']}/").body == made.body
    assert ids(boss.get("access-policies/?state=in_force")) == {made.body["id"]}
    unchanged(lambda: api.get("access-policy/"), 403)
    assert api.get("access-policies/").body["results"] == []
    unchanged(lambda: api.post("access-policies/", body), 403)
    assert door(rival, "boss").get("access-policies/").body["results"] == []
    assert door(world, "auditor").get("access-policy/").status == 200
    clash = unchanged(lambda: boss.post("role-grants/", grant(world, "submitter")), 409, "duties_clash")
    assert clash.body["role"] == "submitter"


def test_access_policy_input(boss: Api) -> None:
    for body, field, code in (
        (policy(two_managers="yes"), "two_managers", "invalid"), (policy(second_factor_roles=None), "second_factor_roles", "null"),
        (policy(second_factor_roles=["king"]), "second_factor_roles", "unknown_role"),
        (policy(forbidden_pairs=[["publisher", "publisher"]]), "forbidden_pairs", "same_role"),
        (policy(forbidden_pairs=[["publisher"]]), "forbidden_pairs", None),
        (policy(forbidden_pairs="all"), "forbidden_pairs", "not_a_list"),
        (policy(version=7), "version", "unknown_field"),
    ):  # fmt: skip
        answer = unchanged(partial(boss.post, "access-policies/", body), 400)
        assert all(name.startswith(field) for name in answer.fields), answer.body
        assert code is None or answer.fields[field] == code


# --- questions -----------------------------------------------------------------------------------------------------------------


def asking(api: Api, permission: str, thing: str, **more: Any) -> Answer:
    query = "&".join(f"{name}={value}".replace("+", "%2B") for name, value in more.items())
    return api.get(f"access/explain/?permission={permission}&object={thing}&{query}".rstrip("&"))


def test_r58_explain_oneself(world: World, api: Api) -> None:
    found = asking(api, "submit", f"ad_account:{world.account.pk}").body
    held = RoleGrant.objects.get(user=world.people["submitter"])
    assert (found["allowed"], found["missing"], found["object"]) == (True, [], f"ad_account:{world.account.pk}")
    (reason,) = found["because"]
    assert (reason["grant"], reason["role"], reason["scope"]) == (str(held.pk), "submitter", {**brand(world), "name": "Acme Brand"})
    assert (reason["group"], reason["until"]) == (None, None)
    denied = asking(api, "publish", f"ad_account:{world.account.pk}").body
    assert (denied["allowed"], denied["because"], [each["code"] for each in denied["missing"]]) == (False, [], ["no_grant"])
    german = api.get(f"access/explain/?permission=publish&object=ad_account:{world.account.pk}", Accept_Language="de").body
    assert german["missing"][0]["code"] == "no_grant"
    assert german["missing"][0]["detail"] != denied["missing"][0]["detail"]


def test_r58_explain_what_lies_below_an_account(world: World, boss: Api) -> None:
    tree = world.tree()
    things = {"campaign": tree.campaign, "ad_group": tree.ad_group, "ad": tree.ad}
    content = world.people["content"].pk
    for kind, row in things.items():
        found = asking(boss, "approve_content", f"{kind}:{row.pk}", user=content).body
        assert (found["allowed"], found["object"], found["scope"]["id"]) == (True, f"{kind}:{row.pk}", str(world.account.pk))
    for kind, place, allowed in (("organisation", world.organisation, False), ("brand", world.brand, True), ("page", world.page, True)):
        assert asking(boss, "approve_content", f"{kind}:{place.pk}", user=content).body["allowed"] is allowed


def test_r58_explain_through_a_group_and_in_the_past(world: World, boss: Api, new: str, group: UserGroup) -> None:
    thing, start = f"ad_account:{world.account.pk}", clock.now()
    with time_machine.travel(start + timedelta(days=1), tick=False):
        boss.post("role-grants/", {"role": "publisher", "group": str(group.public_id), "scope": brand(world)})
        boss.post(f"groups/{group.public_id}/members/", {"user": new, "expires_at": start + timedelta(days=3)})
        found = asking(boss, "publish", thing, user=new).body
        assert found["because"][0]["group"] == {"id": str(group.public_id), "title": "Team"}
    with time_machine.travel(start + timedelta(days=4), tick=False):
        found = asking(boss, "publish", thing, user=new).body
        assert (found["allowed"], [each["code"] for each in found["missing"]]) == (False, ["membership_expired"])
        assert found["missing"][0]["grant"]
        past = start + timedelta(days=2)
        then = asking(boss, "publish", thing, user=new, at=clock.rfc3339(past)).body
        assert (then["allowed"], then["at"]) == (True, clock.rfc3339(past))
        holders = boss.get(f"access/holders/?permission=publish&object={thing}").body["holders"]
        assert new not in {each["user"]["id"] for each in holders}
        holders = boss.get(f"access/holders/?permission=publish&object={thing}&at={clock.rfc3339(past)}").body["holders"]
        assert new in {each["user"]["id"] for each in holders}


def test_r58_holders(world: World, boss: Api, api: Api) -> None:
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    thing = f"ad_account:{world.account.pk}"
    found = boss.get(f"access/holders/?permission=approve_content&object={thing}").body
    assert [each["user"]["id"] for each in found["holders"]] == [str(world.people["content"].pk)], "never a machine (R-33)"
    assert found["holders"][0]["because"][0]["role"] == "content_approver"
    assert door(world, "auditor").get(f"access/holders/?permission=approve_content&object={thing}").body["holders"] == found["holders"]
    unchanged(lambda: api.get(f"access/holders/?permission=approve_content&object={thing}"), 403)


def test_r58_who_may_ask(world: World, boss: Api, api: Api, rival: World) -> None:
    thing, content = f"ad_account:{world.account.pk}", world.people["content"].pk
    missing = asking(api, "submit", thing, user=uuid7())
    assert missing.status == 404
    assert asking(api, "submit", thing, user=content).body == missing.body, "people see themselves alone"
    assert asking(door(world, "operator"), "submit", thing, user=world.machine.pk).status == 403
    for stranger in (door(rival, "boss"), door(rival, "submitter")):
        assert asking(stranger, "submit", thing).body == asking(stranger, "submit", f"ad_account:{uuid7()}").body
        assert asking(stranger, "submit", thing).status == 404
        assert stranger.get(f"access/holders/?permission=submit&object={thing}").status == 404
    assert asking(boss, "submit", thing, user=rival.people["content"].pk).body == missing.body
    tree = rival.tree()
    for kind, row in (("brand", rival.brand), ("campaign", tree.campaign), ("ad", tree.ad), ("organisation", rival.organisation)):
        assert asking(boss, "submit", f"{kind}:{row.pk}").body == asking(boss, "submit", f"{kind}:{uuid7()}").body == missing.body


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("object=ad:{id}", "permission", "required"), ("permission=submit", "object", "required"),
        ("permission=fly&object=ad:{id}", "permission", "unknown_permission"), ("permission=submit&object=planet:{id}", "object", "invalid"),
        ("permission=submit&object=ad", "object", "invalid"), ("permission=submit&object=ad:%00", "object", "invalid"),
        ("permission=submit&object=ad_account:{id}&at=yesterday", "at", "invalid"), ("permission=submit&object=ad_account:{id}&at=2026-01-01T00:00:00", "at", "naive"),
        ("permission=submit&object=ad_account:{id}&at=2099-01-01T00:00:00Z", "at", "in_the_future"),
        ("permission=submit&object=ad_account:{id}&user=me", "user", "invalid"), ("permission=submit&object=ad_account:{id}&who=me", "who", "unknown_parameter"),
    ],
)  # fmt: skip
def test_questions_that_are_none(world: World, boss: Api, query: str, field: str, code: str) -> None:
    for path in ("explain",) if field == "user" else ("explain", "holders"):
        answer = boss.get(f"access/{path}/?{query.format(id=world.account.pk)}")
        assert (answer.status, answer.fields) == (400, {field: code})


# --- the review ----------------------------------------------------------------------------------------------------------------


def test_review(world: World, boss: Api, group: UserGroup) -> None:
    boss.post(f"groups/{group.public_id}/members/", {"user": str(world.people["auditor"].pk)})
    made = boss.post("role-grants/", {"role": "publisher", "group": str(group.public_id), "scope": brand(world)}).body["id"]
    door(world, "auditor").get("brands/")
    rows = {row["id"]: row for row in boss.get("access/review/?page_size=200").body["results"]}
    assert [*rows] == sorted(rows, reverse=True), "both kinds in one order"
    standing = {str(pk) for pk in RoleGrant.objects.filter(revoked_at=None).values_list("pk", flat=True)}
    member = next(row for row in rows.values() if row["kind"] == "membership")
    assert set(rows) == {*standing, member["id"]}
    assert member["user"]["last_token_use"] is not None
    assert (member["user"]["email"], member["group"]["title"]) == ("auditor@acme.example", "Team")
    assert member["clashes"] == rows[made]["clashes"] != []
    body = {"grants": [made], "memberships": [member["id"]]}
    assert boss.post("access/review/", body).body == {"reviewed": 2}
    again = {row["id"]: row["reviewed_at"] for row in boss.get("access/review/?page_size=200").body["results"]}
    assert again[made] == again[member["id"]] is not None
    assert sum(each is not None for each in again.values()) == 2
    assert boss.get(f"role-grants/{made}/").body["reviewed_at"] == again[made]
    assert boss.delete(f"role-grants/{made}/").status == 204
    assert made not in ids(boss.get("access/review/?page_size=200"))


def test_r57_the_review_is_for_those_who_govern(world: World, boss: Api, api: Api, rival: World) -> None:
    unchanged(lambda: api.get("access/review/"), 403)
    own, theirs = (RoleGrant.objects.filter(brand=each.brand).first() for each in (world, rival))
    assert own
    assert theirs
    answers = [unchanged(partial(boss.post, "access/review/", {"grants": [str(own.pk), str(each)]}), 404) for each in (theirs.pk, uuid7())]
    assert answers[0].body == answers[1].body
    assert set(answers[0].fields) == {"grants"}
    auditor = door(world, "auditor")
    assert auditor.get("access/review/").status == 200
    unchanged(lambda: auditor.post("access/review/", {"grants": [str(own.pk)]}), 403)
    assert AccessReview.objects.count() == 0
    assert str(theirs.pk) not in ids(boss.get("access/review/?page_size=200"))
    assert Brand.objects.count() == 2


def test_review_input(boss: Api) -> None:
    for body, field in (({}, "grants"), ({"grants": "all"}, "grants"), ({"memberships": ["x"]}, "memberships"), ({"all": True}, "all")):
        answer = unchanged(partial(boss.post, "access/review/", body), 400)
        assert any(name.startswith(field) for name in answer.fields)


# --- what is not there for whoever asks ---------------------------------------------------------------------------------------


@pytest.fixture
def hidden(world: World) -> Brand:
    """Another brand of the organisation, of which the access manager of the first knows nothing; somebody publishes on it."""
    brand = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Nordwind")
    world.add_person("elsewhere", "publisher", scope=brand)
    return brand


def test_r57_r58_explain_names_no_place_that_is_not_there(world: World, hidden: Brand, boss: Api) -> None:
    brand_boss, thing, who = door(world, "access_manager"), f"brand:{world.brand.pk}", world.people["elsewhere"].pk
    told = asking(brand_boss, "publish", thing, user=who)
    assert [(each["code"], each["grant"]) for each in told.body["missing"]] == [("no_grant", None)]
    assert "Nordwind" not in str(told.body)
    assert [each["code"] for each in asking(boss, "publish", thing, user=who).body["missing"]] == ["elsewhere"]


def test_r57_r58_a_narrowed_token_is_told_of_no_other_place(world: World, hidden: Brand) -> None:
    user = world.add_person("both", "submitter")
    accounts.grant_role(actor=ROOT, role="publisher", principal=user, scope=hidden)
    _token, text = accounts.create_api_token(actor=ROOT, user=user, name="narrow", scope=world.brand)
    told = asking(Api(text), "publish", f"brand:{world.brand.pk}").body
    assert [each["code"] for each in told["missing"]] == ["no_grant"]


def test_r57_the_review_tells_no_clash_on_a_place_that_is_not_there(
    world: World, hidden: Brand, boss: Api, group: UserGroup
) -> None:
    accounts.grant_role(actor=ROOT, role="auditor", principal=group, scope=hidden)
    accounts.add_member(actor=ROOT, group=group, user=world.people["elsewhere"])
    told = door(world, "access_manager").get("access/review/").body["results"]
    assert [row["clashes"] for row in told if row["kind"] == "membership"] == [[]]
    assert "Nordwind" not in str(told)
    assert [len(row["clashes"]) for row in boss.get("access/review/").body["results"] if row["kind"] == "membership"] == [1]


def test_marking_many_costs_as_many_statements_as_marking_one(world: World, boss: Api, group: UserGroup) -> None:
    for name in ("submitter", "content", "budget"):
        accounts.add_member(actor=ROOT, group=group, user=world.people[name])
    grants = [str(pk) for pk in RoleGrant.objects.values_list("pk", flat=True)]
    members = [str(pk) for pk in group.memberships.values_list("pk", flat=True)]

    def statements(many: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert boss.post("access/review/", {"grants": grants[:many], "memberships": members[:many]}).status == 200
        return len(seen)

    statements(1)  # the first use of a token within the minute is noted
    assert statements(8) == statements(1)


# --- filters as answers call them ------------------------------------------------------------------------------------------------


def test_facts_are_filtered_by_status_as_answers_call_it(world: World, boss: Api) -> None:
    ended = RoleGrant.objects.get(user=world.people["publisher"])
    accounts.revoke_role(actor=ROOT, grant=ended.pk)
    for name in ("status", "state"):
        found = boss.get(f"role-grants/?{name}=ended").body["results"]
        assert [(row["id"], row["status"]) for row in found] == [(str(ended.pk), "ended")]
        assert boss.get(f"role-grants/?{name}=over").fields == {name: "invalid_choice"}
    group = UserGroup.objects.get(public_id=boss.post("groups/", {"title": "Desk"}).body["id"])
    assert boss.get(f"groups/{group.public_id}/members/?status=in_force").status == 200
    assert boss.get("access-policies/?status=awaited").body["results"] == []


def test_a_role_that_there_is_not_is_a_mistake_in_a_filter(world: World, boss: Api, rival: World) -> None:
    foreign = accounts.create_role(actor=ROOT, organisation=rival.organisation, title="Secret", permissions=["submit"])
    answers = [boss.get(f"role-grants/?role={each}") for each in ("kingg", foreign.pk)]
    assert [(each.status, each.fields) for each in answers] == [(400, {"role": "unknown_role"})] * 2
    assert {row["role"] for row in boss.get("role-grants/?role=publisher").body["results"]} == {"publisher"}


@pytest.mark.parametrize("left_out", ["two_managers", "second_factor_roles", "forbidden_pairs"])
def test_an_access_policy_is_said_whole(boss: Api, left_out: str) -> None:
    """What is left out would be given up without a word."""
    boss.post("access-policies/", policy(two_managers=True, second_factor_roles=["publisher"], forbidden_pairs=[["submitter", "publisher"]]))
    body = {name: value for name, value in policy(two_managers=True).items() if name != left_out}
    assert unchanged(lambda: boss.post("access-policies/", body), 400).fields == {left_out: "required"}


def test_r58_a_token_without_a_second_factor_is_told_what_it_lacks(world: World, boss: Api) -> None:
    content = door(world, "content")
    question = f"access/explain/?permission=approve_content&object=ad_account:{world.account.pk}"
    before = content.get(question).body
    assert (before["allowed"], before["because"][0]["second_factor"]) == (True, False)
    assert boss.post("access-policies/", policy(second_factor_roles=["content_approver"])).status == 201
    after = content.get(question).body
    assert (after["allowed"], [each["code"] for each in after["missing"]]) == (False, ["second_factor_required"])
    about = boss.get(f"{question}&user={world.people['content'].pk}").body
    assert (about["allowed"], about["because"][0]["second_factor"]) == (True, True)
    request = world.request("in_review")
    body = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    refused = unchanged(lambda: content.post(f"approval-requests/{request.pk}/decisions/", body), 403, "second_factor_required")
    assert "second factor" in refused.body["detail"]
