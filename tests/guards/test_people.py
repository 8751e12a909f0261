"""Attacks on people, tokens, brands, ad accounts and the log, typed as SQL; and what a service's role may not."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import services
from accounts.models import AdAccount, ApiToken, Brand, Organisation, Page, Placement
from audit.models import AuditEvent
from core import clock
from tests.builders import ROOT
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, insert, type_sql, update

LATER = "'2099-01-01 00:00:00'"


def hexes(*rows: Any) -> list[str]:
    return [row.pk.hex for row in rows]


# --- people ------------------------------------------------------------------------------------------------------------


def test_person_does_not_change_sides(world):
    other = Organisation.objects.create(name="Other", slug="other")
    machine = services.create_service_account(actor=ROOT, owner=world.author, email="m@guards.test", name="m")
    assert_refused("accounts_user_fixed", *update(world.ann, f"organisation_id = '{other.pk.hex}'"))
    assert_refused("accounts_user_fixed", *update(world.ann, "organisation_id = NULL"))
    assert_refused("accounts_user_fixed", *update(machine, "kind = 'person', owner_id = NULL"))
    assert_refused("accounts_user_fixed", *update(machine, f"owner_id = '{world.ann.pk.hex}'"))
    assert type_sql(*update(world.ann, "name = 'Ann B.', is_active = FALSE")) == 1


def test_r17_person_is_not_removed(world):
    assert_refused("accounts_user_no_delete", f"DELETE FROM accounts_user WHERE id = '{world.outsider.pk.hex}'")


@pytest.mark.sqlite_only
def test_r17_person_is_not_replaced(world):
    world.ann.organisation = None
    sql, params = insert(world.ann, "REPLACE")
    assert_refused("accounts_user_no_replace", sql, *params)


# --- tokens ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(world) -> ApiToken:
    return services.create_api_token(actor=ROOT, user=world.author, name="laptop", expires_at=clock.now())[0]


def change(token: ApiToken, assignment: str) -> tuple[str, str]:
    return f"UPDATE accounts_apitoken SET {assignment} WHERE digest = %s", token.digest


@pytest.mark.parametrize(
    "assignment",
    ["user_id = '{ann}'", "digest = 'f'", "token_key = 'f'", "name = 'x'", "expiry = NULL", f"expiry = {LATER}"],
)
def test_token_is_not_prolonged_or_handed_over(world, token, assignment):
    assert_refused("accounts_api_token_fixed", *change(token, assignment.format(ann=world.ann.pk.hex)))


def test_token_is_revoked_once_and_stays(token):
    assert type_sql(*change(token, f"last_used_at = {LATER}")) == 1
    assert type_sql(*change(token, "revoked_at = '2026-01-01 00:00:00'")) == 1
    assert_refused("accounts_api_token_revoked", *change(token, "revoked_at = NULL"))
    assert_refused("accounts_api_token_revoked", *change(token, f"revoked_at = {LATER}"))
    assert type_sql(*change(token, "last_used_at = '2026-01-01 00:00:00'")) == 1
    assert_refused("accounts_api_token_no_delete", "DELETE FROM accounts_apitoken")


@pytest.mark.sqlite_only
def test_token_is_not_replaced(token):
    token.expiry = None
    sql, params = insert(token, "REPLACE")
    assert_refused("accounts_api_token_no_replace", sql, *params)


@pytest.mark.parametrize(
    "assignment",
    ["permissions = '[]'", "organisation_id = '{organisation}', brand_id = NULL", "brand_id = NULL", "ad_account_id = '{account}'"],
)
def test_token_is_not_widened(world, assignment):
    narrow = services.create_api_token(
        actor=ROOT, user=world.author, name="narrow", permissions=["view", "submit"], scope=world.brand
    )[0]
    said = assignment.format(organisation=world.organisation.pk.hex, account=world.account.pk.hex)
    assert_refused("accounts_api_token_fixed", *change(narrow, said))


# --- brands, pages, ad accounts ----------------------------------------------------------------------------------------


def test_brand_account_and_page_do_not_move_into_another_tenant(world):
    other = Organisation.objects.create(name="Other", slug="other")
    foreign = Brand.objects.create(organisation=other, name="Foreign")
    page = Page.objects.create(brand=world.brand, external_id="1", identity_type="TT_USER", handle="h")
    to_other, to_foreign = hexes(other, foreign)
    assert_refused("accounts_brand_fixed", *update(world.brand, f"organisation_id = '{to_other}'"))
    assert_refused("accounts_ad_account_organisation", *update(world.account, f"brand_id = '{to_foreign}'"))
    assert_refused("accounts_page_fixed", *update(page, f"brand_id = '{to_foreign}'"))
    assert_refused("accounts_brand_no_delete", f"DELETE FROM accounts_brand WHERE id = '{to_foreign}'")
    assert_refused("accounts_page_no_delete", "DELETE FROM accounts_page")
    assert_refused(
        "accounts_ad_account_no_delete", f"DELETE FROM accounts_adaccount WHERE id = '{world.elsewhere.pk.hex}'"
    )
    assert type_sql(*update(world.account, "name = 'Renamed'")) == 1
    assert type_sql(*update(world.brand, "name = 'Renamed'")) == 1


def test_ad_account_is_where_its_latest_placement_says_and_since_then(world):
    sister = Brand.objects.create(organisation=world.organisation, name="Sister")
    there, now = f"brand_id = '{sister.pk.hex}'", clock.now()
    assert_refused("accounts_ad_account_placed", *update(world.account, there))
    placed(world.account, sister, since=None)  # awaits a second access manager
    assert_refused("accounts_ad_account_placed", *update(world.account, there))
    placed(world.account, sister, since=now)
    assert_refused("accounts_ad_account_placed", *update(world.account, there))
    assert_refused("accounts_ad_account_placed", *update(world.account, f"{there}, placed_at = '2000-01-01 00:00:00'"))
    AdAccount.objects.filter(pk=world.account.pk).update(brand=sister, placed_at=now)
    assert_refused("accounts_ad_account_placed", *update(world.account, f"brand_id = '{world.brand.pk.hex}'"))
    assert_refused("accounts_ad_account_placed", *update(world.account, "placed_at = NULL"))


def test_r57_a_page_is_linked_to_ad_accounts_of_its_own_brand_alone(world):
    sister = Brand.objects.create(organisation=world.organisation, name="Sister")
    other = Brand.objects.create(organisation=Organisation.objects.create(name="Other", slug="other"), name="Foreign")
    own, of_sister, foreign = (
        Page.objects.create(brand=brand, external_id="1", identity_type="TT_USER", handle="h") for brand in (world.brand, sister, other)
    )
    link = "INSERT INTO accounts_adaccount_pages (adaccount_id, page_id) VALUES (%s, %s)"
    for page in (of_sister, foreign):
        assert_refused("accounts_ad_account_page_brand", link, world.account.pk.hex, page.pk.hex)
    assert type_sql(link, world.account.pk.hex, own.pk.hex) == 1
    for page in (of_sister, foreign):
        assert_refused("accounts_ad_account_page_brand", f"UPDATE accounts_adaccount_pages SET page_id = '{page.pk.hex}'")
    placed(world.account, sister, since=(now := clock.now()))
    there = AdAccount.objects.filter(pk=world.account.pk)
    with pytest.raises(IntegrityError, match="accounts_ad_account_pages"), transaction.atomic():
        there.update(brand=sister, placed_at=now)
    world.account.pages.clear()
    assert there.update(brand=sister, placed_at=now) == 1


def test_ad_account_is_not_placed_in_another_organisation(world):
    other = Organisation.objects.create(name="Other", slug="other")
    foreign = Brand.objects.create(organisation=other, name="Foreign")
    now = clock.now()
    row = Placement(ad_account=world.account, brand=foreign, granted_at=now, since=now, granted_by="test")
    assert_insert_refused("accounts_placement_organisation", row)
    row.brand = world.brand
    assert_inserted(row)


def placed(account: AdAccount, brand: Brand, since: Any) -> Placement:
    return Placement.objects.create(ad_account=account, brand=brand, granted_at=since or clock.now(), granted_by="test", since=since)


@pytest.mark.parametrize("column", ["currency = 'JPY'", "external_id = '666'", "channel = 'other'"])
def test_ad_account_stays_what_it_is(world, column):
    assert_refused("accounts_ad_account_fixed", *update(world.account, column))


@pytest.mark.sqlite_only
def test_ad_account_is_not_replaced(world):
    world.account.currency = "JPY"
    sql, params = insert(world.account, "REPLACE")
    assert_refused("accounts_ad_account_no_replace", sql, *params)


# --- the log -----------------------------------------------------------------------------------------------------------


def entry(canonical: str, digest: str) -> AuditEvent:
    return AuditEvent(
        at=clock.now(),
        action="test",
        outcome="recorded",
        actor_kind="user",
        channel="sql",
        canonical=canonical,
        digest=digest,
    )


def test_r59_entry_of_the_log_is_hashed_as_it_says(db):
    text = '{"name":"Größe"}'
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert_insert_refused("audit_event_digest", entry(text, digest[::-1]))
    assert_insert_refused("audit_event_digest", entry(text, digest.upper()))
    assert_insert_refused("audit_event_digest", entry("", hashlib.sha256(b"").hexdigest()))
    assert_inserted(entry(text, digest))


# --- the service's own role --------------------------------------------------------------------------------------------


def documented_grants() -> list[str]:
    """The statements of docs/settings.md that make the role of the service."""
    text = (Path(settings.BASE_DIR) / "docs" / "settings.md").read_text()
    found = re.search(r"```sql\n(CREATE ROLE.*?)```", text, re.S)
    assert found is not None
    return [statement.strip() for statement in found[1].split(";") if statement.strip()]


@pytest.fixture
def as_service(world) -> None:
    """From here on the test speaks as the role of the service; the end of its transaction takes role and grants back."""
    role, database = f"service_{connection.settings_dict['NAME']}", connection.settings_dict["NAME"]
    type_sql("SET CONSTRAINTS ALL IMMEDIATE")
    owner = connection.settings_dict["USER"]
    for statement in documented_grants():
        named = re.sub(r"\bimprimatur_service\b", role, statement)
        named = re.sub(r"(ON DATABASE) imprimatur\b", rf"\1 {database}", named)
        type_sql(re.sub(r"(FOR ROLE) imprimatur\b", rf"\1 {owner}", named))
    type_sql(f"SET LOCAL ROLE {role}")


@pytest.mark.postgresql_only
def test_service_works_as_a_role_that_owns_nothing(world, as_service):
    world.queued()


@pytest.mark.postgresql_only
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE approvals_decision DISABLE TRIGGER approvals_decision_insert",
        "DROP TRIGGER approvals_decision_insert ON approvals_decision",
        "CREATE OR REPLACE FUNCTION approvals_decision_insert_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE OR REPLACE VIEW approvals_stage_verdicts AS SELECT 1",
        "SET session_replication_role = replica",
        "TRUNCATE approvals_decision",
        "CREATE TABLE mine (id int)",
    ],
)
def test_role_of_the_service_does_not_take_guards_away(world, as_service, statement):
    with pytest.raises(DatabaseError, match="must be owner|permission denied"):
        type_sql(statement)
