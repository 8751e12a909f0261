"""Reading comments: of a request, and of the version before it (R-51)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from approvals.models import Comment, CommentWord


def comments_of(request: UUID) -> QuerySet[Comment]:
    """The comments of a request that may be seen, replies among them, with their words."""
    return _told(Comment.objects.filter(request=request))


def one_of(request: UUID, comment: UUID) -> Comment:
    """One of them. Raises Comment.DoesNotExist."""
    return comments_of(request).get(pk=comment)


def _told(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    words = Prefetch("words", CommentWord.objects.select_related("said_by"))
    return rows.select_related("item__revision", "author").prefetch_related(words).defer("item__revision__canonical")


def of_versions(request: UUID, previous: UUID | None) -> list[Comment]:
    """The comments of a request and of the version before it, in the order in which they were written: two statements."""
    versions = [each for each in (request, previous) if each is not None]
    return list(_told(Comment.objects.filter(request__in=versions)).order_by("id"))


def unsettled(comments: Iterable[Comment], request: UUID) -> list[Comment]:
    """Of these the blocking comments on the version before that were not resolved, and do not stand on this one: what they are
    about changed, so that reviewers look whether it is settled."""
    rows = list(comments)
    carried = {each.carried_from_id for each in rows}
    before = [each for each in rows if each.request_id != request and each.is_blocking and not each.is_resolved]
    return [each for each in before if each.pk not in carried]
