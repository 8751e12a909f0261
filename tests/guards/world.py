"""A small legal world of plain rows, built step by step, for attacks to start from.

Every step is a plain INSERT or UPDATE that the guards let through: the positive control of every refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import (
    SCOPE_FIELD,
    AdAccount,
    Brand,
    Membership,
    Organisation,
    Page,
    Placement,
    RoleGrant,
    Scope,
    User,
    UserGroup,
)
from approvals.models import ApprovalRequest, Clearance, Decision, RequestItem, Revocation, Stage
from campaigns.models import Campaign, Revision
from core import clock
from core.canonical import canonical_text, digest_of_text
from core.ids import uuid7
from governance.models import CheckRun
from publishing.models import ChannelObject, Publication

BUDGET = 50_000
TWO_STAGES = (("approve_content", 1), ("approve_budget", 1))


def later_id(last: UUID) -> UUID:
    """A key that sorts after `last`, also within one millisecond."""
    while (fresh := uuid7()) <= last:
        pass
    return fresh


def person(organisation: Organisation, name: str, **fields: Any) -> User:
    return User.objects.create_user(f"{name}@guards.test", None, name=name, organisation=organisation, **fields)


def grant(principal: User | UserGroup, role: str, scope: Scope, **changed: Any) -> RoleGrant:
    """A role grant, as `accounts.services.grant_role` writes it; `since` is when it was granted unless said."""
    now = changed.pop("granted_at", clock.now())
    who: dict[str, Any] = {"user" if isinstance(principal, User) else "group": principal, SCOPE_FIELD[type(scope)]: scope}
    return RoleGrant.objects.create(role_id=role, granted_at=now, granted_by="test", **who, **({"since": now} | changed))


def join(user: User, group: UserGroup, **changed: Any) -> Membership:
    now = changed.pop("granted_at", clock.now())
    return Membership.objects.create(user=user, group=group, granted_at=now, granted_by="test", **({"since": now} | changed))


def team(organisation: Organisation, title: str) -> UserGroup:
    return UserGroup.objects.create(name=str(uuid7()), organisation=organisation, title=title)


def place(account: AdAccount, brand: Brand | None = None) -> Placement:
    """That an ad account lies at a brand (its own), from now on."""
    now = clock.now()
    return Placement.objects.create(
        ad_account=account, brand=brand or account.brand, granted_at=now, granted_by="test", since=now
    )


def move(account: AdAccount, brand: Brand) -> None:
    """To another brand, as `accounts.services.move_ad_account` writes it."""
    account.pages.clear()
    AdAccount.objects.filter(pk=account.pk).update(brand=brand, placed_at=place(account, brand).since)


def member(user: User, role: str, scope: Scope) -> Membership:
    """Somebody joins a fresh group that holds a role; returns the membership."""
    assert user.organisation is not None
    group = team(user.organisation, str(uuid7()))
    grant(group, role, scope)
    return join(user, group)


def ungrant(user: User, scope: Scope) -> None:
    """End everything a person holds on a scope."""
    now = clock.now()
    where: dict[str, Any] = {SCOPE_FIELD[type(scope)]: scope}
    RoleGrant.objects.filter(user=user, **where).update(revoked_at=now)


@dataclass
class World:
    """One organisation, two ad accounts, four people, one campaign; and what became of it."""

    organisation: Organisation
    brand: Brand
    account: AdAccount
    elsewhere: AdAccount
    author: User
    ann: User
    ben: User
    outsider: User
    campaign: Campaign
    revision: Revision
    run: CheckRun
    request: ApprovalRequest = field(init=False)
    item: RequestItem = field(init=False)
    stages: list[Stage] = field(init=False)
    contributors: list[str] = field(default_factory=list)
    last: UUID = field(default_factory=uuid7)

    # --- rows, not yet written -----------------------------------------------------------------------------------------

    def decision(self, stage: Stage, by: User, verdict: str = "approve", **changed: Any) -> Decision:
        self.last = later_id(self.last)
        fields: dict[str, Any] = {
            "id": self.last, "request": self.request, "stage": stage, "digest": self.request.digest, "verdict": verdict,
            "decided_by": by, "name": by.name, "eligible_by": "test", "channel": "sql", "checks": {},
            "decided_at": clock.now(),
        }  # fmt: skip
        return Decision(**(fields | changed))

    def clearance(self, **changed: Any) -> Clearance:
        now = clock.now()
        fields: dict[str, Any] = {
            "request": self.request, "item": self.item, "revision": self.revision, "digest": self.revision.digest,
            "request_digest": self.request.digest, "ad_account": self.account, "entity_type": "campaign",
            "entity_id": self.campaign.pk, "limit_minor": BUDGET, "currency": "USD", "issued_at": now,
            "valid_from": now, "valid_until": now + timedelta(days=7),
        }  # fmt: skip
        return Clearance(**(fields | changed))

    def publication(self, clearance: Clearance, **changed: Any) -> Publication:
        now = clock.now()
        fields: dict[str, Any] = {
            "request": self.request, "clearance": clearance, "revision": self.revision, "digest": self.revision.digest,
            "ad_account": self.account, "entity_type": "campaign", "entity_id": self.campaign.pk, "operation": "create",
            "amount_minor": BUDGET, "position": 0, "requested_by": "test", "queued_at": now, "not_before": now,
        }  # fmt: skip
        return Publication(**(fields | changed))

    def channel_object(self, **changed: Any) -> ChannelObject:
        fields: dict[str, Any] = {
            "ad_account": self.account, "entity_type": "campaign", "entity_id": self.campaign.pk, "external_id": "17",
            "confirmed_at": clock.now(),
        }  # fmt: skip
        return ChannelObject(**(fields | changed))

    # --- steps ---------------------------------------------------------------------------------------------------------

    def submit(self, stages: Sequence[tuple[str, int]] = TWO_STAGES, **changed: Any) -> None:
        self.request = ApprovalRequest.objects.create(
            ad_account=self.account, placement=self.account.placements.first(), title="Spring", digest="d" * 64, submitted_by=self.author, submitted_at=clock.now(),
            contributors=[str(self.author.pk), *self.contributors], policies=[], exposure_minor=BUDGET, currency="USD",
            expires_at=clock.now() + timedelta(days=14), **changed,
        )  # fmt: skip
        self.stages = [
            Stage.objects.create(
                request=self.request, key=f"stage-{index}", title=f"Stage {index}", position=index, permission=permission,
                sections=["budget"], quorum=quorum, state="pending" if index else "open",
            )
            for index, (permission, quorum) in enumerate(stages)
        ]  # fmt: skip
        self.item = RequestItem.objects.create(
            request=self.request, revision=self.revision, check_run=self.run, entity_type="campaign",
            entity_id=self.campaign.pk, position=0, sections_changed=["budget"],
        )  # fmt: skip

    def check(self, outcome: str = "passed") -> None:
        self.move(self.run, "running")
        self.move(self.run, "completed", outcome=outcome, finished_at=clock.now())

    def open_review(self) -> None:
        self.move(self.request, "in_review")

    def approve(self, stage: Stage, by: User) -> None:
        self.decision(stage, by).save(force_insert=True)

    def satisfy(self, index: int) -> None:
        """Close a stage and open the next."""
        self.move(self.stages[index], "satisfied", closed_at=clock.now())
        if index + 1 < len(self.stages):
            self.move(self.stages[index + 1], "open")

    def reviewed(self, **changed: Any) -> World:
        """Up to: the request is in review, its first stage open."""
        self.submit(**changed)
        self.check()
        self.open_review()
        return self

    def decided(self) -> World:
        """Up to: both stages are satisfied by two people."""
        self.reviewed()
        for index, by in enumerate((self.ann, self.ben)):
            self.approve(self.stages[index], by)
            self.satisfy(index)
        return self

    def approved(self) -> World:
        """Up to: the request is approved, its clearance not yet issued."""
        self.decided()
        self.move(self.request, "approved", closed_at=clock.now())
        return self

    def cleared(self, **changed: Any) -> Clearance:
        """Up to: a clearance, its item closed."""
        self.approved()
        clearance = self.clearance(**changed)
        clearance.save(force_insert=True)
        RequestItem.objects.filter(pk=self.item.pk).update(is_open=False)
        return clearance

    def queued(self) -> Publication:
        """Up to: a queued publication."""
        publication = self.publication(self.cleared())
        publication.save(force_insert=True)
        return publication

    def revoke(self, clearance: Clearance) -> None:
        Revocation.objects.create(clearance=clearance, reason="crisis", revoked_by=self.ann, revoked_at=clock.now())

    @staticmethod
    def move(row: Any, state: str, **values: Any) -> None:
        type(row).objects.filter(pk=row.pk).update(state=state, **values)
        row.state = state


def content_of(campaign: Campaign, minor: int, page: Page | None = None) -> str:
    """A canonical text with a budget; with a page, also as whom it speaks."""
    budget = {"mode": "daily", "amount": {"minor": minor, "currency": "USD"}, "optimization": False}
    sections: dict[str, Any] = {"structure": {"name": campaign.name}, "budget": budget}
    if page is not None:
        sections["identity"] = {"page": {"id": str(page.pk), "external_id": page.external_id}}
    return canonical_text(
        {"format": "imprimatur.revision/1", "type": "campaign", "id": str(campaign.pk), "sections": sections}
    )


def revise(campaign: Campaign, number: int, minor: int, author: User, page: Page | None = None) -> Revision:
    """A revision of a campaign with this budget, and speaking as this page."""
    text = content_of(campaign, minor, page)
    return Revision.objects.create(
        entity_type="campaign", campaign=campaign, entity_id=campaign.pk, ad_account=campaign.ad_account, number=number,
        name=campaign.name, canonical=text, digest=digest_of_text(text), sections={}, created_by=author, created_at=clock.now(),
    )  # fmt: skip


def queue_run(revision: Revision) -> CheckRun:
    return CheckRun.objects.create(
        revision=revision, rule_sets=[], context="{}", context_digest="0" * 64, queued_at=clock.now()
    )


def draft(account: AdAccount, author: User, name: str, now: datetime) -> Campaign:
    return Campaign.objects.create(
        ad_account=account, name=name, created_by=author, created_at=now, updated_at=now, objective="traffic",
        budget_mode="daily", budget_minor=BUDGET,
    )  # fmt: skip


def build() -> World:
    now = clock.now()
    organisation = Organisation.objects.create(name="Guarded", slug="guarded")
    brand = Brand.objects.create(organisation=organisation, name="Brand")
    accounts = [
        AdAccount.objects.create(
            brand=brand, external_id=f"70000{n}", name=f"Account {n}", currency="USD", timezone="UTC", country="US"
        )
        for n in (1, 2)
    ]
    for account in accounts:
        place(account)
    author, ann, ben, outsider = (person(organisation, name) for name in ("author", "ann", "ben", "outsider"))
    for user in (author, ann, ben):  # the author could decide, were it not their own work
        grant(user, "content_approver", brand)
        grant(user, "budget_approver", accounts[0])
    grant(outsider, "content_approver", accounts[1])
    campaign = draft(accounts[0], author, "Spring", now)
    revision = revise(campaign, 1, BUDGET, author)
    here, elsewhere = accounts
    return World(
        organisation, brand, here, elsewhere, author, ann, ben, outsider, campaign, revision, queue_run(revision)
    )
