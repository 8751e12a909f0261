"""What people said about the items of a request, as its page shows it (R-51): where it stands, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.permissions import grants_of_actor
from approvals import comments
from approvals.anchors import Found, keys_of
from approvals.commenters import Voice, voice
from approvals.diffs import leaves
from approvals.models import ApprovalRequest, Comment, CommentWord
from approvals.states import OPEN_STATES
from core.actor import Actor
from workplace import words

Choice = tuple[str, str]
"""A place as a form sends it, and in words."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its replies; `is_before`: of the version before, and not standing on this one."""

    comment: Comment
    where: str
    replies: list[Comment]
    last: CommentWord | None
    is_before: bool
    may_answer: bool
    may_settle: bool

    @property
    def is_resolved(self) -> bool:
        return self.comment.is_resolved

    @property
    def holds_up(self) -> bool:
        return self.comment.is_blocking and not self.is_resolved and not self.is_before


@dataclass(frozen=True, slots=True)
class Comments:
    """All that was said on a request: by entity, and of entities that are not in it any more; and what the person may do."""

    of: Mapping[UUID, list[Thread]] = field(default_factory=dict)
    elsewhere: Sequence[Thread] = ()
    holding: int = 0
    unsettled: int = 0
    may_comment: bool = False
    may_block: bool = False


def read(actor: Actor, request: ApprovalRequest, now: datetime) -> Comments:
    """At most four statements, and one for each stage that asks groups."""
    rows = comments.of_versions(request.pk, request.previous_id)
    is_open = request.state in OPEN_STATES and request.expires_at > now
    stages = list(request.stages.all())
    mine = voice(actor, request, stages, now, grants_of_actor(actor)) if is_open else None
    threads = [_thread(each, rows, request, mine) for each in rows if each.reply_to_id is None and _is_shown(each, rows)]
    here = {item.entity_id for item in request.items.all()}
    of: dict[UUID, list[Thread]] = {}
    for thread in threads:
        of.setdefault(thread.comment.item.entity_id, []).append(thread)
    return Comments(
        of={entity: found for entity, found in of.items() if entity in here},
        elsewhere=[thread for entity, found in of.items() if entity not in here for thread in found],
        holding=sum(thread.holds_up for thread in threads),
        unsettled=len(comments.unsettled(rows, request.pk)),
        may_comment=mine is not None and mine.comments,
        may_block=mine is not None and mine.blocks,
    )


def _is_shown(comment: Comment, rows: Sequence[Comment]) -> bool:
    """One that was carried over is shown once, with the replies to both."""
    return all(each.carried_from_id != comment.pk for each in rows)


def _thread(comment: Comment, rows: Sequence[Comment], request: ApprovalRequest, mine: Voice | None) -> Thread:
    is_before = comment.request_id != request.pk
    open_to = mine if mine is not None and mine.comments and not is_before else None
    said = comment.said
    return Thread(
        comment=comment,
        where=where(comment),
        replies=[each for each in rows if each.reply_to_id and each.reply_to_id in (comment.pk, comment.carried_from_id)],
        last=said[-1] if said else None,
        is_before=is_before,
        may_answer=open_to is not None,
        may_settle=open_to is not None and open_to.resolves(comment, request.stages.all()),
    )


def choices(sections: Mapping[str, Any]) -> list[Choice]:
    """The places of an item that the form offers: sections, their fields, and each of its media."""
    found: list[Choice] = []
    for name in words.in_order(sections):
        paths = [(name,), *((name, *path.split(".")) for path, _value in leaves(sections[name]) if path)]
        if name == "creative":
            paths += [(name, "media", str(index)) for index in range(len(sections[name].get("media") or ()))]
        found += [(Found(keys, None).pointer, _place(keys)) for keys in paths]
    return found


def where(comment: Comment) -> str:
    """The place of a comment in words, with the part of the picture and the moment."""
    said = [_place(keys_of(comment.path))]
    if comment.at_ms is not None:
        said.append(_("at %(seconds)s s") % {"seconds": f"{comment.at_ms / 1000:g}"})
    if comment.region is not None:
        x, y, width, height = (f"{each / 10:g}" for each in comment.region)
        shown = {"x": x, "y": y, "width": width, "height": height}
        said.append(_("%(x)s %% from the left, %(y)s %% from the top, %(width)s × %(height)s %%") % shown)
    return ", ".join(said)


def _place(keys: Sequence[str]) -> str:
    section, *inside = keys
    if not inside:
        return words.section(section)
    if Found(tuple(keys), None).is_medium:
        return _("Picture or film %(number)d") % {"number": int(inside[1]) + 1}
    return f"{words.section(section)}: {words.label(section, '.'.join(inside))}"
