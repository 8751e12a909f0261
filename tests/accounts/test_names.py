"""What people, places and groups may be called: something that can be read, and nothing that is mistaken for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts import services
from accounts.channels import CHANNELS, countries
from accounts.models import ApiToken
from core.errors import Invalid
from core.text import folded, is_name, tidy
from governance.money_minimums import RATIO
from tests import builders
from tests.builders import ROOT, World

BAD = ("", " ", "\u200b", "\u200b\u2060", "\u3164", "a\x00b", "a\tb", "a\nb", "a\x1bb", "a\u202eb", "a\u2066b", "a\u200fb", "a\u2028b\n", "\ud800")
GOOD = {" Finance ": "Finance", "Two   words": "Two words", "Cafe\u0301": "Café", "a\u00a0b": "a b", "ناشر": "ناشر", "👩‍👩‍👧": "👩‍👩‍👧"}
SAME = ("finance", " FINANCE", "Fin\u200bance", "Ｆｉｎａｎｃｅ", "Fin\u00adance", "Finance\ufe0f")


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation()


def named(world: World) -> dict[str, Callable[[str], Any]]:
    """Everything that is called something → the service that calls it so."""
    where: Any = {"actor": ROOT, "organisation": world.organisation}
    account: Any = {"currency": "USD", "timezone": "UTC", "country": "US", "external_id": "n-1"}
    group = services.create_user_group(**where, title="Old group")
    role = services.create_role(**where, title="Old role", permissions=["submit"])
    return {
        "organisation": lambda name: services.rename_organisation(**where, name=name),
        "new organisation": lambda name: services.create_organisation(actor=ROOT, name=name, slug="fresh"),
        "brand": lambda name: services.create_brand(**where, name=name),
        "renamed brand": lambda name: services.rename_brand(actor=ROOT, brand=world.brand, name=name),
        "page": lambda name: services.rename_page(actor=ROOT, page=world.page, handle=name),
        "ad account": lambda name: services.create_ad_account(actor=ROOT, brand=world.brand, name=name, **account),
        "renamed ad account": lambda name: services.edit_ad_account(actor=ROOT, ad_account=world.account, name=name),
        "person": lambda name: services.create_person(**where, email="n@acme.example", name=name),
        "renamed person": lambda name: services.edit_user(actor=ROOT, user=world.people["submitter"].pk, name=name),
        "machine": lambda name: services.create_service_account(
            actor=ROOT, owner=world.people["operator"], email="m@acme.example", name=name
        ),
        "group": lambda name: services.create_user_group(**where, title=name),
        "renamed group": lambda name: services.rename_user_group(actor=ROOT, group=group, title=name),
        "role": lambda name: services.create_role(**where, title=name, permissions=["submit"]),
        "renamed role": lambda name: services.change_role(actor=ROOT, role=role, title=name),
        "token": lambda name: services.create_api_token(actor=ROOT, user=world.machine, name=name)[0],
    }  # fmt: skip


def test_nobody_and_nothing_has_a_name_that_cannot_be_read(world: World) -> None:
    for what, call in named(world).items():
        for name in BAD:
            with pytest.raises(Invalid) as caught:
                call(name)
            assert caught.value.errors[0].code == "blank", (what, name)


def test_a_name_is_kept_without_blanks_around_and_with_single_ones_in_it(world: World) -> None:
    for what, call in named(world).items():
        made: Any = call(f"  Quite   {what} ")
        assert f"Quite {what}" in (getattr(made, "name", ""), getattr(made, "title", ""), getattr(made, "handle", "")), what


@pytest.mark.parametrize(("written", "kept"), GOOD.items())
def test_what_is_a_name(written: str, kept: str) -> None:
    assert is_name(written.strip())
    assert tidy(written) == kept


@pytest.mark.parametrize("again", SAME)
def test_nothing_is_called_like_another_of_its_kind(world: World, again: str) -> None:
    """However it is written: single sign-on finds groups by name, and who confirms a role reads its name."""
    for what in ("brand", "group", "role", "token"):
        call = named_once(world, what)
        call("Finance")
        with pytest.raises(Invalid) as caught:
            call(again)
        assert caught.value.errors[0].code == "taken", what
    assert folded(again) == folded("Finance")


def named_once(world: World, what: str) -> Callable[[str], Any]:
    where: Any = {"actor": ROOT, "organisation": world.organisation}
    made: dict[str, Callable[[str], Any]] = {
        "brand": lambda name: services.create_brand(**where, name=name),
        "group": lambda name: services.create_user_group(**where, title=name),
        "role": lambda name: services.create_role(**where, title=name, permissions=["submit"]),
        "token": lambda name: services.create_api_token(actor=ROOT, user=world.machine, name=name),
    }
    return made[what]


def test_renaming_counts_too_but_for_oneself(world: World) -> None:
    groups = [services.create_user_group(actor=ROOT, organisation=world.organisation, title=each) for each in ("Finance", "Legal")]
    assert services.rename_user_group(actor=ROOT, group=groups[0], title="FINANCE").title == "FINANCE"
    with pytest.raises(Invalid):
        services.rename_user_group(actor=ROOT, group=groups[1], title="finance")
    other = services.create_brand(actor=ROOT, organisation=world.organisation, name="Second")
    with pytest.raises(Invalid):
        services.rename_brand(actor=ROOT, brand=other, name=world.brand.name.upper())
    assert services.rename_brand(actor=ROOT, brand=other, name="second").name == "second"


def test_a_custom_role_is_not_called_like_a_built_in_one(world: World) -> None:
    for title in ("Auditor", "ＡＵＤＩＴＯＲ", "Audi\u200btor", "access_manager"):
        with pytest.raises(Invalid):
            services.create_role(actor=ROOT, organisation=world.organisation, title=title, permissions=["submit"])


def test_names_of_others_are_nobody_s_concern(world: World) -> None:
    """What is called so in one organisation can be called so in another."""
    rival = builders.organisation("Rival")
    for each in (world, rival):
        services.create_user_group(actor=ROOT, organisation=each.organisation, title="Finance")
        services.create_brand(actor=ROOT, organisation=each.organisation, name="Shared")
    services.rename_organisation(actor=ROOT, organisation=rival.organisation, name=world.organisation.name)
    services.create_api_token(actor=ROOT, user=world.machine, name="ci")
    services.create_api_token(actor=ROOT, user=rival.machine, name="ci")
    assert ApiToken.objects.filter(name="ci").count() == 2


def test_the_currencies_of_the_channel_are_those_with_a_minimum() -> None:
    assert CHANNELS["tiktok"].currencies == set(RATIO)
    assert len(countries()) == 249
    assert {"DE", "US", "GB", "TW"} <= countries()
    assert not {"ZZ", "EU", "UK", "XK"} & countries()
