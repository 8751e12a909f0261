"""A small organisation in which everything was made by the services themselves, for tests of the doors and of flows.

`organisation()` builds the place and the people; `World` has the verbs that tests replay (`upload`, `campaign`, `tree`,
`request(at=…)`). Nothing here writes a row of its own. Tests that need rows which no service would write build their own
(tests/guards/world.py).
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import time_machine
from django.conf import settings
from django.db import connection, transaction

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import AdAccount, Brand, Organisation, Page, Scope, User
from approvals import services as approvals
from approvals import tasks
from approvals.models import ApprovalRequest, Decision
from approvals.services.submitting import Submission, Submitted
from audit.models import AuditEvent
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput, AdInput, CampaignInput
from campaigns.intake import receive_media
from campaigns.media.demo import make_image, make_video
from campaigns.models import Ad, AdGroup, Campaign, MediaAsset
from core import clock
from core.actor import Actor, Channel, system
from core.ids import uuid7
from governance.defaults import brand_rules, seed_platform_rules
from governance.services import publish_rule_set

PASSWORD = "correct horse battery staple"
DOMAIN = "shop.example"
FORBIDDEN = "miracle"
CONTENT_SECTIONS = ["structure", "creative", "copy", "destination", "identity", "targeting", "tracking", "disclosure"]
BUDGET_SECTIONS = ["budget", "bid", "schedule"]
STAGES: list[dict[str, Any]] = [
    {"key": "content", "title": "Content", "permission": "approve_content", "sections": CONTENT_SECTIONS, "quorum": 1},
    {"key": "budget", "title": "Budget", "permission": "approve_budget", "sections": BUDGET_SECTIONS, "quorum": 1},
]
PEOPLE = {
    "submitter": "submitter", "content": "content_approver", "budget": "budget_approver", "publisher": "publisher",
    "operator": "operator", "auditor": "auditor", "access_manager": "access_manager", "policy_manager": "policy_manager",
}  # fmt: skip
"""Short name → the one role that this person holds on the brand."""

ROOT = system(Channel.COMMAND)
FOUNDED = timedelta(days=30)
"""How long the world has stood when a test begins: tests may go back in time, but nobody holds a role before it was given."""
STATES = (
    "awaiting_checks", "in_review", "content_approved", "approved",
    "blocked", "changes_requested", "rejected", "withdrawn", "revoked",
)  # fmt: skip
"""What `World.request(at=…)` can bring a request to. `content_approved`: in review, at its second stage."""


def _media_path(suffix: str) -> Path:
    """A fresh name in the tests' own directory, which is removed when they end."""
    directory = Path(settings.VAR_DIR, "made")
    directory.mkdir(exist_ok=True)
    return directory / f"{uuid7()}{suffix}"


@functools.cache
def video(title: str = "Autumn collection", seconds: float = 9) -> Path:
    """A real mp4 that passes the seed's rules for in-feed ads; other words are other bytes. Made once a process."""
    path = _media_path(".mp4")
    make_video(path, seconds=seconds, title=title)
    return path


@functools.cache
def image(title: str = "Autumn collection") -> Path:
    """A real jpg. Made once a process."""
    path = _media_path(".jpg")
    make_image(path, title=title)
    return path


@dataclass
class Tree:
    """A campaign with one ad group and one ad."""

    campaign: Campaign
    ad_group: AdGroup
    ad: Ad


SAID_AGAIN_WITHIN = timedelta(minutes=10)
"""Whatever is that old is still new to every rule about time that tests look at without turning the clock."""
F = TypeVar("F", bound=Callable[..., Any])


def _sent_again(verb: F) -> F:
    """A verb whose statements are sent again, past the same guards, when another test says it with the same plain words to a
    world of the same past before long. Where a service has done anything else meanwhile, or the clock is turned, or
    objects are handed in, the services do it anew."""

    @functools.wraps(verb)
    def say(self: World, *args: Any, **words: Any) -> Any:
        said = (verb.__name__, *args, *sorted(words.items()))
        plain = all(isinstance(each, str | bool | None) for each in (*args, *words.values()))
        if self.making or not plain or not self.as_it_was_made():
            return verb(self, *args, **words)
        key = (*self.past, said, str(settings.MEDIA_STORE))
        found = _said.get(key)
        if found is None or clock.now() - found.at > SAID_AGAIN_WITHIN:
            found = _said[key] = _note(self, lambda: verb(self, *args, **words))
        else:
            _send(found.statements)
        answer, self.tree_of = copy.deepcopy((found.answer, found.tree_of))
        self.past, self.events = (*self.past, (*said, found.at)), found.events
        return answer

    return cast(F, say)


@dataclass
class World:
    """One organisation with one brand and two ad accounts, a person for each role, and the verbs of the whole way."""

    organisation: Organisation
    brand: Brand
    page: Page
    account: AdAccount
    second_account: AdAccount
    people: dict[str, User]
    machine: User
    tree_of: dict[Any, Tree] = field(default_factory=dict)
    past: tuple[Any, ...] = ()
    events: int = 0
    making: bool = False

    def as_it_was_made(self) -> bool:
        """Whether nothing was done but what `past` says: every service writes into the log."""
        return not time_machine.escape_hatch.is_travelling() and AuditEvent.objects.count() == self.events

    # --- who -------------------------------------------------------------------------------------------------------

    def user(self, name: str) -> User:
        """A person by short name (PEOPLE), read afresh: nothing is remembered from an earlier request."""
        return User.objects.get(pk=self.people[name].pk)

    def actor(self, name: str, channel: Channel = Channel.API) -> Actor:
        """The actor for a person, as a door would make it for one request."""
        return actor_for(self.user(name), channel)

    def add_person(self, name: str, *roles: str, scope: Scope | None = None) -> User:
        """One more person; with roles on `scope` (the brand unless said)."""
        email = f"{name}@{self.organisation.slug}.example"
        user = accounts.create_person(
            actor=ROOT, organisation=self.organisation, email=email, name=name.title(), password=PASSWORD
        )
        for role in roles:
            accounts.grant_role(actor=ROOT, role=role, principal=user, scope=scope or self.brand)
        self.people[name] = user
        return user

    def token(self, name: str = "submitter") -> str:
        """A bearer token of a person."""
        return accounts.create_api_token(actor=ROOT, user=self.user(name), name=str(uuid7()))[1]

    def machine_token(self) -> str:
        """A bearer token of the service account, which may submit on the brand."""
        return accounts.create_api_token(actor=ROOT, user=self.machine, name=str(uuid7()))[1]

    # --- drafts ----------------------------------------------------------------------------------------------------

    @_sent_again
    def upload(self, path: Path | None = None, account: AdAccount | None = None) -> MediaAsset:
        """A file taken in by the submitter; the cached video unless another path is given."""
        chosen = path or video()
        with chosen.open("rb") as stream:
            where = (account or self.account).pk
            return receive_media(actor=self.actor("submitter"), ad_account=where, stream=stream, name=chosen.name)

    def campaign(self, account: AdAccount | None = None, **values: Any) -> Campaign:
        merged: CampaignInput = {**campaign_values(), **values}  # type: ignore[typeddict-item]
        where = (account or self.account).pk
        return campaigns.draft_campaign(actor=self.actor("submitter"), ad_account=where, values=merged)

    def ad_group(self, campaign: Campaign, **values: Any) -> AdGroup:
        merged: AdGroupInput = {**ad_group_values(), **values}  # type: ignore[typeddict-item]
        return campaigns.draft_ad_group(actor=self.actor("submitter"), campaign=campaign.pk, values=merged)

    def ad(self, ad_group: AdGroup, media: MediaAsset | None = None, **values: Any) -> Ad:
        base = ad_values(media or self.upload(account=ad_group.ad_account), self.page)
        merged: AdInput = {**base, **values}  # type: ignore[typeddict-item]
        return campaigns.draft_ad(actor=self.actor("submitter"), ad_group=ad_group.pk, values=merged)

    @_sent_again
    def tree(self, account: AdAccount | None = None, **ad: Any) -> Tree:
        """A fresh campaign with one ad group and one ad that pass all rules; `ad` overrides fields of the ad."""
        campaign = self.campaign(account)
        group = self.ad_group(campaign)
        return Tree(campaign, group, self.ad(group, **ad))

    # --- the way of one request ------------------------------------------------------------------------------------

    def submit(self, tree: Tree | None = None, actor: Actor | None = None, **how: Any) -> Submitted:
        """Put a tree (a fresh one) forward as the submitter; `how` are fields of Submission (`publish="manual"`)."""
        tree = tree or self.tree()
        submission = Submission(campaign=tree.campaign.pk, **how)
        submitted = approvals.submit(actor=actor or self.actor("submitter"), submission=submission)
        self.tree_of[submitted.request.pk] = tree
        return submitted

    def check(self, request: ApprovalRequest) -> None:
        """Run the checks as the worker's task does."""
        tasks.check_request(str(request.pk))

    def decide(
        self, request: ApprovalRequest, stage: str, verdict: str = "approve", by: str | None = None, comment: str = ""
    ) -> Decision:
        """A decision on the digest under review, by the person whose role the stage asks for unless `by` names another."""
        words = comment or ("" if verdict == "approve" else "Please change the first line.")
        return approvals.decide(
            actor=self.actor(by or stage), request=request.pk, stage=stage, digest=request.digest, verdict=verdict, comment=words
        )

    def decide_if_asked(self, request: ApprovalRequest, *stages: str) -> None:
        """Approve these stages as far as the request has them: only what reads something that changed is asked."""
        for key in stages:
            if request.stages.filter(key=key).exists():
                self.decide(request, key)

    @_sent_again
    def request(self, at: str = "in_review", tree: Tree | None = None, **how: Any) -> ApprovalRequest:
        """A request brought to one of STATES by the real services, read afresh. Raises ValueError for others."""
        if at not in STATES:
            raise ValueError(f"{at} is not one of {STATES}")
        if at == "blocked":
            tree = tree or self.tree(landing_page_url="http://elsewhere.example/")
        request = self.submit(tree, **how).request
        if at != "awaiting_checks":
            self.check(request)
        _ENDINGS.get(at, _nothing)(self, request)
        found = ApprovalRequest.objects.select_related("ad_account", "submitted_by").get(pk=request.pk)
        wanted = "in_review" if at == "content_approved" else at
        assert found.state == wanted, f"meant to be {wanted}, is {found.state}: {self.failures(found)}"
        return found

    def failures(self, request: ApprovalRequest) -> list[tuple[str, str]]:
        """Findings that are not passes: for messages of tests that expected another state."""
        rows = request.items.values_list("check_run__findings__code", "check_run__findings__result")
        return [(code, result) for code, result in rows if result in ("fail", "error")]


def green(world: World, at: str = "in_review", name: str = "Autumn campaign") -> ApprovalRequest:
    """A request of a campaign and its ad group, of which all checks pass: the film that tests use warns of its bit rate."""
    campaign = world.campaign(name=name)
    return world.request(at, Tree(campaign, world.ad_group(campaign), Ad()))


def _nothing(world: World, request: ApprovalRequest) -> None:
    """The state was reached by the checks."""


def _content_approved(world: World, request: ApprovalRequest) -> None:
    world.decide(request, "content")


def _approved(world: World, request: ApprovalRequest) -> None:
    world.decide_if_asked(request, "content", "budget")


def _revoked(world: World, request: ApprovalRequest) -> None:
    _approved(world, request)
    approvals.revoke(actor=world.actor("operator"), request=request.pk, reason="The price is wrong.")


def _withdrawn(world: World, request: ApprovalRequest) -> None:
    approvals.withdraw(actor=world.actor("submitter"), request=request.pk)


_ENDINGS: Mapping[str, Any] = {
    "content_approved": _content_approved,
    "approved": _approved,
    "revoked": _revoked,
    "withdrawn": _withdrawn,
    "changes_requested": lambda world, request: world.decide(request, "content", "request_changes"),
    "rejected": lambda world, request: world.decide(request, "content", "reject"),
}

# --- values that pass all rules -------------------------------------------------------------------------------------------


def campaign_values() -> dict[str, Any]:
    return {"name": "Autumn campaign", "objective": "traffic", "budget": {"mode": "daily", "amount": "80.00"}}


def ad_group_values() -> dict[str, Any]:
    start = clock.now().replace(microsecond=0) + timedelta(days=1)
    return {
        "name": "Germany 18-34",
        "placement": {"type": "selected", "apps": ["tiktok"]},
        "targeting": {"locations": ["2921044"], "age_groups": ["18_24", "25_34"], "gender": "all", "languages": ["de"]},
        "budget": {"mode": "daily", "amount": "30.00"},
        "schedule": {"start": start, "end": start + timedelta(days=10)},
        "bidding": {"strategy": "lowest_cost", "amount": None},
        "pacing": "standard",
        "optimization_goal": "click",
    }


def ad_values(media: MediaAsset | None, page: Page | None) -> dict[str, Any]:
    return {
        "name": "Autumn film",
        "format": "in_feed",
        "media": [media.pk] if media else [],
        "text": "Warm jackets are here",
        "call_to_action": "learn_more",
        "landing_page_url": f"https://{DOMAIN}/autumn",
        "display_name": "Brand",
        "hashtags": ["autumn"],
        "page": page and page.pk,
        "disclosure": {"ai_generated": False, "disclaimer": ""},
    }


# --- the place ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Made:
    """A world as the services made it: the statements that they sent, and when."""

    world: World
    statements: Sequence[tuple[str, Any]]
    at: datetime
    events: int


@dataclass(frozen=True)
class _Said:
    """What a verb answered, the statements that it sent, and how long the log was afterwards."""

    answer: Any
    tree_of: dict[Any, Tree]
    statements: Sequence[tuple[str, Any]]
    at: datetime
    events: int


_said: dict[Any, _Said] = {}
_made: dict[str, _Made] = {}


def organisation(name: str = "Acme") -> World:
    """An organisation with a brand, two ad accounts (USD, EUR), a person for each role, a machine, policy and rules.

    Names and external ids are derived from `name`: two worlds of different names live side by side. The services make it
    once a run. After that the statements that they sent are sent again, past the same guards: the same rows in a fifth of
    the time, unless the clock was turned.
    """
    made = _made.get(name)
    if made is None or not timedelta(0) <= clock.now() - made.at < timedelta(hours=2):
        made = _made[name] = _make(name)
    else:
        _send(made.statements)
    world = copy.deepcopy(made.world)
    if AuditEvent.objects.count() == made.events:  # it is the first one: what is done in it may be done again
        world.past, world.events = ((name, made.at),), made.events
    return world


def _send(statements: Sequence[tuple[str, Any]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values)


def _make(name: str) -> _Made:
    before, at = AuditEvent.objects.count(), clock.now()
    with _noting() as sent, time_machine.travel(at - FOUNDED):
        world = _organisation(name)
    return _Made(world, sent, at, AuditEvent.objects.count() - before)


@contextmanager
def _noting() -> Iterator[list[tuple[str, Any]]]:
    """The statements that write, as they are sent."""
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def _note(world: World, verb: Callable[[], Any]) -> _Said:
    """Say a verb, and what it sent."""
    world.making, at = True, clock.now()
    try:
        with _noting() as sent:
            answer = verb()
    finally:
        world.making = False
    return _Said(answer, dict(world.tree_of), sent, at, AuditEvent.objects.count())


def _organisation(name: str) -> World:
    slug = name.lower()
    organisation = accounts.create_organisation(actor=ROOT, name=name, slug=slug)
    brand = accounts.create_brand(actor=ROOT, organisation=organisation, name=f"{name} Brand")
    page = accounts.create_page(actor=ROOT, brand=brand, external_id=f"page-{slug}", identity_type="TT_USER", handle=slug)
    account = _account(brand, page, f"{name} US", "USD", "America/New_York", "US")
    second = _account(brand, page, f"{name} DE", "EUR", "Europe/Berlin", "DE")
    world = World(organisation, brand, page, account, second, {}, machine=User())
    for person, role in PEOPLE.items():
        world.add_person(person, role)
    world.machine = accounts.create_service_account(
        actor=ROOT, owner=world.people["operator"], email=f"machine@{slug}.example", name="Machine"
    )
    accounts.grant_role(actor=ROOT, role="submitter", principal=world.machine, scope=brand)
    rules = [*seed_platform_rules(), *brand_rules([DOMAIN], [FORBIDDEN])]
    publish_rule_set(actor=ROOT, key=f"rules-{slug}", title="Rules", rules=rules, scope=organisation)
    approvals.publish_policy(actor=ROOT, key=f"policy-{slug}", title="Two stages", stages=STAGES, scope=organisation)
    return world


def _account(brand: Brand, page: Page, name: str, currency: str, timezone: str, country: str) -> AdAccount:
    return accounts.create_ad_account(
        actor=ROOT, brand=brand, external_id=f"id-{name.lower().replace(' ', '-')}", name=name, currency=currency,
        timezone=timezone, country=country, pages=[page],
    )  # fmt: skip
