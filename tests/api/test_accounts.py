"""Organisations, brands, ad accounts, pages, people, machines and user groups through the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from accounts import services as accounts
from accounts.models import AdAccount, Brand, Membership, Organisation, Page, User, UserGroup
from core import clock
from core.ids import uuid7
from tests import builders
from tests.api.conftest import Answer, Api, door, policy
from tests.api.held import held
from tests.builders import ROOT, World

LATER = clock.rfc3339(clock.now().replace(microsecond=0) + timedelta(days=30))
LONG = "x" * 1000


def unchanged(send: Callable[[], Answer], status: int, code: str | None = None) -> Answer:
    """The answer, and no row of accounts is another than before."""
    before = held()
    answer = send()
    assert answer.status == status, answer.body
    assert code is None or answer.body["code"] == code, answer.body
    assert held() == before, "something was written"
    return answer


def ids(answer: Answer) -> set[str]:
    assert answer.status == 200, answer.body
    return {row["id"] for row in answer.body["results"]}


@pytest.fixture
def rival(db: None) -> World:
    return builders.organisation("Rival")


@pytest.fixture
def brand_boss(world: World) -> Api:
    """The door for an access manager of the brand alone."""
    return door(world, "access_manager")


# --- organisations ----------------------------------------------------------------------------------------------------------


def test_organisations(world: World, rival: World, boss: Api) -> None:
    own = {"id": str(world.organisation.pk), "name": "Acme", "slug": "acme"}
    assert boss.get("organisations/").body["results"] == [own]
    assert boss.get(f"organisations/{world.organisation.pk}/").body == own
    answer = boss.patch(f"organisations/{world.organisation.pk}/", {"name": "Acme Group"})
    assert (answer.status, answer.body) == (200, {**own, "name": "Acme Group"})
    assert Organisation.objects.get(pk=world.organisation.pk).name == "Acme Group"


def test_nobody_makes_an_organisation_here(world: World, boss: Api, api: Api) -> None:
    for each in (boss, api):
        answer = unchanged(lambda each=each: each.post("organisations/", {"name": "Mine"}), 403, "forbidden")  # type: ignore[misc]
        assert "command on the server" in answer.body["detail"]


def test_r57_who_sees_an_organisation_may_not_rename_it(world: World, api: Api, brand_boss: Api) -> None:
    for each in (api, brand_boss):
        path = f"organisations/{world.organisation.pk}/"
        assert each.get(path).status == 200
        unchanged(partial(each.patch, path, {"name": "Mine"}), 403, "forbidden")


def test_r57_the_name_of_another_organisation_is_not_told(world: World, rival: World, boss: Api) -> None:
    """Several may have one name, so that no answer tells whether there is another."""
    path = f"organisations/{world.organisation.pk}/"
    answers = [boss.patch(path, {"name": name}) for name in ("Rival", "Nobody")]
    assert [(each.status, each.body["name"]) for each in answers] == [(200, "Rival"), (200, "Nobody")]


# --- brands and pages --------------------------------------------------------------------------------------------------------


def test_brands(world: World, boss: Api) -> None:
    made = boss.post("brands/", {"name": "Second"})
    assert (made.status, made.body["organisation"]) == (201, str(world.organisation.pk))
    named = boss.post("brands/", {"name": "Third", "organisation": str(world.organisation.pk)})
    assert named.status == 201
    renamed = boss.patch(f"brands/{made.body['id']}/", {"name": "Other"})
    assert (renamed.status, renamed.body) == (200, {**made.body, "name": "Other"})
    assert ids(boss.get("brands/")) == {str(pk) for pk in Brand.objects.values_list("pk", flat=True)}
    assert boss.get(f"brands/{made.body['id']}/").body == renamed.body
    taken = unchanged(lambda: boss.post("brands/", {"name": "Other"}), 400)
    assert taken.fields == {"name": "taken"}


def test_r57_brands_need_access_managers(world: World, api: Api, brand_boss: Api) -> None:
    unchanged(lambda: api.patch(f"brands/{world.brand.pk}/", {"name": "Mine"}), 403, "forbidden")
    unchanged(lambda: api.post("brands/", {"name": "Mine"}), 403, "forbidden")
    unchanged(lambda: brand_boss.post("brands/", {"name": "Mine"}), 403, "forbidden")
    assert brand_boss.patch(f"brands/{world.brand.pk}/", {"name": "Better"}).status == 200


def test_pages(world: World, brand_boss: Api, api: Api) -> None:
    body = {"brand": str(world.brand.pk), "external_id": "p-2", "identity_type": "BC_AUTH_TT", "handle": "two"}
    made = brand_boss.post("pages/", body)
    assert made.status == 201, made.body
    assert made.body == {"id": made.body["id"], "channel": "tiktok", **body}
    renamed = brand_boss.patch(f"pages/{made.body['id']}/", {"handle": "deux"})
    assert (renamed.status, renamed.body["handle"]) == (200, "deux")
    assert unchanged(lambda: brand_boss.post("pages/", body), 400).fields == {"external_id": "taken"}
    unchanged(lambda: api.post("pages/", {**body, "external_id": "p-3"}), 403)
    unchanged(lambda: api.patch(f"pages/{made.body['id']}/", {"handle": "trois"}), 403)
    assert Page.objects.get(pk=made.body["id"]).handle == "deux"


# --- ad accounts -------------------------------------------------------------------------------------------------------------


def account(world: World, **values: Any) -> dict[str, Any]:
    return {
        "brand": str(world.brand.pk), "external_id": "new-1", "name": "New", "currency": "CHF", "timezone": "Europe/Zurich",
        "country": "CH", **values,
    }  # fmt: skip


def test_ad_accounts(world: World, brand_boss: Api) -> None:
    made = brand_boss.post("ad-accounts/", account(world, pages=[str(world.page.pk)]))
    assert made.status == 201, made.body
    assert made.body == {
        "id": made.body["id"], "channel": "tiktok", **account(world), "pages": [{"id": str(world.page.pk), "handle": "acme"}],
    }  # fmt: skip
    assert brand_boss.get(f"ad-accounts/{made.body['id']}/").body == made.body
    changed = brand_boss.patch(f"ad-accounts/{made.body['id']}/", {"name": "Newer", "pages": []})
    assert (changed.status, changed.body) == (200, {**made.body, "name": "Newer", "pages": []})
    assert ids(brand_boss.get("ad-accounts/?external_id=new-1")) == {made.body["id"]}
    assert made.body["id"] not in ids(brand_boss.get(f"ad-accounts/?page={world.page.pk}"))


def test_what_answers_say_can_be_sent_back(world: World, boss: Api, rival: World) -> None:
    """The channel of an ad account, the organisation of a user group."""
    assert boss.post("ad-accounts/", account(world, channel="tiktok")).status == 201
    own = str(world.organisation.pk)
    made = boss.post("groups/", {"title": "Named", "organisation": own})
    assert (made.status, made.body["organisation"]) == (201, own)
    answers = [
        unchanged(partial(boss.post, "groups/", {"title": "x", "organisation": str(each)}), 404)
        for each in (uuid7(), rival.organisation.pk)
    ]
    assert answers[0].body == answers[1].body


@pytest.mark.parametrize("value", ["NOPE", "tt_user", "TTS_TT", ""])
def test_the_identity_type_of_a_page_is_one_of_the_channel(world: World, brand_boss: Api, value: str) -> None:
    body = {"brand": str(world.brand.pk), "external_id": "p-2", "identity_type": value, "handle": "two"}
    assert unchanged(lambda: brand_boss.post("pages/", body), 400).fields == {"identity_type": "invalid_choice"}


def test_who_sees_an_account_alone_can_name_its_pages(world: World) -> None:
    world.add_person("narrow", "submitter", scope=world.account)
    narrow = door(world, "narrow")
    assert narrow.get(f"ad-accounts/{world.account.pk}/").body["pages"] == [{"id": str(world.page.pk), "handle": "acme"}]
    assert narrow.get("pages/").body["results"] == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("currency", "XXQ", "unknown_currency"), ("timezone", "Mars/Olympus", "unknown_timezone"), ("country", "Germany", "invalid"),
        ("country", "de", "invalid"), ("country", "ZZ", "unknown_country"), ("country", "EU", "unknown_country"),
        ("currency", "XXX", "unknown_currency"), ("currency", "GRD", "unknown_currency"), ("external_id", "7 3", "invalid"),
        ("external_id", " 73", "invalid"), ("external_id", "73\u200b", "invalid"), ("external_id", "🙂", "invalid"),
        ("name", "", "blank"), ("name", LONG, "max_length"), ("external_id", LONG, "max_length"),
        ("external_id", 5, "invalid"), ("brand", "x", "invalid"), ("pages", "all", "not_a_list"), ("channel", "x", "invalid_choice"),
        ("pages", [str(uuid7())], None),
    ],
)  # fmt: skip
def test_ad_account_input(world: World, brand_boss: Api, field: str, value: Any, code: str | None) -> None:
    answer = unchanged(lambda: brand_boss.post("ad-accounts/", account(world, **{field: value})), 400)
    assert any(name.split(".")[0] == field for name in answer.fields), answer.body
    assert code is None or answer.fields == {field: code}


def test_r57_an_id_of_the_channel_is_taken_or_not_and_nobody_learns_by_whom(world: World, rival: World, brand_boss: Api) -> None:
    """What an answer says of an advertiser of another organisation it says of one's own, too."""
    answers = [
        unchanged(partial(brand_boss.post, "ad-accounts/", account(world, external_id=each.account.external_id)), 400)
        for each in (world, rival)
    ]
    assert answers[0].fields == {"external_id": "unavailable"}
    assert answers[0].body == answers[1].body


def test_r57_pages_and_brands_of_others_are_as_if_they_were_not(world: World, rival: World, brand_boss: Api) -> None:
    for missing, foreign in ((uuid7(), rival.page.pk),):
        answers = [
            unchanged(partial(brand_boss.post, "ad-accounts/", account(world, pages=[str(each)])), 400) for each in (missing, foreign)
        ]
        assert answers[0].body == answers[1].body
        assert answers[0].fields == {"pages.0": "unknown"}
    path = f"ad-accounts/{world.account.pk}/"
    for path_, body in (("ad-accounts/", account(world)), ("pages/", {"external_id": "1", "identity_type": "TT_USER", "handle": "h"})):
        answers = [
            unchanged(partial(brand_boss.post, path_, {**body, "brand": str(each)}), 404) for each in (uuid7(), rival.brand.pk)
        ]
        assert answers[0].body == answers[1].body
        assert set(answers[0].fields) == {"brand"}
    answers = [unchanged(partial(brand_boss.patch, path, {"brand": str(each)}), 404) for each in (uuid7(), rival.brand.pk)]
    assert answers[0].body == answers[1].body
    answers = [
        unchanged(partial(brand_boss.post, "brands/", {"name": "x", "organisation": str(each)}), 404)
        for each in (uuid7(), rival.organisation.pk)
    ]
    assert answers[0].body == answers[1].body


def test_moving_an_ad_account(world: World, boss: Api, api: Api) -> None:
    other = boss.post("brands/", {"name": "Second"}).body["id"]
    path = f"ad-accounts/{world.account.pk}/"
    unchanged(lambda: api.patch(path, {"brand": str(world.brand.pk)}), 403)
    assert unchanged(lambda: boss.patch(path, {"brand": other, "name": "Both"}), 400).fields == {"brand": "alone"}
    assert unchanged(lambda: boss.patch(path, {}), 400).fields == {"name": "required"}
    unchanged(lambda: boss.patch(path, {"brand": str(world.brand.pk)}), 409)
    moved = boss.patch(path, {"brand": other})
    assert (moved.status, moved.body["brand"], moved.body["pages"]) == (200, other, [])
    assert api.get(path).status == 404, "the people of the old brand see it no longer"


def test_r55_a_move_awaits_a_second_access_manager(world: World, boss: Api, second: Api) -> None:
    other = boss.post("brands/", {"name": "Second"}).body["id"]
    boss.post("access-policies/", policy(two_managers=True))
    answer = boss.patch(f"ad-accounts/{world.account.pk}/", {"brand": other})
    change = answer.body["change"]
    assert (answer.status, change["kind"], change["status"]) == (202, "placement", "awaited")
    assert (change["brand"], change["ad_account"]["id"]) == ({"id": other, "name": "Second"}, str(world.account.pk))
    assert AdAccount.objects.get(pk=world.account.pk).brand_id == world.brand.pk
    assert second.post(f"access-changes/{change['id']}/confirm/").body["status"] == "in_force"
    assert second.get(f"ad-accounts/{world.account.pk}/").body["brand"] == other


# --- people and machines ------------------------------------------------------------------------------------------------------


def test_people(world: World, boss: Api) -> None:
    made = boss.post("users/", {"email": "New@Acme.example", "name": "Nina", "language": "de"})
    assert made.status == 201, made.body
    expected = {"email": "new@acme.example", "name": "Nina", "language": "de", "is_active": True, "last_login": None}
    assert {name: made.body[name] for name in expected} == expected
    path = f"users/{made.body['id']}/"
    assert boss.patch(path, {"name": "Nina B.", "language": "en"}).body["name"] == "Nina B."
    off = boss.patch(path, {"is_active": False})
    assert (off.status, off.body["is_active"]) == (200, False)
    unchanged(lambda: boss.patch(path, {"is_active": False}), 409)
    assert ids(boss.get("users/?is_active=false")) == {made.body["id"]}
    assert boss.patch(path, {"is_active": True}).body["is_active"] is True
    assert ids(boss.get("users/?email=NEW@acme.example")) == {made.body["id"]}
    assert str(world.machine.pk) not in ids(boss.get("users/?page_size=200"))
    assert not User.objects.get(pk=made.body["id"]).has_usable_password()


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"email": "nonsense"}, "email", "invalid"), ({"email": 5}, "email", "invalid"), ({"email": None}, "email", "null"),
        ({"email": f"{'x' * 250}@acme.example"}, "email", "max_length"), ({"name": ""}, "name", "blank"), ({"name": LONG}, "name", "max_length"),
        ({"name": "\x00"}, "name", "null_characters_not_allowed"), ({"language": "fr"}, "language", "invalid_choice"),
        ({"password": "x"}, "password", "unknown_field"), ({"is_staff": True}, "is_staff", "unknown_field"),
    ],
)  # fmt: skip
def test_people_input(boss: Api, body: dict[str, Any], field: str, code: str) -> None:
    answer = unchanged(lambda: boss.post("users/", {"email": "new@acme.example", "name": "New", **body}), 400)
    assert answer.fields == {field: code}


def test_r57_an_address_is_free_or_not_and_nobody_learns_whose_it_is(world: World, rival: World, boss: Api) -> None:
    for path, more in (("users/", {}), ("service-accounts/", {"owner": str(world.people["operator"].pk)})):
        own, foreign = (
            unchanged(partial(boss.post, path, {"email": each.people["submitter"].email, "name": "x", **more}), 400)
            for each in (world, rival)
        )
        assert own.fields == {"email": "unavailable"}
        assert own.body == foreign.body
        assert not any(word in str(own.body).lower() for word in ("exist", "organisation", "taken", "rival"))


def test_deactivating_ends_what_was_held(world: World, boss: Api) -> None:
    submitter = door(world, "submitter")
    assert submitter.get("brands/").status == 200
    assert boss.patch(f"users/{world.people['submitter'].pk}/", {"is_active": False}).status == 200
    assert submitter.get("brands/").status == 401
    path = f"role-grants/?user={world.people['submitter'].pk}"
    assert {row["status"] for row in boss.get(path).body["results"]} == {"ended"}


def test_r57_people_see_and_edit_themselves_alone(world: World, api: Api, brand_boss: Api, rival: World) -> None:
    own, other = world.people["submitter"], world.people["content"]
    assert ids(api.get("users/")) == {str(own.pk)}
    assert api.patch(f"users/{own.pk}/", {"language": "de"}).body["language"] == "de"
    unchanged(lambda: api.patch(f"users/{own.pk}/", {"is_active": False}), 403)
    for identifier in (other.pk, rival.people["content"].pk, world.machine.pk):
        answer = unchanged(partial(api.patch, f"users/{identifier}/", {"name": "x"}), 404)
        assert answer.body == api.patch(f"users/{uuid7()}/", {"name": "x"}).body
    unchanged(lambda: api.post("users/", {"email": "new@acme.example", "name": "New"}), 403)
    assert brand_boss.get(f"users/{other.pk}/").status == 200, "whoever gives roles sees to whom"
    unchanged(lambda: brand_boss.patch(f"users/{other.pk}/", {"name": "x"}), 403)
    unchanged(lambda: brand_boss.patch(f"users/{other.pk}/", {"is_active": False}), 403)


def test_machines(world: World, boss: Api, rival: World) -> None:
    owner = world.people["operator"]
    made = boss.post("service-accounts/", {"owner": str(owner.pk), "email": "bot@acme.example", "name": "Bot"})
    assert (made.status, made.body["owner"]) == (201, {"id": str(owner.pk), "name": str(owner)}), made.body
    path = f"service-accounts/{made.body['id']}/"
    assert boss.patch(path, {"name": "Robot"}).body["name"] == "Robot"
    assert boss.patch(path, {"is_active": False}).body["is_active"] is False
    assert ids(boss.get(f"service-accounts/?owner={owner.pk}")) == {made.body["id"], str(world.machine.pk)}
    assert ids(door(world, "operator").get("service-accounts/")) == {made.body["id"], str(world.machine.pk)}
    assert ids(door(world, "submitter").get("service-accounts/")) == set()
    body = {"email": "other@acme.example", "name": "Bot"}
    assert unchanged(lambda: boss.post("service-accounts/", {**body, "owner": str(world.machine.pk)}), 400).fields == {"owner": "not_a_person"}
    answers = [
        unchanged(partial(boss.post, "service-accounts/", {**body, "owner": str(each)}), 404) for each in (uuid7(), rival.people["operator"].pk)
    ]
    assert answers[0].body == answers[1].body
    assert set(answers[0].fields) == {"owner"}
    operator = door(world, "operator")
    unchanged(lambda: operator.patch(f"service-accounts/{world.machine.pk}/", {"name": "x"}), 403)
    assert boss.get(f"users/{world.machine.pk}/").status == boss.get(f"service-accounts/{owner.pk}/").status == 404


# --- user groups -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def group(world: World) -> UserGroup:
    return accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Team")


def test_groups(world: World, boss: Api) -> None:
    made = boss.post("groups/", {"title": "Team"})
    assert made.body == {"id": made.body["id"], "organisation": str(world.organisation.pk), "title": "Team"}
    assert UserGroup.objects.get(public_id=made.body["id"]).title == "Team"
    path = f"groups/{made.body['id']}/"
    assert boss.patch(path, {"title": "Squad"}).body == boss.get(path).body == {**made.body, "title": "Squad"}
    assert unchanged(lambda: boss.post("groups/", {"title": "Squad"}), 400).fields == {"title": "taken"}
    assert ids(boss.get("groups/?title=Squad")) == {made.body["id"]}


def test_pages_of_groups(world: World, boss: Api) -> None:
    for number in range(5):
        accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=f"Team {number}")
    first = boss.get("groups/?page_size=2").body
    rest = boss.get(first["next"]).body
    titles = [row["title"] for page in (first, rest, boss.get(rest["next"]).body) for row in page["results"]]
    assert titles == [f"Team {number}" for number in (4, 3, 2, 1, 0)]
    assert boss.get(rest["previous"]).body["results"] == first["results"]


def test_members(world: World, boss: Api, group: UserGroup) -> None:
    path, user = f"groups/{group.public_id}/members/", world.people["submitter"]
    made = boss.post(path, {"user": str(user.pk), "expires_at": LATER})
    assert made.status == 201, made.body
    assert (made.body["user"]["id"], made.body["status"], made.body["expires_at"]) == (str(user.pk), "in_force", LATER)
    later = boss.post(path, {"user": str(world.people["content"].pk), "starts_at": LATER})
    assert later.body["status"] == "upcoming"
    assert ids(boss.get(path)) == {made.body["id"], later.body["id"]}
    assert ids(boss.get(f"{path}?state=in_force")) == {made.body["id"]}
    assert ids(boss.get(f"users/?group={group.public_id}")) == {str(user.pk)}
    unchanged(lambda: boss.post(path, {"user": str(user.pk)}), 409)
    assert boss.delete(f"{path}{user.pk}/").status == 204
    unchanged(lambda: boss.delete(f"{path}{user.pk}/"), 409)
    assert ids(boss.get(f"{path}?state=ended")) == {made.body["id"]}
    assert Membership.objects.get(pk=made.body["id"]).revoked_at is not None


def test_member_input(world: World, boss: Api, group: UserGroup, rival: World) -> None:
    path, user = f"groups/{group.public_id}/members/", str(world.people["submitter"].pk)
    for body, field, code in (
        ({}, "user", "required"), ({"user": "x"}, "user", "invalid"), ({"user": user, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "in_the_past"),
        ({"user": user, "starts_at": "soon"}, "starts_at", "invalid"),
        ({"user": user, "starts_at": LATER, "expires_at": LATER}, "expires_at", "before_start"), ({"user": user, "source": "x"}, "source", "unknown_field"),
    ):  # fmt: skip
        assert unchanged(partial(boss.post, path, body), 400).fields == {field: code}
    answers = [unchanged(partial(boss.post, path, {"user": str(each)}), 404) for each in (uuid7(), rival.people["submitter"].pk)]
    assert answers[0].body == answers[1].body
    assert set(answers[0].fields) == {"user"}


def test_r57_groups_of_others(world: World, group: UserGroup, rival: World, api: Api, brand_boss: Api) -> None:
    user = str(world.people["submitter"].pk)
    rival.add_person("boss", "access_manager", scope=rival.organisation)
    for stranger in (door(rival, "boss"), api):
        for path in (f"groups/{group.public_id}/", f"groups/{group.public_id}/members/"):
            assert stranger.get(path).body == stranger.get(path.replace(str(group.public_id), str(uuid7()))).body
            assert stranger.get(path).status == 404
        unchanged(lambda stranger=stranger: stranger.patch(f"groups/{group.public_id}/", {"title": "x"}), 404)  # type: ignore[misc]
        answer = unchanged(lambda stranger=stranger: stranger.post(f"groups/{group.public_id}/members/", {"user": user}), 404)  # type: ignore[misc]
        assert answer.fields == {}, "it is the address that names nothing"
        unchanged(lambda stranger=stranger: stranger.delete(f"groups/{group.public_id}/members/{user}/"), 404)  # type: ignore[misc]
        assert group.title not in str(stranger.get("groups/").body)
    unchanged(lambda: brand_boss.patch(f"groups/{group.public_id}/", {"title": "x"}), 403)
    unchanged(lambda: brand_boss.post(f"groups/{group.public_id}/members/", {"user": user}), 403)


def test_a_member_sees_the_group_and_their_own_membership(world: World, group: UserGroup, api: Api) -> None:
    for name in ("submitter", "content"):
        accounts.add_member(actor=ROOT, group=group, user=world.user(name))
    assert ids(api.get("groups/")) == {str(group.public_id)}
    rows = api.get(f"groups/{group.public_id}/members/").body["results"]
    assert [row["user"]["id"] for row in rows] == [str(world.people["submitter"].pk)]
    unchanged(lambda: api.patch(f"groups/{group.public_id}/", {"title": "x"}), 403)
