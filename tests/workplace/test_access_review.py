"""The access review: what it lists, what it says before something ends, and its file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import ApiToken, Membership, RoleGrant, User, UserGroup
from core import clock
from core.dates import moment
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

REVIEW = "/workplace/access/review/"
SOON = timedelta(days=5)


@pytest.fixture
def group(world: World) -> UserGroup:
    for name in ("ada", "bo"):
        world.add_person(name, "access_manager", scope=world.organisation)
    return accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")


@pytest.fixture
def ada(world: World, group: UserGroup, enter: Enter) -> Client:
    return enter("ada")


def managing(*names: str) -> list[RoleGrant]:
    found = {grant.user.name.lower(): grant for grant in RoleGrant.objects.filter(role="access_manager", user__isnull=False) if grant.user}
    return [found[name] for name in names]


def ended() -> set[Any]:
    return set(RoleGrant.objects.filter(revoked_at__isnull=False).values_list("pk", flat=True))


def end(client: Client, facts: list[Any], told: list[str] | None = None, kind: str = "grants") -> Any:
    form = {"verb": "end", "row": [each.pk for each in facts], "told": told or []}
    return client.post(f"{REVIEW}?kind={kind}", form)


def said(answer: Any) -> list[str]:
    return [str(each) for each in get_messages(answer.wsgi_request)]


# --- nobody is shut out unaware ------------------------------------------------------------------------------------------------


def test_ending_every_access_manager_is_said_first(world: World, ada: Client):
    """Each alone would leave another one; all of them together would not."""
    everybody = managing("ada", "bo", "access_manager")
    answer = end(ada, everybody)
    assert answer.status_code == 200
    assert ended() == set(), "asking ends nothing"
    assert [each.partition(" any more")[0] for each in sorted(answer.context["warnings"])] == [
        f"Nobody will manage access on {place}" for place in (world.brand.name, world.organisation.name)
    ]
    done = end(ada, everybody, answer.context["warnings"])
    assert (done.status_code, done["Location"]) == (303, reverse("admin:index")), "not to a page that answers 403"
    assert ended() == {each.pk for each in everybody}
    assert ada.get(done["Location"]).status_code == 200
    assert ada.get(REVIEW).status_code == 403


def test_what_the_reader_was_not_told_is_said_before_anything_ends(world: World, ada: Client):
    (own,) = managing("ada")
    warnings = end(ada, [own]).context["warnings"]
    assert [each.partition(" will")[0] for each in warnings] == ["You yourself"]
    accounts.revoke_role(actor=ROOT, grant=managing("bo")[0].pk)
    answer = end(ada, [own], warnings)
    assert answer.status_code == 200, "meanwhile it means something else"
    assert answer.context["warnings"][0].startswith("Nobody will manage access")
    assert own.pk not in ended()


def test_one_s_own_comes_last_so_that_all_of_it_ends(world: World, ada: Client):
    own, after, brand = *managing("ada", "bo"), RoleGrant.objects.get(user=world.user("access_manager"))
    narrow = accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user("ada"), scope=world.brand)
    facts = [own, narrow, after, brand]
    done = end(ada, facts, end(ada, facts).context["warnings"])
    assert done.status_code == 303
    assert ended() == {each.pk for each in facts}
    (words,) = said(done)
    assert words.startswith("Ended: ")
    for who in ("Ada: role “Access manager” on Acme", "Bo: role “Access manager”", "Access_Manager: role"):
        assert who in words
    assert "Your roles did not allow" not in words


def test_what_concerns_nobody_s_access_management_ends_in_one_step(world: World, ada: Client):
    grants = [RoleGrant.objects.get(user=world.user(name)) for name in ("content", "budget")]
    done = end(ada, grants)
    assert (done.status_code, done["Location"].partition("?")[0]) == (303, REVIEW)
    assert said(done) == [
        "Ended: Content: role “Content approver” on Acme Brand; Budget: role “Budget approver” on Acme Brand."
    ]
    assert said(end(ada, grants))[-1] == "Somebody else had ended it already."


def test_the_membership_by_which_one_manages_is_said_first_too(world: World, group: UserGroup, ada: Client, enter: Enter):
    carl = world.add_person("carl")
    accounts.add_member(actor=ROOT, group=group, user=carl)
    accounts.grant_role(actor=ROOT, role="access_manager", principal=group, scope=world.organisation)
    row, client = Membership.objects.get(user=carl), enter("carl")
    warnings = end(client, [row], kind="memberships").context["warnings"]
    assert [each.partition(" will")[0] for each in warnings] == ["You yourself"]
    done = end(client, [row], warnings, kind="memberships")
    assert (done["Location"], client.get(done["Location"]).status_code) == (reverse("admin:index"), 200)
    again = accounts.add_member(actor=ROOT, group=group, user=carl)
    one = client.post(reverse("admin:access_membership_end", args=[again.pk]))
    assert (one["Location"], client.get(one["Location"]).status_code) == (reverse("admin:index"), 200)


# --- what it lists -------------------------------------------------------------------------------------------------------------


def rows_of(client: Client, **query: str) -> dict[str, Any]:
    page = client.get(REVIEW, query)
    return {f"{row.fact.principal}: {row.fact.role}": row for row in page.context["rows"]}


def test_what_begins_later_is_listed_and_says_so(world: World, ada: Client):
    later = clock.now() + SOON
    accounts.grant_role(actor=ROOT, role="operator", principal=world.user("content"), scope=world.brand, starts_at=later)
    assert rows_of(ada)["Content: Operator"].state == "later"
    body = ada.get(REVIEW).content.decode()
    part = body[body.index("Operator on Acme Brand") :].partition("</label>")[0]
    assert "begins later" in part
    assert f"from {moment(later)}" in part
    assert "Content: Operator" not in rows_of(ada, only="unused"), "nobody can have used it"


def test_when_its_holder_was_last_here_stands_at_each_row(world: World, group: UserGroup, ada: Client):
    now = clock.now().replace(microsecond=0)
    accounts.grant_role(actor=ROOT, role="operator", principal=group, scope=world.brand)
    accounts.add_member(actor=ROOT, group=group, user=world.user("content"))
    accounts.add_member(actor=ROOT, group=group, user=world.user("budget"))
    User.objects.update(last_login=None)
    User.objects.filter(pk=world.user("content").pk).update(last_login=now - timedelta(days=9))
    accounts.create_api_token(actor=ROOT, user=world.machine, name="t")
    ApiToken.objects.filter(user=world.machine).update(last_used_at=now - timedelta(days=2))
    page = ada.get(REVIEW)
    here, found = page.context["here"], rows_of(ada)
    assert here[found["Content: Content approver"].fact.pk] == here[found["Editors: Operator"].fact.pk] == now - timedelta(days=9)
    assert here[found["Machine: Submitter"].fact.pk] == now - timedelta(days=2)
    assert found["Publisher: Publisher"].fact.pk not in here
    for words in (f"last here {moment(now - timedelta(days=9))}", "somebody in it last here", "never here"):
        assert words in page.content.decode()


def test_r60_a_group_s_row_says_whose_duties_clash(world: World, group: UserGroup, ada: Client):
    grant = accounts.grant_role(actor=ROOT, role="auditor", principal=group, scope=world.brand)
    row = accounts.add_member(actor=ROOT, group=group, user=world.user("content"))
    both = {"“Content approver” on Acme Brand", "“Auditor” on Acme Brand through “Editors”"}
    page = ada.get(REVIEW, {"only": "clash"})
    (words,) = page.context["clashing"][grant.pk]
    assert words.startswith("Content: ")
    assert all(each in words for each in both)
    assert words in page.content.decode()
    (of_person,) = page.context["clashing"][RoleGrant.objects.get(user=world.user("content")).pk]
    assert of_person == words.removeprefix("Content: ")
    assert ada.get(REVIEW, {"only": "clash", "kind": "memberships"}).context["clashing"] == {row.pk: [of_person]}


# --- the file ------------------------------------------------------------------------------------------------------------------


def file_of(client: Client, **query: str) -> tuple[list[str], list[dict[str, str]]]:
    answer: Any = client.get(reverse("admin:access_export"), query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="access-review.csv"'
    text = b"".join(answer.streaming_content).decode()
    return text.splitlines(), list(csv.DictReader(io.StringIO(text)))


def test_one_file_has_both_kinds_with_all_that_a_reviewer_asks(world: World, group: UserGroup, ada: Client):
    grant = accounts.grant_role(actor=ROOT, role="auditor", principal=group, scope=world.brand)
    row = accounts.add_member(actor=ROOT, group=group, user=world.user("content"))
    seen = clock.now().replace(microsecond=0)
    User.objects.filter(pk=world.user("content").pk).update(last_login=seen)
    _text, found = file_of(ada)
    by_id = {each["id"]: each for each in found}
    listed = [each for kind in ("grants", "memberships") for each in ada.get(REVIEW, {"kind": kind}).context["rows"]]
    assert set(by_id) == {str(each.fact.pk) for each in listed}
    own = by_id[str(RoleGrant.objects.get(user=world.user("content")).pk)]
    wanted = {
        "what": "role", "who": "person", "name": "Content", "e-mail address": "content@acme.example", "role": "Content approver",
        "user group": "", "where": "Brand: Acme Brand", "state": "in force", "last here": clock.rfc3339(seen),
    }  # fmt: skip
    assert {name: own[name] for name in wanted} == wanted
    assert "“Auditor” on Acme Brand through “Editors”" in own["duties that clash"]
    of_group, of_member = by_id[str(grant.pk)], by_id[str(row.pk)]
    assert (of_group["who"], of_group["name"], of_group["e-mail address"]) == ("user group", "Editors", "")
    assert of_group["duties that clash"].startswith("Content: ")
    assert (of_member["what"], of_member["user group"], of_member["role"]) == ("membership", "Editors", "")
    machine = next(each for each in found if each["name"] == "Machine")
    assert (machine["who"], machine["last here"]) == ("service account", "")
    _text, clashing = file_of(ada, only="clash")
    assert {each["id"] for each in clashing} == {str(grant.pk), str(row.pk), own["id"]}


def test_no_spreadsheet_runs_what_is_in_the_file(world: World, ada: Client):
    evil = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title='=HYPERLINK("http://x")')
    accounts.grant_role(actor=ROOT, role="submitter", principal=evil, scope=world.brand)
    _text, found = file_of(ada)
    assert "'=HYPERLINK(\"http://x\")" in {each["name"] for each in found}
    assert not any(cell.startswith(("=", "+", "-", "@")) for each in found for cell in each.values())


def test_the_file_is_in_the_reader_s_language_to_its_end(world: World, ada: Client):
    ada.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    text, _rows = file_of(ada)
    assert text[0].startswith("ID,was,")
    assert "Inhaltsfreigabe" in text[-1] or any("Marke: Acme Brand" in line for line in text[1:])
