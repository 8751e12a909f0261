"""How far the log was read, who is told what, the mails that say so, and what people chose."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, User
from approvals.models import ApprovalRequest
from core.models import UUIDModel
from notices.kinds import Delivery, Kind, Reason
from notices.states import MailState


class Cursor(models.Model):
    """How far the log was read: the latest event of those that are told of. One row, locked by whoever reads on."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.UUIDField(null=True)

    class Meta:
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_notices_cursor"),)


class Taken(models.Model):
    """An event that was read, in the order of reading (`id`). Kept as long as the log is looked back into for events that were
    committed late (notices.reading.LOOK_BACK)."""

    event = models.UUIDField(unique=True)

    class Meta:
        default_permissions = ()


class Mail(UUIDModel):
    """One mail to one person about one notice or, `is_digest`, about all of a day. It is composed when it is sent, so that
    nobody reads of what they may not see any more. `not_before` carries the backoff, `leased_until` the claim of a worker."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    is_digest = models.BooleanField()
    state = models.CharField(_("state"), max_length=8, choices=MailState, default=MailState.QUEUED)
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        default_permissions = ()
        indexes = (models.Index(fields=("not_before",), name="mail_owed", condition=models.Q(state="queued")),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"


class Notice(UUIDModel):
    """That one person is told of one event, and why. Insert-only but for two marks: in which `mail`, and when it was read.

    `delivery` is what the person had chosen when it was made; `due_at` is when the digest with it is due. `done_by` is who did it,
    empty for the service itself; `stages` are the titles of those that wait.
    """

    event = models.UUIDField()
    person = models.ForeignKey(User, models.PROTECT, related_name="notices", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="+", verbose_name=_("approval request"))
    ad_account = models.ForeignKey(AdAccount, models.PROTECT, related_name="+", verbose_name=_("ad account"))
    stages = models.JSONField(default=list)
    done_by = models.CharField(max_length=254, blank=True)
    happened_at = models.DateTimeField(_("time"))
    made_at = models.DateTimeField()
    delivery = models.CharField(max_length=10, choices=Delivery)
    due_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, related_name="notices")
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("person", "-id"), name="notice_person"),
            models.Index(fields=("person",), name="notice_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(
                fields=("due_at",), name="notice_digest", condition=models.Q(delivery="daily", mail__isnull=True)
            ),
        )  # fmt: skip
        constraints = (
            models.UniqueConstraint(fields=("event", "person"), name="told_once_of_an_event"),
            models.CheckConstraint(
                condition=models.Q(delivery="daily", due_at__isnull=False)
                | models.Q(~models.Q(delivery="daily"), due_at__isnull=True),
                name="notice_due_when_daily",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"


class Preference(models.Model):
    """When somebody wants mail of a kind; whoever chose nothing has none of these rows (notices.kinds.DEFAULTS). What it was
    before stands in the log."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    delivery = models.CharField(_("mail"), max_length=10, choices=Delivery)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("choice of mail")
        verbose_name_plural = _("choices of mail")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("person", "kind"), name="one_choice_a_kind"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}: {self.delivery}"
