"""Setting up an organisation from a plan: what a new installation needs before anybody can work in it.

The plan is JSON (docs/organisation.example.json). Everything goes through the services, as the console's own act, and
stands in the log. People are made without a password and sent a link for setting their own; where no mail goes out,
`manage.py changepassword <email>` gives them their first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts import services as accounts
from accounts.models import AdAccount, Brand, Organisation, User, UserGroup
from approvals.services import publish_policy
from core.actor import Channel, system
from core.errors import Invalid
from governance.defaults import NAME, brand_rules, seed_platform_rules
from governance.services import publish_rule_set

Plan = Mapping[str, Any]


@dataclass(slots=True)
class Made:
    """What was made so far, by name."""

    organisation: Organisation
    scopes: dict[str, Organisation | Brand | AdAccount] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def scope(self, name: str) -> Organisation | Brand | AdAccount:
        """The organisation (`*`), a brand or an ad account by its name. Raises Invalid."""
        if name == "*":
            return self.organisation
        if name not in self.scopes:
            raise Invalid.field("roles", "unknown_scope", f"There is no brand or ad account called “{name}” in the plan.")
        return self.scopes[name]


def set_up(plan: Plan) -> Made:
    """Carry a plan out. Raises Invalid, KeyError when the plan lacks something, IntegrityError for names that are taken."""
    root = system(Channel.COMMAND)
    made = Made(accounts.create_organisation(actor=root, name=plan["name"], slug=plan["slug"]))
    for brand in plan["brands"]:
        _brand(made, brand)
    for group in plan.get("groups", ()):
        row = accounts.create_user_group(actor=root, organisation=made.organisation, title=group["title"])
        made.groups[group["title"]] = row
        _roles(made, row, group.get("roles", ()))
    for person in plan["people"]:
        _person(made, person)
    for machine in plan.get("service_accounts", ()):
        owner = made.people[machine["owner"]]
        account = accounts.create_service_account(actor=root, owner=owner, email=machine["email"], name=machine["name"])
        _roles(made, account, machine.get("roles", ()))
    slug = made.organisation.slug
    publish_rule_set(
        actor=root, key=f"{slug}-platform", title=NAME, rules=seed_platform_rules(), scope=made.organisation
    )
    publish_policy(
        actor=root, key=f"{slug}-policy", title=plan["policy"]["title"], stages=plan["policy"]["stages"], scope=made.organisation
    )
    return made


def _brand(made: Made, plan: Plan) -> None:
    root = system(Channel.COMMAND)
    brand = accounts.create_brand(actor=root, organisation=made.organisation, name=plan["name"])
    made.scopes[plan["name"]] = brand
    pages = [
        accounts.create_page(
            actor=root, brand=brand, external_id=page["external_id"], identity_type=page["identity_type"], handle=page["handle"]
        )
        for page in plan.get("pages", ())
    ]
    for account in plan["ad_accounts"]:
        made.scopes[account["name"]] = accounts.create_ad_account(
            actor=root, brand=brand, external_id=account["external_id"], name=account["name"], currency=account["currency"],
            timezone=account["timezone"], country=account["country"], pages=pages,
        )  # fmt: skip
    lines = brand_rules(plan["domains"], plan.get("forbidden_words", ()))
    key = f"{made.organisation.slug}-{brand.pk}"
    publish_rule_set(actor=root, key=key, title=f"{brand.name}: brand guidelines", rules=lines, scope=brand)


def _person(made: Made, plan: Plan) -> None:
    root = system(Channel.COMMAND)
    row = accounts.create_person(
        actor=root, organisation=made.organisation, email=plan["email"], name=plan["name"], language=plan.get("language", "en")
    )
    made.people[plan["email"]] = row
    for title in plan.get("groups", ()):
        accounts.add_member(actor=root, group=made.groups[title], user=row)
    _roles(made, row, plan.get("roles", ()))


def _roles(made: Made, principal: User | UserGroup, roles: Any) -> None:
    for role, scope in roles:
        accounts.grant_role(actor=system(Channel.COMMAND), role=role, principal=principal, scope=made.scope(scope))
