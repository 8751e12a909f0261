"""Guards of comments and checklists (R-51), and of who shows again who they are (R-56): what is said stays; nothing is approved past a blocking comment or an unticked line."""

from __future__ import annotations

from typing import Final

from approvals.states import OPEN_STATES
from approvals.views import REQUESTS, STAGES, contributed, may_decide
from core.dialects import Dialect
from core.triggers import Check, Unique, VendorSQL, guard, insert_only, view

COMMENTS, WORDS, ITEMS = "approvals_comment", "approvals_commentword", "approvals_requestitem"
BLOCKERS: Final = "approvals_standing_blocker"
"""View: blocking comments whose last word is not that they are resolved."""
_OPEN: Final = ", ".join(f"'{state}'" for state in OPEN_STATES)


def held_up(request: str) -> str:
    """Whether a blocking comment stands on a request (SQL: its id)."""
    return f"EXISTS (SELECT 1 FROM {BLOCKERS} b WHERE b.request_id = {request})"


def unticked(d: Dialect) -> str:
    """Whether decision NEW leaves a line of its stage's checklist unticked that has to be ticked."""
    key, required = d.text_at("line.value", "key"), f"CAST({d.text_at('line.value', 'required')} AS text) IN ('true', '1')"
    ticked = f"SELECT 1 FROM {d.members('NEW.checked', 'ticked')} WHERE ticked.value = {key}"
    lines = f"SELECT 1 FROM {d.members('t.checklist', 'line')} WHERE {required} AND NOT EXISTS ({ticked})"
    return f"EXISTS (SELECT 1 FROM {STAGES} t WHERE t.id = NEW.stage_id AND EXISTS ({lines}))"


SHOWN_MINUTES: Final = "15"
"""More than the services allow (approvals.services.deciding), since the clocks of hosts differ."""


def decision_checks(d: Dialect) -> list[Check]:
    """What a decision has to have looked at, and who it is by."""
    asked = f"EXISTS (SELECT 1 FROM {STAGES} t WHERE t.id = NEW.stage_id AND t.reauthenticate)"
    shown = f"NEW.authenticated_at IS NOT NULL AND NEW.authenticated_at >= {d.ago(SHOWN_MINUTES)}"
    return [
        Check(
            "approvals_decision_reauthenticated", f"NEW.carried_from_id IS NULL AND {asked} AND NOT ({shown})",
            "the stage asks for people who showed again who they are, a moment ago (R-56)",
        ),
        Check(
            "approvals_decision_checklist", f"NEW.verdict = 'approve' AND {unticked(d)}",
            "whoever approves has ticked what the checklist of the stage requires (R-51)",
        ),
        Check(
            "approvals_decision_held_up",
            f"NEW.verdict = 'approve' AND NEW.carried_from_id IS NULL AND {held_up('NEW.request_id')}",
            "nobody approves while a blocking comment stands; resolve it first (R-51)",
        ),
    ]  # fmt: skip


def _last(comment: str, step: str) -> str:
    """Whether the last word on a comment (SQL: its id) is `step`."""
    return (
        f"EXISTS (SELECT 1 FROM {WORDS} w WHERE w.comment_id = {comment} AND w.step = '{step}'"
        f" AND NOT EXISTS (SELECT 1 FROM {WORDS} l WHERE l.comment_id = {comment} AND l.id > w.id))"
    )


def _blockers(d: Dialect) -> str:
    return f"SELECT c.id AS comment_id, c.request_id FROM {COMMENTS} c WHERE c.is_blocking AND NOT {_last('c.id', 'resolve')}"


def _of(request: str) -> str:
    return f"SELECT 1 FROM {STAGES} s JOIN {REQUESTS} r ON r.id = s.request_id WHERE r.id = {request}"


def _carried(d: Dialect) -> str:
    """Comment `o` that NEW repeats: it stands on the version before, in the same words, on a section that did not change."""
    section = {row: d.text_of(f"{row}.sections", "NEW.section") for row in ("v", "o_v")}
    same = d.differ("NEW", "o", "author_id", "name", "section", "path", "text", "is_blocking", "at_ms", "written_at")
    return (
        f"SELECT 1 FROM {BLOCKERS} b JOIN {COMMENTS} o ON o.id = b.comment_id JOIN {REQUESTS} r ON r.previous_id = o.request_id"
        f" JOIN {ITEMS} o_i ON o_i.id = o.item_id JOIN campaigns_revision o_v ON o_v.id = o_i.revision_id"
        f" JOIN {ITEMS} i ON i.id = NEW.item_id AND i.entity_id = o_i.entity_id JOIN campaigns_revision v ON v.id = i.revision_id"
        f" WHERE o.id = NEW.carried_from_id AND r.id = NEW.request_id AND NOT ({same}) AND {section['v']} {d.same} {section['o_v']}"
    )


def _comment_insert(d: Dialect) -> list[Check]:
    item = (
        f"SELECT 1 FROM {ITEMS} i JOIN campaigns_revision v ON v.id = i.revision_id WHERE i.id = NEW.item_id"
        f" AND i.request_id = NEW.request_id AND {d.text_of('v.sections', 'NEW.section')} IS NOT NULL"
    )
    above = (
        f"SELECT 1 FROM {COMMENTS} a WHERE a.id = NEW.reply_to_id AND a.item_id = NEW.item_id AND a.path = NEW.path"
        " AND a.reply_to_id IS NULL"
    )
    asked = f"{_of('NEW.request_id')} AND {may_decide(d, 'NEW.author_id')} AND NOT {contributed(d, 'NEW.author_id')}"
    within = "NEW.path <> '/' || NEW.section AND substr(NEW.path, 1, length(NEW.section) + 2) <> '/' || NEW.section || '/'"
    return [
        Check(
            "approvals_comment_in_time",
            f"NOT EXISTS (SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state IN ({_OPEN}))",
            "comments are written while a request is open; a closed one stays as it was (R-51)",
        ),
        Check(
            "approvals_comment_place", f"NOT EXISTS ({item}) OR {within}",
            "a comment stands in a section of the revision of an item of its request (R-51)",
        ),
        Check(
            "approvals_comment_reply", f"NEW.reply_to_id IS NOT NULL AND NOT EXISTS ({above})",
            "a reply answers a comment at the same place that is none itself",
        ),
        Check(
            "approvals_comment_carried", f"NEW.carried_from_id IS NOT NULL AND NOT EXISTS ({_carried(d)})",
            "a comment is carried over from the version before where it stands and its section did not change (R-51)",
        ),
        Check(
            "approvals_comment_blocking", f"NEW.is_blocking AND NEW.carried_from_id IS NULL AND NOT EXISTS ({asked})",
            "only somebody whom a stage of the request asks holds it up by a comment (R-16, R-51)",
        ),
    ]  # fmt: skip


def _word_insert(d: Dialect) -> list[Check]:
    comment = f"SELECT 1 FROM {COMMENTS} c JOIN {REQUESTS} r ON r.id = c.request_id WHERE c.id = NEW.comment_id"
    person, section = "NEW.said_by_id", "(SELECT c.section FROM approvals_comment c WHERE c.id = NEW.comment_id)"
    stages = _of(f"(SELECT c.request_id FROM {COMMENTS} c WHERE c.id = NEW.comment_id)")
    reads = f"EXISTS (SELECT 1 FROM {d.members('s.sections', 'named')} WHERE named.value = {section})"
    may = may_decide(d, person)
    entitled = (
        f"EXISTS ({comment} AND c.author_id = {person}) OR EXISTS ({stages} AND {reads} AND {may})"
        f" OR EXISTS ({stages} AND {may}) AND NOT EXISTS ({stages} AND {reads})"
    )
    resolved = _last("NEW.comment_id", "resolve")
    return [
        Check(
            "approvals_comment_word_in_time", f"NOT EXISTS ({comment} AND r.state IN ({_OPEN}))",
            "what was said about a closed request stays as it was (R-51)",
        ),
        Check(
            "approvals_comment_word_turn",
            f"(NEW.step = 'resolve') = {resolved} OR EXISTS (SELECT 1 FROM {WORDS} l WHERE l.comment_id = NEW.comment_id AND l.id > NEW.id)",
            "a comment is resolved, then opened again, in turn; look at it again",
        ),
        Check(
            "approvals_comment_word_entitled",
            f"EXISTS ({comment} AND c.is_blocking AND ({contributed(d, person)} OR NOT ({entitled})))",
            "a blocking comment is resolved by who wrote it or could decide on that section, nobody who worked on it (R-16, R-51)",
        ),
    ]  # fmt: skip


VIEWS: Final[list[VendorSQL]] = [view(BLOCKERS, _blockers)]
GUARDS: Final[list[VendorSQL]] = [
    guard("approvals_comment_insert", COMMENTS, "INSERT", _comment_insert),
    *insert_only("approvals_comment", COMMENTS, Unique(["request_id", "carried_from_id"])),
    guard("approvals_comment_word_insert", WORDS, "INSERT", _word_insert),
    *insert_only("approvals_comment_word", WORDS),
]
