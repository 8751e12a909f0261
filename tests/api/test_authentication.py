"""Bearer tokens: who is let in, who is not and why, at which cost."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import services as accounts
from accounts.models import ApiToken, User
from audit.models import AuditEvent
from core import clock
from core.actor import ActorKind
from tests.api.conftest import Api
from tests.api.statements import statements
from tests.builders import ROOT, World


def test_without_a_token(world: World) -> None:
    answer = Api(None).get("campaigns/")
    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer a b", "Bearer nonsense", "Bearer impr_" + "0" * 64, "Bearer \u00e4\u00f6", "Bearer " + "x" * 5000,
        "Bearer impr_'; DROP TABLE", "Basic dXNlcjpwYXNz", "Token abc", "",
    ],
)  # fmt: skip
def test_what_is_no_token(world: World, header: str) -> None:
    answer = Api(None).get("campaigns/", Authorization=header)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_differing_in_one_place(world: World) -> None:
    token = world.token()
    last = "0" if token[-1] != "0" else "1"
    assert Api(token).get("campaigns/").status == 200
    assert Api(token[:-1] + last).get("campaigns/").body["code"] == "invalid_token"
    assert Api(token.upper()).get("campaigns/").status == 401


def test_revoked_expired_and_inactive_are_refused_and_kept(world: World) -> None:
    """Each refusal says which it is, and no row vanishes: an auditor finds all of them."""
    user = world.user("submitter")
    row, revoked = accounts.create_api_token(actor=ROOT, user=user, name="revoked")
    accounts.revoke_api_token(actor=ROOT, token=row.public_id)
    _, expired = accounts.create_api_token(
        actor=ROOT, user=user, name="expired", expires_at=clock.now() - timedelta(seconds=1)
    )
    alive = world.token()
    assert Api(revoked).get("campaigns/").body["code"] == "token_revoked"
    assert Api(expired).get("campaigns/").body["code"] == "token_expired"
    assert Api(alive).get("campaigns/").status == 200
    accounts.deactivate_user(actor=ROOT, user=user.pk)
    answer = Api(alive).get("campaigns/")
    assert (answer.status, answer.body["code"]) == (401, "user_inactive")
    assert ApiToken.objects.filter(user=user).count() == 3


def test_one_statement_and_a_note_of_use_once_a_minute(world: World) -> None:
    api = Api(world.token("access_manager"))
    with statements() as first:
        api.get("campaigns/")
    used = ApiToken.objects.get(user=world.people["access_manager"]).last_used_at
    with statements() as second:
        api.get("campaigns/")
    assert len(first) == len(second) + 1
    tokens = [sql for sql in second.sql if "accounts_apitoken" in sql]
    assert len(tokens) == 1
    assert 'JOIN "accounts_user"' in tokens[0]
    assert used == ApiToken.objects.get(user=world.people["access_manager"]).last_used_at
    ApiToken.objects.update(last_used_at=clock.now() - timedelta(seconds=61))
    api.get("campaigns/")
    assert ApiToken.objects.get(user=world.people["access_manager"]).last_used_at > used  # type: ignore[operator]


def test_expired_role_stops_counting_at_once(world: World) -> None:
    user = world.add_person("temp")
    accounts.grant_role(
        actor=ROOT, role="submitter", principal=user, scope=world.brand, expires_at=clock.now() - timedelta(seconds=1)
    )
    assert Api(world.token("temp")).get("ad-accounts/").body["results"] == []


def token_command(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_token", *arguments, stdout=out)
    return out.getvalue().strip().splitlines()[-1].strip()


def test_command_prints_a_token_that_works(world: World) -> None:
    for user in (world.people["submitter"], world.machine):
        token = token_command(user.email.upper(), "--name", "laptop")
        assert token.startswith("impr_")
        assert Api(token).get("ad-accounts/").status == 200
        stored = ApiToken.objects.get(user=user, name="laptop")
        assert token not in (stored.digest, stored.token_key)
        assert len(stored.digest) == 128


def test_command_with_an_end(world: World) -> None:
    token_command(world.people["submitter"].email, "--name", "short", "--days", "7")
    expiry = ApiToken.objects.get(name="short").expiry
    assert expiry is not None
    assert timedelta(days=6.9) < expiry - clock.now() <= timedelta(days=7)


def test_command_refuses(world: World) -> None:
    email = world.people["submitter"].email
    token_command(email, "--name", "laptop")
    for arguments, words in (
        (("nobody@example.test", "--name", "x"), "no such"),
        ((email, "--name", "laptop"), "already"),
        ((email, "--name", "x", "--days", "0"), "days"),
        ((email, "--name", ""), "name"),
    ):
        with pytest.raises(CommandError, match=words):
            token_command(*arguments)
    assert ApiToken.objects.count() == 1


def test_machines_are_machines(world: World) -> None:
    from accounts.actors import actor_for
    from core.actor import Channel

    assert actor_for(User.objects.get(pk=world.machine.pk), Channel.API).kind is ActorKind.SERVICE_ACCOUNT


def test_r56_an_act_with_a_token_says_when_the_token_was_made(world: World) -> None:
    """Somebody answered for it then, and nobody since."""
    token = world.token("submitter")
    made = ApiToken.objects.get(user=world.people["submitter"]).created
    draft = {"ad_account": str(world.account.pk), "name": "A", "objective": "traffic", "budget": {"mode": "daily", "amount": "80.00"}}
    assert Api(token).post("campaigns/", draft).status == 201
    entry = json.loads(AuditEvent.objects.get(action="campaigns.campaign.drafted").canonical)
    assert entry["actor"]["authentication"] == {"method": "token", "at": clock.rfc3339(made)}
