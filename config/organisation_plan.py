"""The plan of an organisation (docs/organisation.example.json): read, and judged whole before anything is made.

What the services would refuse is found here first, with the place in the plan, so that an organisation is not half made
because of a misspelt role.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from accounts import names
from accounts.channels import CHANNELS, TIKTOK, check_facts
from accounts.duties import Holding, clashes
from accounts.models import AdAccount, Organisation, User
from accounts.roles import ROLES
from api.errors import flatten
from api.fields import Choice, Strict, Text, texts
from api.v1.users.serializers import LANGUAGES, Email
from approvals.models import ApprovalPolicy
from approvals.stage_specs import parse_stages
from core.errors import Invalid
from core.ids import uuid7
from core.text import folded
from governance.contract import Binding, InvalidParams
from governance.defaults import brand_rules
from governance.registry import validate_binding

Plan = Mapping[str, Any]
Problem = tuple[str, str]
"""Where in the plan, and what is wrong."""
EVERYWHERE: Final = "*"


class PlanRefused(Exception):
    """The plan cannot be carried out; nothing was made. `problems` are for people, in English like all of the console."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{path}: {words}" if path else words for path, words in problems))
        self.problems = tuple(problems)


# --- shape --------------------------------------------------------------------------------------------------------------


class PagePlan(Strict):
    external_id = Text(max_length=64)
    identity_type = Choice(choices=CHANNELS[TIKTOK].identity_types)
    handle = Text(max_length=100)


class AccountPlan(Strict):
    name = Text(max_length=200)
    channel = Choice(choices=list(CHANNELS), default=TIKTOK)
    external_id = Text(max_length=64)
    currency = Text(max_length=3)
    timezone = Text(max_length=64)
    country = Text(max_length=2)


class BrandPlan(Strict):
    name = Text(max_length=200)
    domains = texts(253, 1000)
    forbidden_words = texts(200, 10_000, default=list)
    pages = PagePlan(many=True, default=list)
    ad_accounts = AccountPlan(many=True)


def _roles() -> serializers.ListField:
    """Pairs of a role and where it holds: `*`, a brand or an ad account."""
    pair = serializers.ListField(child=Text(max_length=200), min_length=2, max_length=2)
    return serializers.ListField(child=pair, default=list)


class GroupPlan(Strict):
    title = Text(max_length=100)
    roles = _roles()


class PersonPlan(Strict):
    email = Email(max_length=254)
    name = Text(max_length=200)
    language = Choice(choices=LANGUAGES, default="en")
    groups = texts(100, 100, default=list)
    roles = _roles()


class MachinePlan(Strict):
    email = Email(max_length=254)
    name = Text(max_length=200)
    owner = Text(max_length=254)
    roles = _roles()


class PolicyPlan(Strict):
    title = Text(max_length=200)
    stages = serializers.ListField(child=serializers.DictField())


class OrganisationPlan(Strict):
    name = Text(max_length=200)
    slug = serializers.SlugField(max_length=80)
    brands = BrandPlan(many=True)
    groups = GroupPlan(many=True, default=list)
    people = PersonPlan(many=True)
    service_accounts = MachinePlan(many=True, default=list)
    policy = PolicyPlan()


def read(content: Any) -> Plan:
    """A plan that can be carried out, with its defaults and names as they are kept. Raises PlanRefused with all that is
    wrong in it."""
    shape = OrganisationPlan(data=content)
    if not shape.is_valid():
        raise PlanRefused([(each.field, str(each.words)) for each in flatten(shape.errors)])
    plan: Plan = shape.validated_data
    problems = [*_names(plan), *_facts(plan), *_references(plan)] or [*_duties(plan), *_managers(plan), *_held(plan)]
    if problems:
        raise PlanRefused(problems)
    return plan


# --- what it says -----------------------------------------------------------------------------------------------------------


def _listed(plan: Plan, *path: str) -> Iterator[tuple[str, Any]]:
    """(place in the plan, line) of all lines of a list, or of a list within a list."""
    for number, line in enumerate(plan[path[0]]):
        where = f"{path[0]}.{number}"
        yield from ((where, line),) if len(path) == 1 else ((f"{where}.{below}", each) for below, each in _listed(line, *path[1:]))


def _refused(where: str, judge: Callable[[], object]) -> Iterator[Problem]:
    """What a service would say."""
    try:
        judge()
    except Invalid as error:
        yield from ((f"{where}.{each.field}" if where else each.field, str(each.words)) for each in error.errors)


def _tidied(line: Any, field: str, longest: int) -> None:
    line[field] = names.name(line[field], longest, field)


def _names(plan: Plan) -> Iterator[Problem]:
    """Every name as it is kept; nothing is called twice."""
    everybody = [*_listed(plan, "people"), *_listed(plan, "service_accounts")]
    places, groups = [*_places(plan)], [*_listed(plan, "groups")]
    for field, longest, lines in (
        ("name", names.LONG, [("", plan), *places, *everybody]), ("title", names.SHORT, groups),
        ("handle", names.SHORT, [*_listed(plan, "brands", "pages")]),
    ):  # fmt: skip
        for where, line in lines:
            yield from _refused(where, partial(_tidied, line, field, longest))
    yield from _called_once(plan, places, groups, everybody)


Lines = Sequence[tuple[str, Any]]


def _called_once(plan: Plan, places: Lines, groups: Lines, everybody: Lines) -> Iterator[Problem]:
    yield from _twice(places, lambda line: folded(line["name"]), "Another brand or ad account is called so.")
    yield from _twice(groups, lambda line: folded(line["title"]), "Another group is called so.")
    yield from _twice(everybody, lambda line: line["email"].strip().lower(), "Somebody else has this address.")
    accounts = [*_listed(plan, "brands", "ad_accounts")]
    yield from _twice(accounts, lambda line: (line["channel"], line["external_id"]), "Another ad account has this external_id.")
    for brand, line in _listed(plan, "brands"):
        pages = [(f"{brand}.{where}", page) for where, page in _listed(line, "pages")]
        yield from _twice(pages, lambda page: page["external_id"], "Another page of the brand has this external_id.")


def _twice(lines: Lines, key: Callable[[Any], Any], words: str) -> Iterator[Problem]:
    seen = Counter(key(line) for _where, line in lines)
    for where, line in lines:
        if seen[key(line)] > 1:
            yield where, words


def _facts(plan: Plan) -> Iterator[Problem]:
    """Currencies, time zones, countries, ids; rules and stages."""
    for where, line in chain(_listed(plan, "brands", "ad_accounts"), _listed(plan, "brands", "pages")):
        yield from _refused(where, partial(names.channel_id, line["external_id"]))
    for where, line in _listed(plan, "brands", "ad_accounts"):
        facts = (line["channel"], line["currency"], line["timezone"], line["country"])
        yield from _refused(where, partial(check_facts, *facts))
    for where, line in _listed(plan, "brands"):
        for rule in brand_rules(line["domains"], line["forbidden_words"]):
            try:
                validate_binding(Binding.from_json(rule))
            except InvalidParams as error:
                yield f"{where}.{error.path.rpartition('.')[2]}", str(error)
    yield from _refused("policy", lambda: parse_stages(plan["policy"]["stages"]))


def _references(plan: Plan) -> Iterator[Problem]:
    """Roles, places, groups and owners that the plan names are there."""
    places = {EVERYWHERE, *(line["name"] for _where, line in _places(plan))}
    groups, people = {line["title"] for line in plan["groups"]}, {line["email"].lower() for line in plan["people"]}
    for where, line in _principals(plan):
        for number, (role, place) in enumerate(line["roles"]):
            if role not in ROLES:
                yield f"{where}.roles.{number}", f"There is no role “{role}”. Choose one of {', '.join(ROLES)}."
            if place not in places:
                yield f"{where}.roles.{number}", f"There is no brand or ad account called “{place}” in the plan; “*” is all of it."
    for where, line in _listed(plan, "people"):
        for title in line["groups"]:
            if title not in groups:
                yield f"{where}.groups", f"There is no group called “{title}” in the plan."
    for where, line in _listed(plan, "service_accounts"):
        if line["owner"].strip().lower() not in people:
            yield f"{where}.owner", f"Nobody in the plan has the address “{line['owner']}”."


def _places(plan: Plan) -> Iterator[tuple[str, Any]]:
    return chain(_listed(plan, "brands"), _listed(plan, "brands", "ad_accounts"))


def _principals(plan: Plan) -> Iterator[tuple[str, Any]]:
    return chain(_listed(plan, "groups"), _listed(plan, "people"), _listed(plan, "service_accounts"))


# --- who would hold what ------------------------------------------------------------------------------------------------------


def held_by(plan: Plan, person: Any) -> list[tuple[str, str]]:
    """What a person of the plan would hold, directly and through groups: (role, place)."""
    own = [line["roles"] for line in plan["groups"] if line["title"] in person["groups"]]
    return [(role, place) for roles in (*own, person["roles"]) for role, place in roles]


def _duties(plan: Plan) -> Iterator[Problem]:
    """Nobody would hold, with their machines, what is kept apart (R-60)."""
    chains = _chains(plan)
    for where, person in _listed(plan, "people"):
        machines = [each for each in plan["service_accounts"] if each["owner"].strip().lower() == person["email"].lower()]
        roles = [*held_by(plan, person), *(pair for each in machines for pair in each["roles"])]
        holdings = [Holding(uuid7(), role, ROLES[role], chains[place], place) for role, place in roles]
        for clash in clashes(holdings, ()):
            yield where, f"“{clash.one.role}” and “{clash.other.role}” are duties that are kept apart; give them to two people."

def _chains(plan: Plan) -> dict[str, tuple[UUID, ...]]:
    """Place → stand-ins for its id and those above it, as accounts.duties judges by."""
    top = uuid7()
    found: dict[str, tuple[UUID, ...]] = {EVERYWHERE: (top,)}
    for brand in plan["brands"]:
        own = uuid7()
        found[brand["name"]] = (own, top)
        found |= {account["name"]: (uuid7(), own, top) for account in brand["ad_accounts"]}
    return found


def holders(plan: Plan, role: str) -> list[str]:
    """The addresses of the people who would hold a role everywhere."""
    return [person["email"] for person in plan["people"] if (role, EVERYWHERE) in held_by(plan, person)]


def _managers(plan: Plan) -> Iterator[Problem]:
    if not holders(plan, "access_manager"):
        words = 'Nobody would manage access: give one person, better two, the role ["access_manager", "*"].'
        yield "people", words


def warnings(plan: Plan) -> Iterator[str]:
    """What can be carried out and will be missed."""
    if len(holders(plan, "access_manager")) == 1:
        yield "Only one person manages access: nobody could confirm what they propose, or give it back to them."
    if not holders(plan, "policy_manager"):
        yield "Nobody manages policy: rule sets and approval policies are changed at the console alone."
    given = {code for person in plan["people"] for role, _place in held_by(plan, person) for code in ROLES[role]}
    for stage in plan["policy"]["stages"]:
        if stage["permission"] not in given:
            yield f"Nobody can decide the stage “{stage['title']}”: no person has a role with {stage['permission']}."


def _held(plan: Plan) -> Iterable[Problem]:
    """What is unique in the whole installation is free, or this very organisation's, which is being finished."""
    organisation = Organisation.objects.filter(slug=plan["slug"]).first()
    if organisation is not None and (is_finished(organisation) or organisation.name != plan["name"]):
        yield "slug", f"{organisation} ({organisation.slug}) is set up already; its access managers look after it."
        return
    people = User.objects.exclude(organisation__in=[organisation] if organisation else [])
    for where, line in chain(_listed(plan, "people"), _listed(plan, "service_accounts")):
        if people.filter(email=line["email"].strip().lower()).exists():
            yield f"{where}.email", "Somebody of another organisation has this address."
    accounts = AdAccount.objects.exclude(brand__organisation__in=[organisation] if organisation else [])
    for where, line in _listed(plan, "brands", "ad_accounts"):
        if accounts.filter(channel=line["channel"], external_id=line["external_id"]).exists():
            yield f"{where}.external_id", "An ad account of another organisation has this id."


def is_finished(organisation: Organisation) -> bool:
    """Whether its set-up came to the end: the approval policy is the last thing that is made."""
    return ApprovalPolicy.objects.filter(organisation=organisation).exists()
