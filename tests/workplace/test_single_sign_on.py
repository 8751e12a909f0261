"""Single sign-on against a real provider in a process of its own (tests/oidc_provider)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Membership, RoleGrant, User, UserGroup, standing_at
from audit.models import AuditEvent
from config.signing_in import provider as configuration
from core import clock
from core.actor import Channel, system
from core.errors import Forbidden
from tests import builders
from tests.builders import PASSWORD, ROOT, World
from tests.oidc_process import CLIENT_ID, CLIENT_SECRET, Provider, provider
from tests.workplace.signing import browser, code_of, events, inside, log_in, text, totp

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("_fresh_limits")]
CALLBACK = "http://testserver/account/sso/callback/"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider(tmp_path_factory.mktemp("provider"), CALLBACK) as started:
        yield started


def configured(running: Provider, **more: Any) -> Any:
    return override_settings(
        OIDC_ISSUER=running.issuer, OIDC_NAME="Acme ID", OIDC_ORGANISATION="acme",
        SOCIALACCOUNT_PROVIDERS=configuration(running.issuer, CLIENT_ID, CLIENT_SECRET), **more,
    )  # fmt: skip


@pytest.fixture
def sso(running: Provider, world: World) -> Iterator[Provider]:
    with configured(running):
        yield running


def start(client: Client, query: str = "") -> str:
    """Where our page sends the browser."""
    return str(client.get("/account/sso/" + query)["Location"])


def sign_on(sso: Provider, name: str, client: Client | None = None, query: str = "") -> tuple[Client, Any]:
    """The whole way; the browser and our answer."""
    client = client or browser()
    back = sso.sign_in(start(client, query), name)
    assert back.startswith(CALLBACK), back
    return client, client.get(back.removeprefix("http://testserver"))


def words(client: Client) -> str:
    """What the log-in page says next."""
    return text(client.get(reverse("account_login")))


def test_a_person_comes_in_by_a_verified_address(sso: Provider, world: World):
    user = world.user("content")
    sso.vouches("ann", "Content@Acme.example")
    client, answer = sign_on(sso, "ann", query="?next=/workplace/campaigns/ad/")
    assert answer["Location"] == "/workplace/campaigns/ad/"
    assert inside(client)
    assert '"method":"sso"' in events("accounts.session.opened", user)[0].canonical
    linked = events("accounts.identity.linked", user)[0]
    assert (linked.channel, linked.actor_label, linked.organisation) == ("directory", "Acme ID", world.organisation.pk)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD), "their password is theirs still"


def test_who_is_linked_stays_linked_when_the_address_changes(sso: Provider, world: World):
    sso.vouches("ann", world.user("content").email)
    sign_on(sso, "ann")
    sso.vouches("ann", "somebody.else@acme.example", email_verified=False)
    client, _answer = sign_on(sso, "ann")
    assert inside(client)
    assert SocialAccount.objects.count() == 1
    assert SocialAccount.objects.get().extra_data == {}, "no claims are kept"


def test_what_is_asked_of_the_provider(sso: Provider, world: World):
    asked = start(browser())
    assert asked.startswith(f"{sso.issuer}/authorize/")
    for part in ("code_challenge_method=S256", "code_challenge=", "nonce=", "state=", "scope=", "openid"):
        assert part in asked, part
    assert "prompt=login" in start(browser(), "?again=1")


# --- what is refused --------------------------------------------------------------------------------------------------


def refused(client: Client, user: User | None = None) -> bool:
    made = SocialAccount.objects.exists() or AuditEvent.objects.filter(action="accounts.session.opened").exists()
    return not inside(client) and not made


def test_a_forged_state(sso: Provider, world: World):
    sso.vouches("ann", world.user("content").email)
    client = browser()
    back = sso.sign_in(start(client), "ann")
    client.get(re.sub(r"state=[^&]+", "state=forged0000000000", back).removeprefix("http://testserver"))
    assert "Single sign-on did not work" in words(client)
    assert refused(client)


def test_the_answer_to_another_browser_s_question(sso: Provider, world: World):
    """Somebody else's code, pushed onto a victim: they would work in the attacker's name."""
    sso.vouches("eve", world.user("content").email)
    back = sso.sign_in(start(browser()), "eve")
    victim = browser()
    start(victim)
    victim.get(back.removeprefix("http://testserver"))
    assert refused(victim)


def test_an_answer_with_another_nonce(sso: Provider, world: World):
    sso.vouches("ann", world.user("content").email)
    client = browser()
    asked = re.sub(r"nonce=[^&]+", "nonce=of-another-question", start(client))
    client.get(sso.sign_in(asked, "ann").removeprefix("http://testserver"))
    assert "Single sign-on did not work" in words(client)
    assert refused(client)


def test_an_answer_a_second_time(sso: Provider, world: World):
    sso.vouches("ann", world.user("content").email)
    client = browser()
    back = sso.sign_in(start(client), "ann").removeprefix("http://testserver")
    client.get(back)
    client.post(reverse("account_logout"))
    client.get(back)
    assert not inside(client)


def test_a_code_without_its_verifier(sso: Provider, world: World):
    """PKCE: the code that an attacker saw is worth nothing to them. The provider is asked, and says no."""
    sso.vouches("ann", world.user("content").email)
    client = browser()
    other = re.search(r"code_challenge=[^&]+", start(browser()))
    assert other is not None
    asked = re.sub(r"code_challenge=[^&]+", other[0], start(client))
    client.get(sso.sign_in(asked, "ann").removeprefix("http://testserver"))
    assert refused(client)


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1])
def test_an_address_that_the_provider_does_not_vouch_for(verified: object, sso: Provider, world: World):
    sso.says("ann", email=world.user("content").email, email_verified=verified)
    client, _answer = sign_on(sso, "ann")
    assert "does not vouch for your e-mail address" in words(client)
    assert refused(client)


def test_r57_somebody_of_another_organisation(sso: Provider, world: World):
    """The same words as for nobody, and not a line in the other organisation's log."""
    umbra = builders.organisation("Umbra")
    before = AuditEvent.objects.filter(organisation=umbra.organisation.pk).count()
    sso.vouches("eve", umbra.user("content").email)
    client, _answer = sign_on(sso, "eve")
    said = words(client)
    sso.vouches("eve", "nobody@nowhere.example")
    again, _answer = sign_on(sso, "eve")
    assert "Nobody made an account for you here yet" in said
    assert "Nobody made an account for you here yet" in words(again)
    assert refused(client)
    assert AuditEvent.objects.filter(organisation=umbra.organisation.pk).count() == before


def test_r17_somebody_deactivated_before_or_after_they_were_linked(sso: Provider, world: World):
    user = world.user("content")
    sso.vouches("ann", user.email)
    first, _answer = sign_on(sso, "ann")
    assert inside(first)
    accounts.deactivate_user(actor=ROOT, user=user.pk)
    again, _answer = sign_on(sso, "ann")
    assert "may not open the workplace" in words(again)
    assert not inside(first)
    assert not inside(again)
    assert '"reason":"may_not_log_in"' in events("accounts.session.refused", user)[-1].canonical


def test_r33_a_service_account(sso: Provider, world: World):
    sso.vouches("bob", world.machine.email)
    client, _answer = sign_on(sso, "bob")
    assert refused(client)


def test_another_issuer_with_the_same_subject_is_somebody_else(sso: Provider, world: World):
    sso.vouches("ann", world.user("content").email)
    sign_on(sso, "ann")
    SocialAccount.objects.update(uid="1")  # as if linked by the bare subject of whatever issuer
    sso.says("ann", email="other@acme.example", email_verified=True)
    client, _answer = sign_on(sso, "ann")
    assert not inside(client)


def test_a_provider_that_calls_itself_otherwise(sso: Provider, world: World):
    sso.vouches("ann", world.user("content").email)
    client = browser()
    back = sso.sign_in(start(client), "ann")
    with override_settings(OIDC_ISSUER="https://id.example"):
        client.get(back.removeprefix("http://testserver"))
    assert refused(client)


def test_a_provider_that_is_away_is_said_in_words(world: World):
    with configured(Provider("http://127.0.0.1:9", Path())):
        client = browser()
        client.get("/account/sso/")
        assert "Single sign-on did not work" in words(client)


def test_without_configuration_there_is_none(world: World):
    assert browser().get("/account/sso/").status_code == 404
    assert browser().get("/account/sso/callback/?code=1&state=2").status_code == 404
    assert "Log in with" not in words(browser())


# --- second factor ------------------------------------------------------------------------------------------------------


def test_who_has_a_second_factor_here_shows_it_here(sso: Provider, world: World):
    user = world.user("content")
    secret = totp(user)
    sso.vouches("ann", user.email)
    client, answer = sign_on(sso, "ann")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not inside(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert '"method":"sso+totp"' in events("accounts.session.opened", user)[0].canonical


# --- people and groups --------------------------------------------------------------------------------------------------


def test_people_are_made_only_where_the_operator_lets_them_and_without_any_right(running: Provider, world: World):
    running.vouches("bob", "bob@acme.example", name="Bob Builder", is_superuser=True, is_staff=True, groups=["admins"])
    with configured(running):
        client, _answer = sign_on(running, "bob")
        assert not User.objects.filter(email="bob@acme.example").exists()
    with configured(running, OIDC_CREATE_PEOPLE=True):
        client, _answer = sign_on(running, "bob")
    bob = User.objects.get(email="bob@acme.example")
    assert inside(client)
    assert (bob.name, bob.organisation, bob.is_superuser, bob.kind) == ("Bob Builder", world.organisation, False, "person")
    assert not bob.has_usable_password()
    assert titles(bob) == set()
    assert not RoleGrant.objects.filter(user=bob).exists()
    made = events("accounts.user.created", bob)[0]
    assert (made.channel, made.actor_label) == ("directory", "Acme ID")


@pytest.fixture
def groups(world: World) -> dict[str, UserGroup]:
    titles = ("Editors", "Buyers", "Board")
    return {title: accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=title) for title in titles}


MAPPED: dict[str, Any] = {"OIDC_GROUPS": {"mkt-editors": "Editors", "mkt-buyers": "Buyers", "gone": "No such group"}}


def titles(user: User) -> set[str]:
    return set(Membership.objects.filter(standing_at(clock.now()), user=user).values_list("group__title", flat=True))


def test_mapped_groups_follow_the_claim_at_each_log_in_and_others_are_never_touched(
    running: Provider, world: World, groups: dict[str, UserGroup]
):
    user = world.user("content")
    accounts.add_member(actor=ROOT, group=groups["Board"], user=user)
    accounts.add_member(actor=ROOT, group=groups["Buyers"], user=user)
    umbra = builders.organisation("Umbra")
    theirs = accounts.create_user_group(actor=ROOT, organisation=umbra.organisation, title="Editors")
    with configured(running, **MAPPED):
        running.vouches("ann", user.email, groups=["mkt-editors", "Board", "unknown"])
        sign_on(running, "ann")
        assert titles(user) == {"Board", "Editors"}
        running.vouches("ann", user.email, groups="mkt-buyers")
        sign_on(running, "ann")
        assert titles(user) == {"Board", "Buyers"}
        running.vouches("ann", user.email)
        sign_on(running, "ann")
        assert titles(user) == {"Board"}
    assert not Membership.objects.filter(group=theirs).exists()
    given = AuditEvent.objects.filter(action="accounts.membership.granted", channel="directory")
    assert [event.actor_label for event in given] == ["Acme ID", "Acme ID"]


def test_another_claim_may_be_the_one_that_counts(running: Provider, world: World, groups: dict[str, UserGroup]):
    user = world.user("content")
    running.vouches("ann", user.email, groups=[], teams=["mkt-editors"])
    with configured(running, OIDC_GROUPS_CLAIM="teams", **MAPPED):
        sign_on(running, "ann")
    assert titles(user) == {"Editors"}


def test_r57_the_directory_may_say_who_is_where_and_nothing_else(world: World, groups: dict[str, UserGroup]):
    from dataclasses import replace

    umbra = builders.organisation("Umbra")
    mine = replace(system(Channel.DIRECTORY, "Acme ID"), organisation=world.organisation.pk)
    stranger = replace(mine, organisation=umbra.organisation.pk)
    user = world.user("content")
    tries = [
        lambda: accounts.add_member(actor=stranger, group=groups["Editors"], user=user),
        lambda: accounts.create_person(actor=stranger, organisation=world.organisation, email="x@acme.example", name="X"),
        lambda: accounts.create_person(actor=mine, organisation=world.organisation, email="x@acme.example", name="X", password=PASSWORD),
        lambda: accounts.create_user_group(actor=mine, organisation=world.organisation, title="More"),
        lambda: accounts.grant_role(actor=mine, role="submitter", principal=user, scope=world.brand),
        lambda: accounts.create_api_token(actor=mine, user=user, name="x"),
        lambda: accounts.deactivate_user(actor=mine, user=user.pk),
        lambda: accounts.end_sessions(actor=mine, user=user.pk),
        lambda: accounts.reset_second_factor(actor=mine, user=user.pk),
        lambda: accounts.link_identity(actor=stranger, user=user, provider="sso", uid="1", issuer="x"),
    ]  # fmt: skip
    for each in tries:
        with pytest.raises(Forbidden):
            each()
    assert titles(user) == set()
    assert not User.objects.filter(email="x@acme.example").exists()
    assert not SocialAccount.objects.exists()


# --- single sign-on alone -----------------------------------------------------------------------------------------------


def test_where_only_single_sign_on_is_used_no_password_is_asked_for_or_taken(running: Provider, world: World):
    user = world.user("content")
    running.vouches("ann", user.email)
    with configured(running, OIDC_ONLY=True):
        page = words(browser())
        assert "Log in with Acme ID" in page
        assert 'type="password"' not in page
        said = text(log_in(client := browser(), user))
        assert "Passwords are not used here" in said
        assert not inside(client)
        for name in ("account_reset_password", "account_reauthenticate", "account_change_password"):
            assert browser().get(reverse(name)).status_code == 404, name
        client, _answer = sign_on(running, "ann")
        assert inside(client)
        again = client.get(reverse("mfa_activate_totp"))
        assert again.status_code == 200, "fresh enough"


def test_who_has_nothing_to_show_here_shows_it_at_the_provider_again(running: Provider, world: World):
    """No password and no second factor, and a log-in of a while ago: back to the provider, which is told to ask (R-56)."""
    running.vouches("bob", "bob@acme.example")
    with configured(running, OIDC_CREATE_PEOPLE=True):
        client, _answer = sign_on(running, "bob")
        with time_machine.travel(clock.now() + timedelta(minutes=6)):
            answer = client.get(reverse("mfa_activate_totp"))
            assert answer["Location"].startswith("/account/sso/?")
        asked = str(client.get(answer["Location"])["Location"])
        assert "prompt=login" in asked
        back = client.get(running.sign_in(asked, "bob").removeprefix("http://testserver"))
        assert back["Location"] == reverse("mfa_activate_totp")
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
