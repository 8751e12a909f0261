"""Setting up an organisation from a plan: what a new installation needs before anybody can work in it.

Everything goes through the services, as the console's own act, and stands in the log. Each service has a transaction of its
own, so that a process that is killed half-way leaves half an organisation: the plan is judged whole beforehand
(config.organisation_plan), what is there already is left as it is, and the same command again makes the rest. The approval
policy comes last; whoever has one is set up and is not touched any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts import services as accounts
from accounts.models import SCOPE_FIELD, AdAccount, Brand, Membership, Organisation, Page, RoleGrant, User, UserGroup
from approvals.services import publish_policy
from config.organisation_plan import EVERYWHERE, Plan
from core.actor import Channel, system
from governance.defaults import NAME, brand_rules, seed_platform_rules
from governance.models import RuleSet
from governance.services import publish_rule_set


@dataclass(slots=True)
class Made:
    """What is there so far, by name."""

    organisation: Organisation
    scopes: dict[str, Organisation | Brand | AdAccount] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)


def set_up(plan: Plan) -> Made:
    """Carry out a plan that was judged (organisation_plan.read), or the rest of it."""
    slug = plan["slug"]
    held = Organisation.objects.filter(slug=slug).first()
    made = Made(held or accounts.create_organisation(actor=_root(), name=plan["name"], slug=slug))
    made.scopes[EVERYWHERE] = made.organisation
    for brand in plan["brands"]:
        _brand(made, brand)
    for group in plan["groups"]:
        made.groups[group["title"]] = _group(made, group["title"])
        _roles(made, made.groups[group["title"]], group["roles"])
    for person in plan["people"]:
        _person(made, person)
    for machine in plan["service_accounts"]:
        _machine(made, machine)
    _rules(f"{slug}-platform", NAME, seed_platform_rules(), made.organisation)
    policy = plan["policy"]
    publish_policy(
        actor=_root(), key=f"{slug}-policy", title=policy["title"], stages=policy["stages"], scope=made.organisation
    )
    return made


def _root() -> Any:
    return system(Channel.COMMAND)


def _brand(made: Made, plan: Plan) -> None:
    name, organisation = plan["name"], made.organisation
    held = Brand.objects.filter(organisation=organisation, name=name).select_related("organisation").first()
    brand = held or accounts.create_brand(actor=_root(), organisation=organisation, name=name)
    made.scopes[name] = brand
    pages = [_page(brand, page) for page in plan["pages"]]
    for account in plan["ad_accounts"]:
        there = AdAccount.objects.filter(channel=account["channel"], external_id=account["external_id"])
        made.scopes[account["name"]] = there.select_related("brand__organisation").first() or accounts.create_ad_account(
            actor=_root(), brand=brand, pages=pages, **account
        )
    rules = brand_rules(plan["domains"], plan["forbidden_words"])
    _rules(f"{organisation.slug}-{brand.pk}", f"{name}: brand guidelines", rules, brand)


def _page(brand: Brand, plan: Plan) -> Page:
    held = Page.objects.filter(brand=brand, external_id=plan["external_id"]).first()
    return held or accounts.create_page(actor=_root(), brand=brand, **plan)


def _rules(key: str, title: str, rules: Any, scope: Organisation | Brand) -> None:
    if not RuleSet.objects.filter(key=key).exists():
        publish_rule_set(actor=_root(), key=key, title=title, rules=rules, scope=scope)


def _group(made: Made, title: str) -> UserGroup:
    held = UserGroup.objects.filter(organisation=made.organisation, title=title).select_related("organisation").first()
    return held or accounts.create_user_group(actor=_root(), organisation=made.organisation, title=title)


def _person(made: Made, plan: Plan) -> None:
    row = _principal(plan["email"]) or accounts.create_person(
        actor=_root(), organisation=made.organisation, email=plan["email"], name=plan["name"], language=plan["language"]
    )
    made.people[row.email] = row
    for title in plan["groups"]:
        if not Membership.objects.filter(group=made.groups[title], user=row).exists():
            accounts.add_member(actor=_root(), group=made.groups[title], user=row)
    _roles(made, row, plan["roles"])


def _machine(made: Made, plan: Plan) -> None:
    make: Callable[..., User] = accounts.create_service_account
    owner = made.people[plan["owner"].strip().lower()]
    row = _principal(plan["email"]) or make(actor=_root(), owner=owner, email=plan["email"], name=plan["name"])
    _roles(made, row, plan["roles"])


def _principal(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).select_related("organisation").first()


def _roles(made: Made, principal: User | UserGroup, roles: Any) -> None:
    """Grants that were never given: one that was ended meanwhile stays ended."""
    who = "user" if isinstance(principal, User) else "group"
    for role, place in roles:
        scope = made.scopes[place]
        if not RoleGrant.objects.filter(role=role, **{who: principal, SCOPE_FIELD[type(scope)]: scope}).exists():
            accounts.grant_role(actor=_root(), role=role, principal=principal, scope=scope)
