"""What everybody asks for: one organisation with at least one object of everything that an address can name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings

from accounts import lockout
from accounts import services as accounts
from accounts.models import Membership
from approvals.anchors import Anchor
from approvals.models import ApprovalRequest, Clearance, Compromise
from approvals.services import (
    comment,
    declare_compromised,
    publish_policy,
    resolve_comment,
    set_calendar,
    set_envelope,
    set_freeze,
)
from audit.models import AuditEvent
from campaigns.models import Revision
from core import clock
from core.ids import uuid7
from core.money import Money
from governance.models import BudgetMinimum, CheckRun, Finding
from governance.services import propose_waiver, publish_rule_set, start_replay
from governance.tasks import replay_chunk
from notices import reading
from notices.kinds import Kind
from notices.models import Notice
from publishing.models import DriftFinding
from publishing.services import request_publication
from tests import builders
from tests.builders import ROOT, World

OURS = ("audit", "accounts", "campaigns", "governance", "approvals", "publishing", "notices")
NO_ROW = "2147483647"
PEOPLE, ACCESS, ORGANISATION, BUSINESS, SIBLING = "people", "access", "organisation", "business", "sibling"
"""Kinds of secrets: who belongs to the organisation, what they hold and by which groups, that it exists and what its roles
and rules are, everything below its brand, and its other ad account."""


@dataclass
class Target:
    """The world with its objects by name, and all that strangers may not learn: text → kind of secret."""

    world: World
    objects: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)

    def names(self) -> Names:
        """The ids of the objects, as a body or address names them."""
        found = {name: str(_public(each)) for name, each in self.objects.items()}
        found |= {f"{name}_pk": str(each.pk) for name, each in self.objects.items()}
        found |= {f"{name}_email": self.objects[name].email for name in ("user", "newcomer", "lender", "heir")}
        found["waiver_reason"] = self.objects["waiver"].reason
        found["user_name"] = self.objects["user"].name
        return Names(self, found | {f"{name}_title": self.objects[name].title for name in ("group", "role")})

    def missing(self, kept: tuple[str, ...] = ()) -> Names:
        """The same, of things that are nowhere, but for those that are kept."""
        there = self.names().ids
        found = {name: str(uuid7()) for name in self.objects}
        keys = {f"{name}_pk": found[name] if _is_uuid(each.pk) else NO_ROW for name, each in self.objects.items()}
        emails = {f"{name}_email": "nowhere@quokka.example" for name in ("user", "newcomer", "lender", "heir")}
        return Names(self, found | keys | emails | {name: there[name] for name in kept})


@dataclass(frozen=True)
class Names:
    """`names.campaign` is the id of the campaign as the API names it, `names.group_pk` the key of the row."""

    target: Target
    ids: dict[str, str]

    def __getattr__(self, name: str) -> str:
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(f"tests/matrix/target.py builds no “{name}”") from None

    @property
    def digest(self) -> str:
        """What the request under review says of itself."""
        return str(self.target.objects["request"].digest)


def _public(each: Any) -> Any:
    """Groups and tokens are named by an id that is not their key."""
    return getattr(each, "public_id", each.pk)


def _is_uuid(key: Any) -> bool:
    try:
        return bool(UUID(str(key)))
    except ValueError:
        return False


def build() -> Target:
    """Everything by the real services; needs a database."""
    world = builders.organisation("Quokka")
    objects = {**_place(world), **_people(world), **_work(world), **_rules(world), **_envelopes(world), **_policies(world)}
    objects |= _notices(world, objects["request"])
    target = Target(world, objects)
    _learn(target)
    return target


def _place(world: World) -> dict[str, Any]:
    return {
        "organisation": world.organisation, "brand": world.brand, "page": world.page, "account": world.account,
        "second_account": world.second_account,
    }  # fmt: skip


def _people(world: World) -> dict[str, Any]:
    """Objects of access management. `colleague` holds a role by a grant and by a group, has a token, and asks nothing."""
    organisation = world.organisation
    colleague, gone = world.add_person("colleague"), world.add_person("gone")
    accounts.deactivate_user(actor=ROOT, user=gone.pk)
    locked_out, two_factors = world.add_person("locked-out"), world.add_person("two-factors")
    for _try in range(int(settings.AXES_FAILURE_LIMIT)):
        lockout.reserve(locked_out.email)
    Authenticator.objects.create(user=two_factors, type=Authenticator.Type.TOTP, data={})
    group = accounts.create_user_group(actor=ROOT, organisation=organisation, title="Quokka editors")
    accounts.add_member(actor=ROOT, group=group, user=colleague)
    role = accounts.create_role(actor=ROOT, organisation=organisation, title="Quokka reader", permissions=["operate"])
    grant = accounts.grant_role(actor=ROOT, role="publisher", principal=colleague, scope=world.brand)
    accounts.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.account)
    token, _text = accounts.create_api_token(actor=ROOT, user=colleague, name="Quokka laptop")
    Authenticator.objects.create(user=colleague, type="webauthn", data={"name": "Key", "credential": {}})
    while lockout.reserve(colleague.email):
        pass
    return {
        "user": colleague, "newcomer": world.add_person("newcomer"), "gone": gone, "machine": world.machine, "group": group, "role": role,
        "grant": grant, "token": token, "membership": Membership.objects.get(group=group, user=colleague),
        "locked_out": locked_out, "two_factors": two_factors, **_deputies(world), "compromise": _compromise(world),
    }  # fmt: skip


def _deputies(world: World) -> dict[str, Any]:
    """Two who decide what no stage here asks for, one for the other, who is away."""
    lender, heir = (world.add_person(name, "legal_approver") for name in ("lender", "heir"))
    until = clock.now() + timedelta(days=7)
    delegation = accounts.delegate(
        actor=ROOT, delegator=lender, deputy=heir, scope=world.brand, permissions=["approve_legal"], expires_at=until
    )
    absence = accounts.record_absence(actor=ROOT, user=lender, expires_at=until)
    limit = accounts.give_limit(actor=ROOT, user=lender, scope=world.brand, amount=Money(500_000, "USD"))
    return {"lender": lender, "heir": heir, "delegation": delegation, "absence": absence, "limit": limit}


def _compromise(world: World) -> Compromise:
    """Somebody who decided nothing, and whose account another had in hand."""
    guardian, taken = world.add_person("guardian"), world.add_person("taken")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=guardian, scope=world.organisation)
    return declare_compromised(
        actor=world.actor("guardian"), user=taken.pk, since=clock.now() - timedelta(hours=1), reason="Quokka laptop lost"
    )


def _work(world: World) -> dict[str, Any]:
    """Drafts that nobody has put forward, and requests under review, approved, and being published."""
    tree = world.tree()
    request = world.request("in_review")
    approved = world.request("approved", publish="manual")
    published = world.request("approved", publish="manual")
    publication = request_publication(actor=world.actor("publisher"), request=published.pk)[0]
    drift = DriftFinding.objects.create(  # only the dispatch of a publication writes these otherwise
        ad_account=world.account, entity_type="campaign", entity_id=world.tree_of[published.pk].campaign.pk, field="name",
        cleared="a", live="b", found_at=clock.now(),
    )  # fmt: skip
    run = CheckRun.objects.filter(request_items__request=request).order_by("pk").first()
    said, settled = (
        comment(
            actor=world.actor("content"), request=request.pk, text=text, revision=request.items.get(entity_type="ad").revision_id,
            anchor=Anchor("/copy/text"),
        ) for text in ("Quokka louder", "Quokka softer")
    )  # fmt: skip
    resolve_comment(actor=world.actor("content"), request=request.pk, comment=settled.pk)
    return {
        "comment": said, "settled_comment": settled,
        "campaign": tree.campaign, "ad_group": tree.ad_group, "ad": tree.ad, "media": tree.ad.media.get(),
        "reviewed_ad": world.tree_of[request.pk].ad, "request": request, "approved": approved, "published": published,
        "publication": publication, "drift": drift, "run": run, "finding": Finding.objects.order_by("-pk").first(),
        "clearance": Clearance.objects.filter(request=approved).first(),
        "revision": Revision.objects.filter(request_items__request=request).first(),
        "event": AuditEvent.objects.filter(subject_id=str(request.pk)).order_by("pk").first(),
    }  # fmt: skip


def _rules(world: World) -> dict[str, Any]:
    """A rule set that is proposed and one that governs, a waiver that awaits its second, and a soft finding that blocks."""
    world.add_person("lenient", "exception_approver")
    lines = [{"rule": "text.forbidden_words", "mode": "soft", "params": {"words": ["parkas"]}}]
    said: dict[str, Any] = {"rules": lines, "scope": world.account, "title": "Quokka tone"}
    publish_rule_set(actor=ROOT, key="quokka-tone", **said)
    proposed = publish_rule_set(actor=world.actor("policy_manager"), key="quokka-tone", propose=True, **said)
    blocked = world.submit(world.tree(text="Warm parkas are here")).request
    world.check(blocked)
    finding = Finding.objects.get(check_run__request_items__request=blocked, mode="soft", result="fail")
    waiver = propose_waiver(
        actor=world.actor("lenient"), rule="text.forbidden_words", scope=world.account, reason="Quokka sells parkas.",
        expires_at=clock.now() + timedelta(days=7),
    )  # fmt: skip
    latest = Finding.objects.order_by("-pk").first()
    minimum = BudgetMinimum.objects.filter(currency="USD").first()
    return {
        "blocked": blocked, "minimum": minimum, "rule_set": proposed, "waiver": waiver, "soft_finding": finding, "finding": latest,
        **_replays(world),
    }  # fmt: skip


def _envelopes(world: World) -> dict[str, Any]:
    """An envelope with an amount that awaits another manager; a calendar, and a freeze to come."""
    month = clock.now().date().replace(day=1)
    said: dict[str, Any] = {"scope": world.account, "title": "Quokka autumn", "first_month": month}
    first = set_envelope(actor=ROOT, amount=Money(50_000_00, "USD"), **said)
    world.add_person("generous", "policy_manager")
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    higher = set_envelope(actor=world.actor("generous"), amount=Money(60_000_00, "USD"), **said)
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=False)
    week = {"monday": ["09:00", "17:00"]}
    calendar = set_calendar(actor=ROOT, scope=world.account, timezone="UTC", hours=week)
    ends = clock.now() + timedelta(days=30)
    freeze = set_freeze(actor=ROOT, scope=world.account, begins_at=ends - timedelta(days=1), ends_at=ends, reason="Quokka mourning")
    return {"envelope": first.envelope, "envelope_amount": higher, "calendar": calendar, "freeze": freeze}


def _notices(world: World, request: ApprovalRequest) -> dict[str, Any]:
    """What a content approver is told: that the request under review waits for them."""
    reading.read_on()
    return {"notice": Notice.objects.get(person=world.people["content"], request=request, kind=Kind.REVIEW_ASKED)}


def _policies(world: World) -> dict[str, Any]:
    """A policy of the account that governs, and a version of it that is proposed; it asks of nothing that there is."""
    said: dict[str, Any] = {
        "key": "quokka-large", "title": "Quokka large", "scope": world.account, "stages": [builders.STAGES[0]],
        "condition": "request.exposure_minor > 999999999",
    }  # fmt: skip
    governs = publish_policy(actor=ROOT, **said)
    return {"old_policy": governs, "approval_policy": publish_policy(actor=world.actor("policy_manager"), propose=True, **said)}


def _replays(world: World) -> dict[str, Any]:
    """A replay that is through, with a verdict, and one that goes on."""
    line = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}
    tried = publish_rule_set(actor=ROOT, key="quokka-jackets", title="Quokka tone", rules=[line], scope=world.account, propose=True)
    replay, going = (start_replay(actor=world.actor("policy_manager"), rule_set=tried.pk) for _turn in range(2))
    for part in replay.chunks.all():
        replay_chunk(str(part.pk))
    return {"replay": replay, "going_replay": going, "verdict": replay.verdicts.first()}


# --- secrets ----------------------------------------------------------------------------------------------------------------


PUBLIC_MODELS = {"accounts.RolePermission", "governance.BudgetMinimum"}
"""Built-in roles are everybody's, and the minimum budgets of the channels."""
KIND_OF = {
    "accounts.User": PEOPLE, "accounts.Organisation": ORGANISATION, "accounts.Role": ORGANISATION,
    **dict.fromkeys(
        ("accounts.UserGroup", "accounts.Membership", "accounts.RoleGrant", "accounts.ApiToken", "accounts.AccessPolicy",
         "accounts.AccessReview", "accounts.Delegation", "accounts.Absence", "accounts.AuthorityLimit"), ACCESS,
    ),
}  # fmt: skip
WORDS = {
    **dict.fromkeys(
        ("Quokka Brand", "Quokka US", "id-quokka-us", "page-quokka", "Autumn campaign", "Autumn film", "Germany 18-34",
         "Quokka tone", "quokka-tone", "Quokka sells parkas.", "Quokka autumn", "Quokka louder", "Quokka softer", "Quokka large",
         "quokka-large"), BUSINESS,
    ),
    "Quokka DE": SIBLING, "id-quokka-de": SIBLING, "Quokka editors": ACCESS, "Quokka laptop": ACCESS, "Quokka reader": ORGANISATION,
}  # fmt: skip


def _learn(target: Target) -> None:
    """Every id in our tables, every address, and the names of what matters."""
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if not model._meta.managed or model._meta.label in PUBLIC_MODELS:
                continue
            kind = KIND_OF.get(model._meta.label, BUSINESS)
            for row in model._default_manager.all():
                if _is_uuid(_public(row)):
                    everybodys = label in ("governance", "approvals") and getattr(row, "organisation_id", None)
                    target.secrets[str(_public(row))] = ORGANISATION if everybodys else kind
    for user in target.world.organisation.users.all():
        target.secrets[user.email] = PEOPLE
    target.secrets |= WORDS | {str(target.world.second_account.pk): SIBLING}
