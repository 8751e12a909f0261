"""What people say about a place in what is put forward, and what became of it (R-51)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.models.requests import ApprovalRequest, RequestItem
from approvals.states import CommentStep
from core.models import UUIDModel

if TYPE_CHECKING:
    from collections.abc import Sequence


class Comment(UUIDModel):
    """A remark on a place of one item. Insert-only; whether it is resolved is said by its words.

    `path` is a JSON pointer into the sections of the item's revision, which `section` begins. Of a picture or film, `region` is
    a part of it (x, y, width, height in per mille of it) and `at_ms` a moment (milliseconds). Replies are one level deep and
    stand at the same place. While one that `is_blocking` is not resolved, nothing of the request is approved.

    `carried_from` is the comment on the version before, of which this one is the repetition: its section did not change.
    """

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="comments")
    item = models.ForeignKey(RequestItem, models.PROTECT, related_name="comments")
    section = models.CharField(max_length=20)
    path = models.CharField(_("place"), max_length=300)
    region = models.JSONField(null=True)
    at_ms = models.PositiveIntegerField(null=True)
    text = models.TextField(_("text"))
    is_blocking = models.BooleanField(_("blocking"), default=False)
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    name = models.CharField(_("name"), max_length=200)
    written_at = models.DateTimeField(_("time"))
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("id",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=models.Q(reply_to__isnull=True) | models.Q(is_blocking=False), name="comment_reply_never_blocks"
            ),
            models.UniqueConstraint(fields=("request", "carried_from"), name="comment_carried_once"),
        )
        indexes = (models.Index(fields=("request",), condition=models.Q(is_blocking=True), name="comment_blocking"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.path}"

    @property
    def said(self) -> Sequence[CommentWord]:
        """Its words in their order; fetched with it by approvals.comments."""
        return list(self.words.all())

    @property
    def is_resolved(self) -> bool:
        """Whether the last word says so."""
        said = self.said
        return bool(said) and said[-1].step == CommentStep.RESOLVE


class CommentWord(UUIDModel):
    """Somebody resolved a comment, or opened it again. Insert-only; the latest counts."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="words")
    step = models.CharField(_("word"), max_length=10, choices=CommentStep)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    name = models.CharField(_("name"), max_length=200)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("word on a comment")
        verbose_name_plural = _("words on comments")
        ordering = ("id",)
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=models.Q(step__in=CommentStep.values), name="comment_word_known"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.step}"


def standing_blockers() -> QuerySet[Comment]:
    """Blocking comments that are not resolved. The database says the same (approvals.guards_comments)."""
    later = CommentWord.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
    resolved = CommentWord.objects.filter(~Exists(later), comment=OuterRef("pk"), step=CommentStep.RESOLVE)
    return Comment.objects.filter(~Exists(resolved), is_blocking=True)
