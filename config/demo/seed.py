"""Making the demo organisation: everything through the services, so that the log tells how it came to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import AdAccount, Brand, Organisation, Page, User
from approvals import services as approvals
from approvals.services.submitting import Submission, Submitted
from approvals.tasks import check_request
from campaigns import services as campaigns
from campaigns.intake import receive_media
from campaigns.media.demo import make_video
from campaigns.models import Campaign
from config.demo.cast import (
    ALLOWANCES,
    BRANDS,
    GROUPS,
    ORGANISATION,
    PASSWORD,
    PEOPLE,
    POLICY_MANAGER,
    SERVICE_ACCOUNT,
    STAGES,
    STORIES,
    Allowance,
    BrandCast,
    Story,
)
from core import clock
from core.actor import Actor, Channel, system
from core.money import parse_amount
from governance.defaults import NAME, brand_rules, seed_platform_rules
from governance.services import publish_rule_set


@dataclass(slots=True)
class Demo:
    """What was made, by name."""

    organisation: Organisation
    brands: dict[str, Brand] = field(default_factory=dict)
    accounts: dict[str, AdAccount] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    token: str = ""

    def actor(self, email: str) -> Actor:
        """A demo person, read afresh so that no resolved grants are carried over."""
        return actor_for(User.objects.get(email=email), Channel.COMMAND)


def seed(folder: Path, say: Callable[[str], None]) -> Demo:
    """Make the demo in an empty database; media are made on the spot in `folder`. Says what it does, line by line."""
    root = system(Channel.COMMAND)
    name, slug = ORGANISATION
    demo = Demo(accounts.create_organisation(actor=root, name=name, slug=slug))
    for cast in BRANDS:
        _brand(root, demo, cast)
    say(f"{name}: {len(demo.brands)} brands, {len(demo.accounts)} ad accounts")
    _people(root, demo)
    say(f"{len(demo.people)} people in {len(GROUPS)} user groups")
    _definitions(root, demo)
    _envelopes(root, demo)
    say(f"{len(ALLOWANCES)} envelopes, of a brand and of an ad account")
    for story in STORIES:
        tell(demo, story, folder)
        say(f"“{story.campaign}” submitted")
    return demo


def _brand(root: Actor, demo: Demo, cast: BrandCast) -> None:
    brand = accounts.create_brand(actor=root, organisation=demo.organisation, name=cast.name)
    external_id, handle = cast.page
    page = accounts.create_page(actor=root, brand=brand, external_id=external_id, identity_type="TT_USER", handle=handle)
    demo.brands[cast.name], demo.pages[cast.name] = brand, page
    for account in cast.accounts:
        demo.accounts[account.name] = accounts.create_ad_account(
            actor=root, brand=brand, external_id=account.external_id, name=account.name, currency=account.currency,
            timezone=account.timezone, country=account.country, pages=[page],
        )  # fmt: skip


def _people(root: Actor, demo: Demo) -> None:
    groups = {}
    for title, roles in GROUPS.items():
        groups[title] = accounts.create_user_group(actor=root, organisation=demo.organisation, title=title)
        for role, where in roles:
            accounts.grant_role(actor=root, role=role, principal=groups[title], scope=_scope(demo, where))
    for person in PEOPLE:
        user = accounts.create_person(
            actor=root, organisation=demo.organisation, email=person.email, name=person.name,
            password=PASSWORD, language=person.language,
        )  # fmt: skip
        demo.people[person.email] = user
        for title in person.groups:
            accounts.add_member(actor=root, group=groups[title], user=user)
        for role, where in person.roles:
            accounts.grant_role(actor=root, role=role, principal=user, scope=_scope(demo, where))
    email, name, owner = SERVICE_ACCOUNT
    machine = accounts.create_service_account(actor=root, owner=demo.people[owner], email=email, name=name)
    accounts.grant_role(actor=root, role="submitter", principal=machine, scope=demo.organisation)
    _, demo.token = accounts.create_api_token(actor=root, user=machine, name="demo")


def _scope(demo: Demo, where: str) -> Organisation | Brand:
    return demo.organisation if where == "*" else demo.brands[where]


def _definitions(root: Actor, demo: Demo) -> None:
    organisation = demo.organisation
    rules = seed_platform_rules()
    publish_rule_set(actor=root, key=f"{organisation.slug}-platform", title=NAME, rules=rules, scope=organisation)
    for cast in BRANDS:
        lines = brand_rules([cast.domain], cast.forbidden)
        publish_rule_set(
            actor=root, key=f"{organisation.slug}-{cast.page[1]}", title=f"{cast.name}: brand guidelines",
            rules=lines, scope=demo.brands[cast.name],
        )  # fmt: skip
    approvals.publish_policy(
        actor=root, key=f"{organisation.slug}-two-stages", title="Brand, then finance", stages=STAGES, scope=organisation
    )


def _envelopes(root: Actor, demo: Demo) -> None:
    """Set by the demo's policy manager. A raise awaits a second person only where the organisation asks for two managers; it does
    so for that moment, since switching it on is among what there is to try."""
    for allowance in ALLOWANCES:
        _envelope(demo, allowance, allowance.amount, allowance.reason)
    accounts.set_access_policy(actor=root, organisation=demo.organisation, two_managers=True)
    for allowance in ALLOWANCES:
        if allowance.raised:
            _envelope(demo, allowance, allowance.raised, allowance.raised_because)
    accounts.set_access_policy(actor=root, organisation=demo.organisation, two_managers=False)


def _envelope(demo: Demo, allowance: Allowance, amount: str, reason: str) -> None:
    approvals.set_envelope(
        actor=demo.actor(POLICY_MANAGER), scope=demo.brands.get(allowance.scope) or demo.accounts[allowance.scope],
        title=allowance.title, amount=parse_amount(amount, allowance.currency, "amount"),
        first_month=clock.now().date().replace(day=1), reason=reason,
    )  # fmt: skip


def tell(demo: Demo, story: Story, folder: Path) -> Submitted:
    """Draft, submit and, where the story says so, check and decide one demo campaign."""
    author = demo.actor("sam@demo.example")
    campaign = draft(demo, author, story, folder)
    submitted = approvals.submit(actor=author, submission=Submission(campaign=campaign.pk, note=story.note))
    if story.decisions:
        check_request(str(submitted.request.pk))
    for stage, email, verdict, comment in story.decisions:
        approvals.decide(
            actor=demo.actor(email), request=submitted.request.pk, stage=stage, digest=submitted.request.digest,
            verdict=verdict, comment=comment,
        )  # fmt: skip
    return submitted


def draft(demo: Demo, author: Actor, story: Story, folder: Path) -> Campaign:
    """The drafts of one story with a real video."""
    account = demo.accounts[story.account]
    brand = next(cast for cast in BRANDS if demo.brands[cast.name].pk == account.brand_id)
    video = folder / f"{story.campaign.lower().replace(' ', '-')}.mp4"
    make_video(video, seconds=9, title=story.title, subtitle=story.subtitle, colour=brand.colour, bit_rate=560_000)
    with video.open("rb") as stream:
        media = receive_media(actor=author, ad_account=account.pk, stream=stream, name=video.name)
    campaign = campaigns.draft_campaign(actor=author, ad_account=account.pk, values={
        "name": story.campaign, "objective": "traffic", "budget": {"mode": "daily", "amount": story.campaign_budget},
    })  # fmt: skip
    group = campaigns.draft_ad_group(actor=author, campaign=campaign.pk, values=_group(story, clock.now()))
    campaigns.draft_ad(actor=author, ad_group=group.pk, values={
        "name": f"{story.campaign}, video", "format": "in_feed", "media": [media.pk], "text": story.text,
        "call_to_action": story.call_to_action, "landing_page_url": story.landing_page,
        "display_name": brand.name, "page": demo.pages[brand.name].pk, "disclosure": {"ai_generated": False, "disclaimer": ""},
    })  # fmt: skip
    return campaign


def _group(story: Story, now: datetime) -> Any:
    start = (now + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "name": f"{story.campaign}, all of the country",
        "placement": {"type": "selected", "apps": ["tiktok"]},
        "targeting": {"locations": ["2921044"], "age_groups": ["18_24", "25_34", "35_44"], "gender": "all", "languages": ["de"]},
        "budget": {"mode": "daily", "amount": story.group_budget},
        "schedule": {"start": start, "end": start + timedelta(days=21)},
        "bidding": {"strategy": "lowest_cost", "amount": None},
        "pacing": "standard",
        "optimization_goal": "click",
    }  # fmt: skip


def simulator_fixture(access_token: str) -> dict[str, Any]:
    """The advertisers and identities that the simulator has to know."""
    advertisers = []
    for cast in BRANDS:
        external_id, handle = cast.page
        identity = {"identity_id": external_id, "identity_type": "TT_USER", "display_name": handle}
        for account in cast.accounts:
            advertisers.append({
                "advertiser_id": account.external_id, "name": account.name, "currency": account.currency,
                "timezone": account.timezone, "country": account.country,
                "access_tokens": [access_token], "identities": [identity],
            })  # fmt: skip
    return {"advertisers": advertisers}


def handout(demo: Demo) -> dict[str, Any]:
    """What the terminal prints: log-ins, the token, what to try."""
    return {
        "logins": [{"email": person.email, "password": PASSWORD, "does": person.does} for person in PEOPLE],
        "token": demo.token,
        "try": [
            "Log in as brand@demo.example: the queue shows “Autumn jackets 2026”. Look at it and approve the content.",
            "Log in as finance@demo.example and approve its budget: it is published at once. The simulator shows what is live.",
            "Log in as access@demo.example and open “Manage access”: give somebody a role until Friday, ask who may do what.",
            "Log in as access2@demo.example and open “Envelopes”: what may be spent a month; confirm the higher amount.",
            "Submit an ad as a machine: IMPRIMATUR_TOKEN={token} python3 examples/submit_ad.py",
        ],
    }


def write_json(path: Path, content: dict[str, Any]) -> None:
    """A file only its owner may read: it holds log-ins and tokens of the demo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False))
    path.chmod(0o600)
