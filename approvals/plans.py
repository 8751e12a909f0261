"""What a submission would be: read under the locks of its drafts, decided, not yet written.

`services.submit` writes a plan; a dry run answers it and forgets it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import placing
from accounts.models import AdAccount, User
from accounts.permissions import Grants
from accounts.placing import Place
from approvals import authority, exposure, increases, proposals
from approvals import locks as locks_of_requests
from approvals.conditions import Proposal
from approvals.digests import Node, parent_in, request_digest
from approvals.errors import ParentMissing
from approvals.models import ApprovalPolicy
from approvals.policy_queries import policies_for
from approvals.queries import amount_in, budgets_since
from approvals.stage_specs import StageSpec
from campaigns import locks
from campaigns.content import sections_changed, speaks_as
from campaigns.models import Ad, AdGroup, Campaign, Revision
from campaigns.snapshots import Head, heads
from core.errors import FieldError, Invalid, NotFound, say
from core.statements import prepared
from governance.checks import context_of
from governance.contract import Context
from governance.minimums import minimums_for
from governance.models import RuleSet
from governance.queries import reads, rule_sets_for

MAX_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One head with its base (the last cleared revision), what changed, and what the rules will see."""

    head: Head
    base: Revision | None
    changed: list[str]
    context: Context


@dataclass(frozen=True, slots=True)
class Plan:
    """A submission, decided: items parents first, stages in order, digest over the tree. `proposal` and `governing` are what the
    route follows from: the question that conditions were asked, and the policies of the ad account."""

    account: AdAccount
    placement: UUID | None
    title: str
    items: list[PlannedItem]
    known: Mapping[UUID, Sequence[Revision]]
    stages: list[StageSpec]
    policies: list[dict[str, Any]]
    rule_sets: list[RuleSet]
    digest: str
    exposure_minor: int
    contributors: list[str]
    proposal: Proposal
    governing: Sequence[ApprovalPolicy]


@dataclass(frozen=True, slots=True)
class Tree:
    """The drafts that a submission concerns: one campaign and those of its children that were asked for."""

    campaign: Campaign
    groups: list[AdGroup]
    ads: list[Ad]
    place: Place
    asked: frozenset[UUID] | None = None

    @property
    def keys(self) -> frozenset[UUID]:
        """The entities that were asked for: those named, or all of the campaign."""
        return self.asked or frozenset((self.campaign.pk, *(g.pk for g in self.groups), *(ad.pk for ad in self.ads)))

    def wants(self, head: Head) -> bool:
        return self.asked is None or head.key in self.asked


@prepared
def _root(campaign: UUID) -> QuerySet[Campaign]:
    return locks.campaigns().filter(pk=campaign).annotate(**placing.columns("ad_account", "ad_account__brand"))


@prepared
def _groups(campaign: UUID) -> QuerySet[AdGroup]:
    return locks.ad_groups().filter(campaign=campaign)


@prepared
def _ads(campaign: UUID) -> QuerySet[Ad]:
    return locks.ads().filter(campaign=campaign)


def lock_campaign(campaign: UUID, seen: Grants) -> Tree:
    """A campaign and all below it, locked, with where its ad account lies, which stays so: four statements. What `seen`
    does not let one see is not there, and is not locked (R-57). Raises NotFound.

    The brand is read after the lock of the ad account, so that it is the one whose policies are read next.
    """
    if not locks.keep_ad_account(campaign, seen.filter("view")):
        raise NotFound()
    root: Any = _root(campaign)[0]
    return Tree(root, _groups(campaign), _ads(campaign), placing.from_columns(root.placement_now, root.pages_now))


def lock_items(items: Sequence[tuple[str, UUID]], seen: Grants) -> Tree:
    """The items asked for, with their campaign tree, as `lock_campaign`. What is not in a visible ad account is not there.

    Raises NotFound, Invalid when they are of several campaigns.
    """
    models: dict[str, Any] = {"campaign": Campaign, "ad_group": AdGroup, "ad": Ad}
    roots: set[UUID] = set()
    for kind in models:
        ids = [identifier for wanted, identifier in items if wanted == kind]
        if not ids:
            continue
        rows = models[kind].objects.filter(seen.filter("view", "ad_account"), pk__in=ids)
        found = dict(rows.values_list("pk", "pk" if kind == "campaign" else "campaign_id"))
        if len(found) != len(set(ids)):
            raise NotFound()
        roots.update(found.values())
    if len(roots) != 1:
        raise Invalid.field("items", "several_campaigns", _("All items of a request belong to one campaign."))
    tree = lock_campaign(roots.pop(), seen)
    return replace(tree, asked=frozenset(identifier for _, identifier in items))


@prepared
def _revisions(entities: Sequence[UUID]) -> QuerySet[Revision]:
    standing = Q(clearances__revocation__isnull=True)
    rows = Revision.objects.filter(entity_id__in=entities).defer("canonical").annotate(
        cleared_at=Max("clearances__issued_at", filter=standing),
        cleared_until=Max("clearances__valid_until", filter=standing),
    )  # fmt: skip
    return rows.order_by("entity_id", "number")


def known_revisions(ids: Iterable[UUID]) -> dict[UUID, list[Revision]]:
    """Earlier revisions by entity, without their texts, each with when it was last cleared and until when."""
    found: dict[UUID, list[Revision]] = {}
    for row in _revisions(list(ids)):
        found.setdefault(row.entity_id, []).append(row)
    return found


def base_of(revisions: Sequence[Revision]) -> Revision | None:
    """The revision that was cleared last, if any."""
    cleared = [row for row in revisions if row.cleared_at is not None]  # type: ignore[attr-defined]
    return max(cleared, key=lambda row: row.cleared_at, default=None)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Instead:
    """What is planned with instead of what the drafts and the policies of now say by themselves: `heads` of entities that say
    something else than their drafts; and versions of `policies` that govern it, beside those of today."""

    heads: Sequence[Head] = ()
    policies: Sequence[ApprovalPolicy] = ()


def plan(tree: Tree, now: datetime, publish: Mapping[str, Any], by: User, instead: Instead | None = None) -> Plan:
    """Decide a submission of `tree` by somebody; `publish` is covered by the digest too. Raises Invalid when nothing changed, or an
    ad speaks as a page that is not linked."""
    instead = instead or Instead()
    account = tree.campaign.ad_account
    everything = heads(tree.campaign, tree.groups, tree.ads)
    said = {head.key: head for head in instead.heads}
    everything = [said.get(head.key, head) for head in everything]
    known = known_revisions(head.key for head in everything)
    words = _words(tree, everything, known, now)
    rule_sets = rule_sets_for(account)
    items = _items(tree, everything, known, words, minimums_for(account, now), now)
    if not items:
        raise Invalid.field("items", "nothing_changed", _("Nothing has changed since it was last approved."))
    if len(items) > MAX_ITEMS:
        raise Invalid.field("items", "too_many", say(_("A request holds at most {most} items."), most=MAX_ITEMS))
    _check_pages([item.head for item in items], tree.place)
    increases_now = cache(partial(_increases, tree, tuple(items), now))
    if "increase" in reads(rule_sets):
        told = increases_now()
        items = [replace(item, context=replace(item.context, increase=told.get(item.head.key))) for item in items]
    exposed = _exposure(tree, everything, words, now)
    proposal = _proposal(tree, items, known, words, exposed, increases_now, by.is_service_account, now)
    people = {*ids_of(by), *(person for item in items for person in _contributors(item))}
    policies = [*policies_for(account), *instead.policies]
    matching = proposals.matching(policies, proposal, people)
    contributors = sorted({*matching.authors, *people})
    request = authority.as_put_forward(account, by, contributors, matching.pinned, exposed, now)
    return Plan(
        account=account,
        placement=tree.place.placement,
        title=items[0].head.draft.name,
        items=items,
        known=known,
        stages=authority.completed(matching.stages, request, now),
        policies=matching.pinned,
        rule_sets=rule_sets,
        digest=request_digest([_node(item.head) for item in items], publish),
        exposure_minor=exposed,
        contributors=contributors,
        proposal=proposal,
        governing=policies,
    )


def ids_of(user: User) -> list[str]:
    """Somebody, and who answers for them where they are a machine (R-16)."""
    return [str(each) for each in (user.pk, user.owner_id) if each]


def _proposal(
    tree: Tree, items: Sequence[PlannedItem], known: Mapping[UUID, Sequence[Revision]], words: Words, exposed: int,
    increases_now: Callable[[], Mapping[UUID, Any]], by_machine: bool, now: datetime,
) -> Proposal:  # fmt: skip
    """What the conditions of policies are judged by. What costs statements is found out only where one asks for it."""
    account, campaign = tree.campaign.ad_account, tree.campaign.pk
    put_forward: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        put_forward.setdefault(item.head.type, []).append(item.head.content["sections"])
    return Proposal(
        account={
            "name": account.name, "external_id": account.external_id, "brand": account.brand.name, "channel": account.channel,
            "country": account.country, "currency": account.currency,
        },
        campaign=words.sections[campaign],
        put_forward=put_forward,
        sections_changed=frozenset(section for item in items for section in item.changed),
        is_new=base_of(known.get(campaign, ())) is None,
        by_machine=by_machine,
        exposure_minor=exposed,
        cleared_exposure=partial(_cleared_exposure, campaign, known, now),
        raised=lambda hours: _raised(increases_now(), hours),
        now=now,
    )  # fmt: skip


def _raised(told: Mapping[UUID, Any], hours: int) -> int:
    """By how much budgets of the ad account are raised within so many hours, minor units."""
    windows = (window for each in told.values() for window in each["windows"] if window["hours"] == hours)
    return max((window["account_raised_minor"] for window in windows), default=0)


def _cleared_exposure(campaign: UUID, known: Mapping[UUID, Sequence[Revision]], now: datetime) -> int:
    """The most that the campaign can spend by what was cleared last: one statement."""
    bases = {base.pk: base for rows in known.values() if (base := base_of(rows)) is not None and base.entity_type != "ad"}
    texts = {row.entity_id: row.content["sections"] for row in Revision.objects.filter(pk__in=bases)}
    own = texts.pop(campaign, None)
    return 0 if own is None else exposure.of_campaign(own, texts.values(), now)


def _check_pages(put_forward: Sequence[Head], place: Place) -> None:
    """An ad speaks as a page that is linked now; the draft may be older than the unlinking. Raises Invalid."""
    words = _("“{name}” speaks as a page that is not linked to the ad account any more; choose another page.")
    pages = [(head, speaks_as(head.content)) for head in put_forward]
    unlinked = [head for head, page in pages if page is not None and page not in place.pages]
    if unlinked:
        raise Invalid([FieldError("page", "page_unlinked", say(words, name=head.draft.name)) for head in unlinked])


def _items(
    tree: Tree, everything: Sequence[Head], known: Mapping[UUID, Sequence[Revision]], words: Words, minimums: Mapping[str, Any],
    now: datetime,
) -> list[PlannedItem]:
    members: dict[UUID, int] = {}
    for ad in tree.ads:
        members[ad.ad_group_id] = members.get(ad.ad_group_id, 0) + 1
    items = []
    for head in everything:
        if head.key not in words.wanted:
            continue
        base = base_of(known.get(head.key, ()))
        changed = sections_changed(None if base is None else base.sections, head.sections)
        parents = {kind: words.of_parent(parent, head) for kind, parent in _parents(head).items()}
        context = context_of(head, tree.campaign.ad_account, parents, _members(head, members), now)
        if head.type != "ad":
            context = replace(context, minimums=minimums, live=_live(base, changed))
        items.append(PlannedItem(head, base, changed, context))
    return items


def _increases(tree: Tree, items: Sequence[PlannedItem], now: datetime) -> dict[UUID, dict[str, Any]]:
    """How far budgets of the account are raised (R-22), what is put forward included, by entity."""
    account, campaign = tree.campaign.ad_account, tree.campaign.pk
    locks_of_requests.raising(account.pk)
    asked = [amount_in(item.head.content, item.head.key, campaign) for item in items if item.head.type != "ad"]
    before = budgets_since(account, now - increases.LONGEST, [campaign])
    return increases.windows(increases.history([*before, *asked], now), now, {each.entity for each in asked})


def _live(base: Revision | None, changed: Sequence[str]) -> dict[str, Any]:
    """What may run already (Context.live): what was cleared last. No report of what is spent is read yet (`spent_minor`)."""
    return {"approved": base is not None, "changed": "budget" in changed, "spent_minor": None}


@dataclass(frozen=True, slots=True)
class Words:
    """Who speaks with which sections: what is in the request with its head, what is not with what was cleared last.

    The draft of a parent that is not put forward says nothing: it could be changed for the moment of a submission and
    changed back, and neither reviewers nor the channel would ever see it.
    """

    wanted: frozenset[UUID]
    sections: Mapping[UUID, Mapping[str, Any]]

    def of_parent(self, parent: UUID, child: Head) -> Mapping[str, Any]:
        """The sections of a parent. Raises ParentMissing when it was neither cleared nor put forward (R-27)."""
        found = self.sections.get(parent)
        if found is None:
            words = _("What “{name}” belongs to was never approved; put it forward in the same request.")
            raise ParentMissing(parent, say(words, name=child.draft.name))
        return found


def _words(tree: Tree, everything: Sequence[Head], known: Mapping[UUID, Sequence[Revision]], now: datetime) -> Words:
    """At most one statement: the texts of cleared revisions that differ from the drafts."""
    bases = {head.key: base_of(known.get(head.key, ())) for head in everything}
    wanted = frozenset(h.key for h in everything if tree.wants(h) and not _settled(tree, h, bases[h.key], now))
    heads_now = {h.key: h for h in everything}
    outside = {key: base for key, base in bases.items() if key not in wanted and base is not None}
    differing = [base.pk for key, base in outside.items() if base.digest != heads_now[key].digest]
    cleared = Revision.objects.in_bulk(differing) if differing else {}
    sections = {key: heads_now[key].content["sections"] for key in (*wanted, *outside)}
    sections |= {row.entity_id: row.content["sections"] for row in cleared.values()}
    return Words(wanted, sections)


def _settled(tree: Tree, head: Head, base: Revision | None, now: datetime) -> bool:
    """Whether this content needs no approval: cleared already. One asked for by name may be cleared anew when its
    clearance has run out; a whole campaign takes up only what changed."""
    if base is None or base.digest != head.digest:
        return False
    return tree.asked is None or base.cleared_until > now  # type: ignore[attr-defined]


def _parents(head: Head) -> dict[str, UUID]:
    draft = head.draft
    if isinstance(draft, Ad):
        return {"ad_group": draft.ad_group_id, "campaign": draft.campaign_id}
    return {"campaign": draft.campaign_id} if isinstance(draft, AdGroup) else {}


def _members(head: Head, members: Mapping[UUID, int]) -> int | None:
    draft = head.draft
    if isinstance(draft, Ad):
        return members[draft.ad_group_id]
    return members.get(draft.pk, 0) if isinstance(draft, AdGroup) else None


def _contributors(item: PlannedItem) -> list[str]:
    """Whoever ever worked on the draft, and whose media are in it (R-16). Contributions never expire: what one wrote may
    be cleared long after it was written, and the clocks of hosts differ (docs/adr/0009)."""
    uploaders = [asset.uploaded_by for asset in item.head.media]
    media = [each for user in uploaders for each in ids_of(user)]
    return [*item.head.draft.contributions, *media]


def _node(head: Head) -> Node:
    return Node(head.type, head.key, head.digest, parent_in(head.content))


def _exposure(tree: Tree, everything: Sequence[Head], words: Words, now: datetime) -> int:
    """The most that the campaign can spend once this is published (R-24): the request's heads and what is cleared beside."""
    groups = [words.sections[h.key] for h in everything if h.type == "ad_group" and h.key in words.sections]
    campaign = words.sections.get(tree.campaign.pk)
    return 0 if campaign is None else exposure.of_campaign(campaign, groups, now)
