"""The rows of the workplace's pages of accounts, roles and access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.rows_access import administers, governs, looks_after, of_the_house, then
from tests.matrix.rules import FORBIDDEN, UNSEEN, Expected, Row, Rule, all_enter, entering, when
from tests.matrix.target import Names

Condition = Callable[[Principal], bool]
UNFOUND = Expected(422, hidden=True)
"""What a form says of a person or place that is not to be seen."""


def _opens(who: Principal) -> bool:
    """Whoever looks after access or audits anywhere opens these pages."""
    return who.anywhere("manage_access") or who.anywhere("audit")


def governing(inner: Rule) -> Rule:
    """`inner`, for those to whom these pages are open."""
    return entering(lambda who, answer: inner(who, answer) if _opens(who) else FORBIDDEN)


def tab(shown: Condition | None = None) -> Rule:
    """A page about one's own organisation; the object stands in it for whom `shown` says."""

    def rule(who: Principal, answer: int) -> Expected:
        may = None if shown is None else shown(who)
        return Expected(answer, allowed=bool(may), shown=may)

    return governing(rule)


def _at_home(who: Principal, answer: int) -> Expected:
    """What one does to one's own organisation: strangers do it to theirs."""
    may = administers(who) if who.is_insider else "manage_access" in who.elsewhere
    return Expected(answer, allowed=True) if may else Expected(403)


at_home = governing(_at_home)


def _form_at_home(who: Principal, answer: int) -> Expected:
    """A form is shown to those who may send it."""
    return Expected(answer) if _at_home(who, answer).allowed else FORBIDDEN


form_at_home = governing(_form_at_home)


def form(seen: Condition, may: Condition) -> Rule:
    """A form about something: 404 unless `seen`, 403 unless they `may`."""
    return entering(then(seen, may))


def looked_after(seen: Condition, level: str) -> Rule:
    """The page of a place: 404 unless `seen`, 403 to whoever does not look after it."""
    rule = then(seen, looks_after(level))
    return entering(lambda who, answer: FORBIDDEN if (found := rule(who, answer)).status == 403 else found)


def _sees(level: str) -> Condition:
    return lambda who: who.may("view", level)


def _manages(level: str) -> Condition:
    return lambda who: who.may("manage_access", level)


def _move(who: Principal, answer: int) -> Expected:
    """From a brand to another: both have to be one's own."""
    if not who.may("view", "account"):
        return UNSEEN
    if not who.may("manage_access", "account"):
        return FORBIDDEN
    return Expected(answer, allowed=True) if administers(who) else Expected(422)


def _moving(who: Principal, answer: int) -> Expected:
    found = then(_sees("account"), _manages("account"))(who, answer)
    return FORBIDDEN if found.status == 403 else found


def _role(who: Principal, answer: int) -> Expected:
    return then(lambda each: each.is_insider, administers)(who, answer)


def _give(who: Principal, answer: int) -> Expected:
    if not (who.governs and who.may("view", "brand")):
        return UNFOUND
    return Expected(answer, allowed=True) if who.may("manage_access", "brand") else Expected(403)


def _give_form(who: Principal, answer: int) -> Expected:
    return Expected(answer) if who.anywhere("manage_access") else FORBIDDEN


def _ask(who: Principal, answer: int) -> Expected:
    if not who.may("view", "account"):
        return UNFOUND
    return Expected(answer, allowed=True) if looks_after("account")(who) else FORBIDDEN


def _second_word(proposer: int) -> Rule:
    """About what is awaited on the brand; `proposer`: the answer to whoever proposed it."""

    def rule(who: Principal, answer: int) -> Expected:
        if not who.anywhere("manage_access"):
            return FORBIDDEN
        if not who.may("manage_access", "brand"):
            return UNSEEN
        return Expected(403) if who.name == "access_manager" and proposer == 403 else Expected(answer, allowed=True)

    return governing(rule)


def _review(who: Principal, answer: int) -> Expected:
    return then(looks_after("brand"), _manages("brand"))(who, answer)


# --- forms ------------------------------------------------------------------------------------------------------------------


def _of(name: str) -> dict[str, str]:
    return {"identifier": name}


def _place(kind: str, name: str) -> dict[str, str]:
    return {"kind": f"={kind}", "identifier": name}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _person(names: Names) -> dict[str, Any]:
    return {"name": "Fresh", "email": "fresh@quokka.example", "language": "en"}


def _title(names: Names) -> dict[str, Any]:
    return {"title": "Fresh", "permissions": ["publish"]}


def _account(names: Names) -> dict[str, Any]:
    return {"name": "Fresh", "external_id": "fresh-1", "currency": "USD", "timezone": "Europe/Berlin", "country": "DE"}


def _identity(names: Names) -> dict[str, Any]:
    return {"handle": "fresh", "external_id": "fresh-1", "identity_type": "TT_USER"}


def _grant(names: Names) -> dict[str, Any]:
    return {"who": names.newcomer_email, "role": "operator", "scope": f"brand:{names.brand}"}


REVIEW_VERBS = ("right", "end")
"""test_rows.py compares them with what the review takes."""


def _reviewed(verb: str) -> Callable[[Names], dict[str, Any]]:
    return lambda names: {"verb": verb, "row": names.grant}


PEOPLE = [
    Row("GET admin:access", tab(governs), query="?q=colleague", shows="user"),
    Row("GET admin:access_person_new", form_at_home),
    Row("POST admin:access_person_new", at_home, 303, body=_person),
    Row("GET admin:access_person", entering(when(governs)), url=_of("user"), shows="user_email"),
    Row("POST admin:access_person_edit", form(governs, administers), 303, url=_of("user"), body=_person, sought=True),
    Row(
        "POST admin:access_person_join", form(governs, administers), 303, url=_of("newcomer"), sought=True,
        body=lambda names: {"group": names.group},
    ),
    Row("POST admin:access_machine_new", form(governs, administers), 303, url=_of("user"), body=_person, sought=True),
    Row("GET admin:access_deactivate", entering(when(governs)), url=_of("user"), shows="user_email"),
    Row("POST admin:access_deactivate", form(governs, administers), 303, url=_of("user"), body=_nothing, sought=True),
    Row("POST admin:access_reactivate", form(governs, administers), 303, url=_of("gone"), body=_nothing, sought=True),
    Row("GET admin:access_grant_end", entering(when(looks_after("brand"))), url=_of("grant")),
    Row(
        "POST admin:access_grant_end", form(looks_after("brand"), _manages("brand")), 303, url=_of("grant"), body=_nothing,
        sought=True,
    ),
    Row("GET admin:access_membership_end", entering(when(governs)), url=_of("membership")),
    Row("POST admin:access_membership_end", form(governs, administers), 303, url=_of("membership"), body=_nothing, sought=True),
    Row("GET admin:access_groups", tab(governs), shows="group"),
    Row("GET admin:access_group_new", form_at_home),
    Row("POST admin:access_group_new", at_home, 303, body=_title),
    Row("GET admin:access_group", entering(when(governs)), url=_of("group"), shows="group_title"),
    Row("POST admin:access_group_rename", form(governs, administers), 303, url=_of("group"), body=_title, sought=True),
    Row(
        "POST admin:access_group_join", form(governs, administers), 303, url=_of("group"), sought=True,
        body=lambda names: {"user": names.newcomer_email},
    ),
]  # fmt: skip

KINDS = {"organisation": "organisation", "brand": "brand", "ad_account": "account", "page": "page"}


def _seen(kind: str) -> Condition:
    return of_the_house if kind == "organisation" else _sees(KINDS[kind])


PLACES = [
    Row("GET admin:access_places", tab(looks_after("brand")), shows="brand"),
    *(
        Row("GET admin:access_place", looked_after(_seen(kind), level), url=_place(kind, level), note=kind)
        for kind, level in KINDS.items()
    ),
    *(
        Row(
            "POST admin:access_place_rename", form(_seen(kind), _manages(level)), 303, url=_place(kind, level), note=kind,
            body=lambda names: {"name": "Fresh"}, sought=True,
        )
        for kind, level in KINDS.items()
    ),
    Row(
        "POST admin:access_brand_new", form(of_the_house, administers), 303, url=_place("organisation", "organisation"),
        body=lambda names: {"name": "Fresh"}, sought=True,
    ),
    Row(
        "POST admin:access_account_new", form(_sees("brand"), _manages("brand")), 303, url=_place("brand", "brand"), body=_account,
        sought=True,
    ),
    Row(
        "POST admin:access_page_new", form(_sees("brand"), _manages("brand")), 303, url=_place("brand", "brand"), body=_identity,
        sought=True,
    ),
    Row(
        "POST admin:access_links", form(_sees("account"), _manages("account")), 303, url=_place("ad_account", "account"),
        body=lambda names: {"pages": [names.page]}, sought=True,
    ),
    Row("GET admin:access_move", entering(_moving), url=_of("account")),
    Row(
        "POST admin:access_move", entering(_move), 303, url=_of("account"), body=lambda names: {"brand": names.other_brand},
        sought=True,
    ),
]  # fmt: skip

ROLES = [
    Row("GET admin:access_roles", tab(governs), shows="role"),
    Row("GET admin:access_role_new", form_at_home),
    Row("POST admin:access_role_new", at_home, 303, body=_title),
    Row("GET admin:access_role", governing(when(lambda who: who.is_insider)), url=_of("role"), shows="role_title"),
    Row("POST admin:access_role", governing(_role), 303, url=_of("role"), body=_title, sought=True),
    Row("GET admin:access_give", governing(_give_form)),
    Row("POST admin:access_give", governing(_give), 303, body=_grant, kept=("newcomer_email",)),
    Row("GET admin:access_who", governing(_ask), query="?permission=submit&scope=ad_account:{account}"),
    Row("GET admin:access_waiting", tab(_manages("brand")), shows="awaited"),
    Row("POST admin:access_confirm", _second_word(403), 303, url=_of("awaited"), body=_nothing),
    Row("POST admin:access_decline", _second_word(303), 303, url=_of("awaited"), body=_nothing),
    Row("GET admin:access_review", tab()),
    *(
        Row("POST admin:access_review", governing(_review), 303, body=_reviewed(verb), sought=True, note=verb)
        for verb in REVIEW_VERBS
    ),
    Row("GET admin:access_export", tab(governs), shows="user_email"),
    Row("GET admin:access_policy", tab()),
    Row("POST admin:access_policy", at_home, 303, body=lambda names: {"two_managers": "on"}),
    Row("GET admin:tokens", all_enter),
    Row(
        "POST admin:tokens", entering(lambda who, answer: Expected(answer, allowed=True)), 201,
        body=lambda names: {"name": "Fresh", "owner": names.me},
    ),
    Row(
        "POST admin:tokens", entering(lambda who, answer: Expected(422)), 201, note="for another",
        body=lambda names: {"name": "Fresh", "owner": names.user},
    ),
    Row("GET admin:token_revoke", entering(when(administers)), url=_of("token")),
    Row("POST admin:token_revoke", form(administers, administers), 303, url=_of("token"), body=_nothing, sought=True),
]  # fmt: skip

ROWS = [*PEOPLE, *PLACES, *ROLES]
