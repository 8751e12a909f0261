"""Requests, their items and stages, and what people decided."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Delegation, Placement, User
from approvals.states import PublishMode, RequestState, StageState, Verdict
from campaigns.models import Revision
from campaigns.vocabulary import EntityType
from core.models import UUIDModel
from governance.models import CheckRun


class ApprovalRequest(UUIDModel):
    """The change set put forward (a pull request). `digest` covers the digests of its items as a tree (R-26).

    `contributors` are the ids (text) of all people who may not decide: the submitter, whoever ever edited one
    of the drafts, whose media are in them, the human owners of machines among them, and whoever wrote a policy that governs
    it (R-16; docs/adr/0009). The database refuses their decisions.

    `placement` is where the ad account lay when it was routed: elsewhere it is no authority (docs/adr/0016). What somebody
    was given after `submitted_at` counts after `minimum_holding_minutes` (R-13; approvals.eligibility).

    `late_is_fine`: what is approved after `publish_at` goes out at once; else it is to be planned anew (R-21).

    `previous` is the request that this one took the place of, whose decisions are carried over as far as they still stand (R-07).
    `split_by` is the decision with which a reviewer sent parts of that one back: this one is what stayed (R-27; docs/bundles.md).
    """

    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="approval_requests", verbose_name=_("ad account"))
    state = models.CharField(_("state"), max_length=20, choices=RequestState, default=RequestState.AWAITING_CHECKS)
    title = models.CharField(_("title"), max_length=512)
    digest = models.CharField(_("digest"), max_length=64)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"))
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="+")  # the guard refuses NULL
    minimum_holding_minutes = models.PositiveIntegerField(db_default=60)
    contributors = models.JSONField()
    policies = models.JSONField(_("policies"))
    note = models.TextField(_("note"), blank=True)
    publish = models.CharField(_("publish"), max_length=12, choices=PublishMode, default=PublishMode.ON_APPROVAL)
    publish_at = models.DateTimeField(_("publish at"), null=True)
    late_is_fine = models.BooleanField(_("late is fine"), default=False, db_default=False)
    exposure_minor = models.BigIntegerField(_("exposure"))
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    split_by = models.ForeignKey("Decision", models.PROTECT, null=True, related_name="split_off", verbose_name=_("split by"))

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("state", "-id"), name="request_state"),
            models.Index(fields=("ad_account", "state", "-id"), name="request_account_state"),
        )

    def __str__(self) -> str:
        return self.title


class RequestItem(UUIDModel):
    """One revision in a request. `is_open` follows the request; at most one open item an entity (product.md)."""

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="items")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="request_items")
    base = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    check_run = models.ForeignKey(CheckRun, models.PROTECT, related_name="request_items")
    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    sections_changed = models.JSONField()
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("request item")
        verbose_name_plural = _("request items")
        ordering = ("position",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("request", "entity_id"), name="item_once_a_request"),
            models.UniqueConstraint(fields=("entity_id",), condition=models.Q(is_open=True), name="one_open_request_an_entity"),
        )

    def __str__(self) -> str:
        return f"{self.entity_type} {self.entity_id}"


def _owed(due: str, done: str) -> models.Q:
    return models.Q(**{f"{due}__isnull": False, f"{done}__isnull": True})


class Stage(UUIDModel):
    """One stage of the route of one request (a code-owner rule). All but `state` is fixed when it is added (R-12).

    It asks whoever holds `permission`: where it names `groups` or `people` (ids), those of them. Enough is `quorum`; with
    `everyone` all who could decide when the request was submitted; with `each_group` somebody of every group. Stages of one
    `step` are open at once. `carries`: its decisions stand for the next version where none of `sections` changed (R-07).
    `automatic`: it is left out where all checks passed and an envelope holds the money (R-20).
    `checklist`: what whoever approves has looked at (approvals.checklists; R-51). `reauthenticate`: whoever decides has shown
    who they are a moment ago (R-56). `blind`: others see how somebody decided once so many have as the quorum says (R-19).

    Where the policy says `deadline_hours` (of working time), it is due at `due_at`, counted when it was opened. Whoever has not
    decided is reminded once, from `remind_at` on; at the deadline `escalate_to_groups` and `escalate_to_people` (ids) are asked as
    well: `escalated_at` (R-20). Nothing of it ever decides. `stalled_since`: nobody is left who could, and that was told (R-14).

    With `authority` each who decides has a limit that covers what the request can spend (R-25). `authority_by` is the key of the
    stage that was added because too few of those whom this one asks have: these decide by what they hold, and that one has the
    authority.
    """

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="stages")
    key = models.CharField(_("key"), max_length=50)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveSmallIntegerField()
    permission = models.CharField(_("permission"), max_length=40)
    sections = models.JSONField(_("sections"))
    quorum = models.PositiveSmallIntegerField(_("quorum"))
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    groups = models.JSONField(_("groups"), default=list)
    people = models.JSONField(_("people"), default=list)
    everyone = models.BooleanField(_("everyone"), default=False)
    each_group = models.BooleanField(_("one of each group"), default=False)
    carries = models.BooleanField(_("carried over"), default=False)
    automatic = models.BooleanField(_("left out by rule"), default=False)
    checklist = models.JSONField(_("checklist"), default=list)
    reauthenticate = models.BooleanField(_("shows again who it is"), default=False)
    blind = models.BooleanField(_("blind"), default=False)
    deadline_hours = models.PositiveSmallIntegerField(_("working hours to decide in"), null=True)
    remind_before_hours = models.PositiveSmallIntegerField(_("reminded so many working hours before"), null=True)
    escalate_to_groups = models.JSONField(_("groups asked after the deadline"), default=list)
    escalate_to_people = models.JSONField(_("people asked after the deadline"), default=list)
    authority = models.BooleanField(_("asks for authority"), default=False)
    authority_by = models.CharField(_("authority by"), max_length=50, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True)
    remind_at = models.DateTimeField(_("to be reminded"), null=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    stalled_since = models.DateTimeField(_("stalled since"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=StageState, default=StageState.PENDING)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("position",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("request", "key"), name="stage_key_once"),
            models.UniqueConstraint(fields=("request", "position"), name="stage_position_once"),
            models.CheckConstraint(condition=models.Q(quorum__gte=1), name="stage_quorum_at_least_one"),
            models.CheckConstraint(
                condition=models.Q(authority=True) | models.Q(authority_by=""), name="stage_authority_by_another_where_asked"
            ),
            models.CheckConstraint(
                condition=models.Q(permission__in=("approve_content", "approve_budget", "approve_legal")),
                name="stage_permission_known",
            ),
        )
        indexes = (
            # What the sweep looks for: few stages have a deadline, and of those it starts from what is owed.
            models.Index(fields=("remind_at",), name="stage_to_remind", condition=_owed("remind_at", "reminded_at")),
            models.Index(fields=("due_at",), name="stage_to_escalate", condition=_owed("due_at", "escalated_at")),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def asks_authority(self) -> bool:
        """Whether its own people need a limit that is enough."""
        return self.authority and not self.authority_by


class Decision(UUIDModel):
    """One person's act on one stage of one digest (R-56). Insert-only; changing one's mind is another row (R-19).

    `carried_from` is the decision on the version before, of which this one is the repetition: nothing that the stage reads
    changed since (R-07). With `on_behalf_of` it is the vote of that person, for whom the one who decided stands in by `delegation`
    (R-15). `checked` are the keys of the stage's checklist that were ticked (R-51), `authentication` and `authenticated_at` how and
    when the person had shown who they are (unknown where a test or a shell spoke).
    """

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="decisions")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="decisions")
    digest = models.CharField(_("digest"), max_length=64)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict)
    comment = models.TextField(_("comment"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    name = models.CharField(_("name"), max_length=200)
    eligible_by = models.CharField(_("eligible by"), max_length=300)
    channel = models.CharField(_("door"), max_length=10)
    address = models.CharField(max_length=45, blank=True)
    checks = models.JSONField(_("check results seen"))
    decided_at = models.DateTimeField(_("time"))
    checked = models.JSONField(_("checked"), default=list)
    authentication = models.CharField(max_length=100, blank=True, default="")
    authenticated_at = models.DateTimeField(null=True)
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of"))
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="decisions")

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(on_behalf_of__isnull=True, delegation__isnull=True)
                | models.Q(on_behalf_of__isnull=False, delegation__isnull=False),
                name="decision_on_behalf_by_a_delegation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}"

    @property
    def seat_id(self) -> UUID:
        """Whose vote it is: of whoever decided, or of the person for whom they stood in."""
        return self.on_behalf_of_id or self.decided_by_id

    @property
    def parties(self) -> frozenset[UUID]:
        """Who spoke by it: with each other they hold one vote (R-15)."""
        return frozenset({self.seat_id, self.decided_by_id})
