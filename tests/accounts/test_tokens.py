"""API tokens and people: only hashes are stored, nobody acts as somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from knox.crypto import hash_token

from accounts import services
from accounts.models import ApiToken, User
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from tests import builders

pytestmark = pytest.mark.django_db
ROOT = builders.ROOT


@pytest.fixture
def world():
    world = builders.organisation()
    world.add_person("boss", "access_manager", scope=world.organisation)
    return world


def test_only_the_hash_is_stored(world):
    token, text = services.create_api_token(actor=ROOT, user=world.machine, name="ci")
    assert token.digest == hash_token(text)
    secret = text[len(token.token_key) :]
    assert len(secret) >= 40, "what is stored of the token itself is a short key for looking it up"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                assert not any(secret in str(value) for value in row), table


def test_an_end_is_kept(world):
    end = clock.now() + timedelta(days=1)
    token, _ = services.create_api_token(actor=ROOT, user=world.machine, name="ci", expires_at=end)
    assert ApiToken.objects.get(pk=token.pk).expiry == end
    forever, _ = services.create_api_token(actor=ROOT, user=world.machine, name="other")
    assert ApiToken.objects.get(pk=forever.pk).expiry is None


def test_revoking_keeps_the_row_and_happens_once(world):
    token, _ = services.create_api_token(actor=ROOT, user=world.machine, name="ci")
    services.revoke_api_token(actor=world.actor("boss"), token=token.public_id)
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    with pytest.raises(Conflict):
        services.revoke_api_token(actor=ROOT, token=token.public_id)
    with pytest.raises(NotFound):
        services.revoke_api_token(actor=ROOT, token=uuid7())


def test_names_are_taken_once_a_user(world):
    services.create_api_token(actor=ROOT, user=world.machine, name="ci")
    with pytest.raises(Invalid) as caught:
        services.create_api_token(actor=ROOT, user=world.machine, name="ci")
    assert (caught.value.errors[0].field, caught.value.errors[0].code) == ("name", "taken")


def test_r16_an_access_manager_makes_no_token_with_which_to_approve(world):
    with pytest.raises(Forbidden):
        services.create_api_token(actor=world.actor("boss"), user=world.user("content"), name="borrowed")
    assert not ApiToken.objects.filter(user=world.user("content")).exists()
    assert AuditEvent.objects.filter(action="accounts.api_token.created", outcome="refused").count() == 1
    services.create_api_token(actor=world.actor("boss"), user=world.user("boss"), name="own")


def test_r16_a_machine_gets_its_token_from_its_owner_or_the_console(world):
    """The owner counts with the machine; anybody else who held its token would act unseen."""
    boss = world.actor("boss")
    with pytest.raises(Forbidden):
        services.create_api_token(actor=boss, user=world.machine, name="borrowed")
    with pytest.raises(Forbidden):
        services.create_api_token(actor=system(Channel.TASK), user=world.machine, name="by itself")
    robot = services.create_service_account(actor=boss, owner=world.user("boss"), email="robot@acme.example", name="Robot")
    services.create_api_token(actor=boss, user=robot, name="ci")
    assert not ApiToken.objects.filter(user=world.machine).exists()


def test_who_manages_no_access_makes_no_token(world):
    with pytest.raises(Forbidden):
        services.create_api_token(actor=world.actor("submitter"), user=world.machine, name="ci")
    assert not ApiToken.objects.exists()


def test_people(world):
    ann = services.create_person(
        actor=world.actor("boss"), organisation=world.organisation, email=" Ann@Acme.Example ", name="Ann"
    )
    assert not ann.has_usable_password()
    assert (ann.email, ann.is_staff, ann.is_superuser) == ("ann@acme.example", True, False)
    assert User.objects.get_by_natural_key("ANN@ACME.EXAMPLE") == ann
    with pytest.raises(Invalid) as caught:
        services.create_person(actor=ROOT, organisation=world.organisation, email="ANN@acme.example", name="Twin")
    assert caught.value.errors[0].field == "email"


def test_r16_nobody_sets_the_password_of_another_person(world):
    """Who knew it could decide as that person; only the console gives a first password."""
    for actor in (world.actor("boss"), system(Channel.TASK)):
        with pytest.raises(Forbidden):
            services.create_person(
                actor=actor, organisation=world.organisation, email="puppet@acme.example", name="Puppet", password="known"
            )
    assert not User.objects.filter(email="puppet@acme.example").exists()
    ann = services.create_person(
        actor=ROOT, organisation=world.organisation, email="ann@acme.example", name="Ann", password="known"
    )
    assert ann.check_password("known")


def test_r33_machines_have_a_human_owner_and_no_password(world):
    assert not world.machine.has_usable_password()
    assert not world.machine.is_staff
    with pytest.raises(Invalid):
        services.create_service_account(actor=ROOT, owner=world.machine, email="m2@acme.example", name="Second order")


@pytest.mark.parametrize("service", ["create_brand", "create_page", "create_ad_account", "create_person", "create_user_group"])
def test_who_manages_no_access_creates_nothing(world, service):
    arguments = {
        "create_brand": {"organisation": world.organisation, "name": "B"},
        "create_page": {"brand": world.brand, "external_id": "x", "identity_type": "TT_USER", "handle": "x"},
        "create_ad_account": {
            "brand": world.brand, "external_id": "x", "name": "x", "currency": "USD", "timezone": "UTC", "country": "US",
        },
        "create_person": {"organisation": world.organisation, "email": "x@x.example", "name": "X"},
        "create_user_group": {"organisation": world.organisation, "title": "X"},
    }[service]  # fmt: skip
    before = AuditEvent.objects.filter(outcome="recorded").count()
    with pytest.raises((Forbidden, NotFound)):
        getattr(services, service)(actor=world.actor("submitter"), **arguments)
    assert AuditEvent.objects.filter(outcome="recorded").count() == before


@pytest.mark.parametrize(
    ("field", "value"), [("currency", "XYZ"), ("currency", "usd"), ("timezone", "Mars/Olympus"), ("timezone", "")]
)
def test_ad_accounts_have_a_real_currency_and_time_zone(world, field, value):
    values = {"currency": "USD", "timezone": "UTC", field: value}
    with pytest.raises(Invalid) as caught:
        services.create_ad_account(
            actor=ROOT, brand=world.brand, external_id="x", name="x", country="US", **values
        )
    assert [error.field for error in caught.value.errors] == [field]


def test_a_page_of_another_brand_is_not_linked(world):
    other = builders.organisation("Evil")
    with pytest.raises(Invalid):
        services.create_ad_account(
            actor=ROOT, brand=world.brand, external_id="x", name="x", currency="USD", timezone="UTC", country="US",
            pages=[other.page],
        )  # fmt: skip


def test_r17_whoever_left_gets_no_token(world):
    """It would come to life when they come back, who are to hold nothing then."""
    services.deactivate_user(actor=ROOT, user=world.people["publisher"].pk)
    with pytest.raises(Invalid):
        services.create_api_token(actor=ROOT, user=world.user("publisher"), name="late")
    assert not ApiToken.objects.filter(user=world.people["publisher"].pk).exists()
