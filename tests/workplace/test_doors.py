"""Who gets which answer from every page, and that looking never changes anything (R-57)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from core import clock
from publishing.models import DriftFinding
from publishing.services import request_publication
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from workplace.admins import site

OURS = ("audit", "accounts", "campaigns", "governance", "approvals", "publishing")
PEOPLE = (
    "anonymous", "machine", "nobody", "other_brand", "other_organisation", "superuser",
    "submitter", "content", "budget", "publisher", "operator", "auditor",
)  # fmt: skip
INSIDE = {"submitter", "content", "budget", "publisher", "operator", "auditor"}
OUTSIDE = {"anonymous", "machine"}


def rows() -> dict[str, Any]:
    """Every row of every table of ours, but for the time of the last log-in."""
    found = {}
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if not model._meta.managed:
                continue
            fields = [field.name for field in model._meta.concrete_fields if field.name != "last_login"]
            found[model._meta.label] = sorted(map(str, model._default_manager.values_list(*fields)))
    return found


def status(client: Client, path: str) -> int:
    answer = client.get(path)
    if hasattr(answer, "streaming_content"):
        list(answer.streaming_content)  # type: ignore[call-overload]
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse("admin:login")), answer["Location"]
    return answer.status_code


@pytest.mark.parametrize("who", PEOPLE)
def test_r57_our_pages_answer_by_grants_and_change_nothing(who: str, world: World, enter: Enter):
    request = world.request("content_approved")
    media = world.tree_of[request.pk].ad.media.get()
    client = enter(who)
    before = rows()
    pages = [
        reverse("admin:request", args=[request.pk]),
        reverse("admin:media", args=[media.pk]),
        reverse("admin:poster", args=[media.pk]),
    ]
    expected = 302 if who in OUTSIDE else 200 if who in INSIDE else 404
    assert {page: status(client, page) for page in pages} == dict.fromkeys(pages, expected)
    assert status(client, reverse("admin:index")) == (302 if who in OUTSIDE else 200)
    assert rows() == before


REGISTERED = list(site._registry)
MODELS = [model for model in REGISTERED if model is not ApprovalRequest]
SYSTEM = {"accounts.User", "accounts.UserGroup", "accounts.RoleGrant"}


def _expected_list(label: str, who: str) -> int:
    if who in OUTSIDE:
        return 302
    if label in SYSTEM:
        return 200 if who in ("superuser", "auditor", "other_brand") else 403
    if label == "audit.AuditEvent":
        return 200 if who in ("auditor", "other_brand") else 403
    return 403 if who in ("nobody", "superuser") else 200


def _example(model: Any, request: ApprovalRequest, world: World) -> Any:
    """A row of this model that belongs to the world's first ad account, brand or organisation."""
    label = model._meta.label
    special = {
        "audit.AuditEvent": lambda: AuditEvent.objects.filter(subject_id=str(request.pk)).first(),
        "accounts.Organisation": lambda: None,  # every role here is on the brand
        "accounts.Brand": lambda: world.brand,
        "accounts.Page": lambda: world.page,
        "accounts.AdAccount": lambda: world.account,
        "accounts.User": lambda: world.people["content"],
    }
    return special[label]() if label in special else model._default_manager.order_by("pk").first()


def _expected_detail(label: str, who: str) -> int:
    listed = _expected_list(label, who)
    if listed != 200:
        return listed
    if label in ("accounts.User", "accounts.UserGroup"):  # an auditor of any brand sees the whole organisation's people
        return 200
    return 404 if who in ("other_brand", "other_organisation") else 200


@pytest.mark.parametrize("who", PEOPLE)
def test_r57_every_model_page_answers_by_grants_and_changes_nothing(who: str, world: World, enter: Enter):
    request = world.request("approved")
    client = enter(who)
    before = rows()
    wrong = {}
    for model in MODELS:
        label, meta = model._meta.label, model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}"
        found = status(client, reverse(f"{name}_changelist"))
        if found != _expected_list(label, who):
            wrong[label] = found
        row = _example(model, request, world)
        if row is not None:
            found = status(client, reverse(f"{name}_change", args=[row.pk]))
            if found != _expected_detail(label, who):
                wrong[f"{label} {row}"] = found
    assert wrong == {}
    assert rows() == before


def _furnish(world: World) -> None:
    """At least one row of every model that the workplace shows."""
    request = world.request("approved", publish="manual")
    request_publication(actor=world.actor("publisher"), request=request.pk)
    accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")
    DriftFinding.objects.create(  # only the dispatch of a publication writes these otherwise
        ad_account=world.account, entity_type="campaign", entity_id=world.tree_of[request.pk].campaign.pk, field="name",
        cleared="a", live="b", found_at=clock.now(),
    )  # fmt: skip
    accounts.grant_role(actor=ROOT, role="auditor", principal=world.user("auditor"), scope=world.organisation)


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_r57_the_page_of_one_row_of_every_model(model: Any, world: World, enter: Enter):
    """Whoever may see it gets it, with every field that is listed; a stranger is told nothing."""
    _furnish(world)
    mine = model._default_manager.order_by("pk")
    own = {"accounts.User": {"pk": world.user("content").pk}, "audit.AuditEvent": {"brand": world.brand.pk}}
    row = mine.filter(**own.get(model._meta.label, {})).first()
    assert row is not None, "no example of this model"
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    page = enter("auditor").get(path, follow=True)
    assert page.status_code == 200
    if model is not ApprovalRequest:
        fields = [name for _, shown in page.context["adminform"].fieldsets for name in shown["fields"]]
        known = {field.name for field in model._meta.get_fields()} | {*dir(site._registry[model]), *dir(row)}
        assert set(fields) <= known, "a field that the model has no longer"
    assert enter("other_organisation").get(path).status_code in (403, 404)
    assert enter("nobody").get(path).status_code in (403, 404)


def test_the_shortcut_to_an_objects_own_page_is_not_there(world: World, enter: Enter):
    """Django's takes any content type and any text for a key."""
    client = enter("auditor")
    for kind in ContentType.objects.values_list("pk", flat=True):
        for key in ("1", "x", world.account.pk):
            assert client.get(f"{reverse('admin:index')}r/{kind}/{key}/").status_code == 404


def test_r57_lists_hold_only_what_the_grants_cover(world: World, enter: Enter):
    world.request("approved")
    client = enter("other_brand")
    for label in ("campaigns_campaign", "campaigns_revision", "campaigns_mediaasset", "approvals_clearance", "governance_finding"):
        page = client.get(reverse(f"admin:{label}_changelist"))
        assert page.context["cl"].result_count == 0, label


def test_r57_a_superuser_without_a_role_sees_people_but_no_business(world: World, enter: Enter):
    request = world.request("in_review")
    page = enter("superuser").get(reverse("admin:index"), {"tab": "all"})
    assert request.title not in page.content.decode()
    assert page.context["listing"].rows == []


@pytest.mark.parametrize("who", ["superuser", "auditor", "content"])
def test_nothing_can_be_added_changed_or_deleted(who: str, world: World, enter: Enter):
    request = world.request("approved")
    client = enter(who)
    before = rows()
    for model in MODELS:
        meta = model._meta
        row = _example(model, request, world)
        paths = [reverse(f"admin:{meta.app_label}_{meta.model_name}_add")]
        if row is not None:
            paths += [reverse(f"admin:{meta.app_label}_{meta.model_name}_{act}", args=[row.pk]) for act in ("change", "delete")]
        for path in paths:
            assert client.post(path, {"post": "yes", "name": "x", "state": "approved"}).status_code in (403, 404), path
    assert rows() == before


def test_every_registered_page_is_read_only():
    assert {type(page).__mro__[-1] for page in site._registry.values()}  # the registry is not empty
    for model, page in site._registry.items():
        refused = (page.has_add_permission(None), page.has_change_permission(None), page.has_delete_permission(None))  # type: ignore[arg-type]
        assert refused == (False, False, False), model
        assert page.actions is None
        assert page.show_full_result_count is False, "a full COUNT on a million rows"


def test_model_lists_never_offer_all_rows(world: World, enter: Enter):
    world.request("in_review")
    client = enter("content")
    for query in ({}, {"all": ""}, {"q": "a"}):
        body = client.get(reverse("admin:campaigns_campaign_changelist"), query).content.decode()
        assert "Show all" not in body
    assert all(page.list_max_show_all == 0 for page in site._registry.values())


def test_an_empty_model_list_offers_to_clear_filters_only_if_some_are_set(world: World, enter: Enter):
    client, path = enter("content"), reverse("admin:campaigns_campaign_changelist")
    bare, filtered = (client.get(path, query).content.decode() for query in ({}, {"q": "zzz"}))
    assert "Nothing here yet" in bare
    assert "Clear the filters" not in bare
    assert "Reset filters" not in bare + filtered
    assert "Clear the filters" in filtered


def test_no_special_industries_are_a_dash(world: World, enter: Enter):
    campaign = world.campaign()
    body = enter("content").get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    assert not re.search(r">\s*\[\]\s*<", body)


def test_a_request_in_the_model_list_leads_to_its_page(world: World, enter: Enter):
    request = world.request("in_review")
    path = reverse("admin:approvals_approvalrequest_change", args=[request.pk])
    assert enter("content").get(path)["Location"] == reverse("admin:request", args=[request.pk])
    assert enter("other_organisation").get(path).status_code == 404


def test_the_front_door_leads_to_the_workplace():
    assert Client().get("/")["Location"] == reverse("admin:index")


def test_log_in_is_by_e_mail_and_ignores_case(world: World):
    client = Client()
    login = reverse("account_login")
    wrong = client.post(login, {"login": "content@acme.example", "password": "wrong"})
    assert wrong.status_code == 200
    assert 'role="alert"' in wrong.content.decode()
    good = client.post(login, {"login": "Content@ACME.example", "password": "correct horse battery staple"})
    assert good["Location"] == reverse("admin:index")


def test_a_deactivated_person_is_out_at_once(world: World, enter: Enter):
    client = enter("content")
    assert client.get(reverse("admin:index")).status_code == 200
    world.people["content"].is_active = False
    world.people["content"].save()
    assert status(client, reverse("admin:index")) == 302
