"""Guards in the database for `notices`: what somebody was told stays as it was, but for its two marks; no machine is told."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, along, fixed, guard, stays
from notices.transitions import MAIL

NOTICES, MAILS, PREFERENCES = "notices_notice", "notices_mail", "notices_preference"


def _notice_insert(d: Dialect) -> list[Check]:
    person = "SELECT 1 FROM accounts_user u WHERE u.id = NEW.person_id AND u.kind = 'person'"
    place = "SELECT 1 FROM approvals_approvalrequest r WHERE r.id = NEW.request_id AND r.ad_account_id = NEW.ad_account_id"
    return [
        Check("notices_notice_person", f"NOT EXISTS ({person})", "people are told, never machines"),
        Check("notices_notice_place", f"NOT EXISTS ({place})", "a notice is of the ad account of its request"),
        Check("notices_notice_unread", "NEW.read_at IS NOT NULL", "a notice begins unread"),
    ]


def _notice_update(d: Dialect) -> list[Check]:
    return [
        fixed(
            "notices_notice_fixed", d, "a notice keeps what it says; only the marks of mail and reading are set",
            "id", "event", "person_id", "kind", "reason", "request_id", "ad_account_id", "stages", "done_by", "happened_at", "made_at",
            "delivery", "due_at",
        ),
        *(
            Check(
                f"notices_notice_{name}", f"OLD.{column} IS NOT NULL AND {d.changed(column)}",
                "a mark on a notice is set once, and stays",
            )
            for name, column in (("mailed", "mail_id"), ("read", "read_at"))
        ),
    ]  # fmt: skip


def _mail_insert(d: Dialect) -> list[Check]:
    return [Check("notices_mail_queued", "NEW.state <> 'queued' OR NEW.ended_at IS NOT NULL", "a mail begins queued")]


def _mail_update(d: Dialect) -> list[Check]:
    return [
        fixed("notices_mail_fixed", d, "a mail keeps whom it is to", "id", "person_id", "is_digest", "made_at"),
        along("notices_mail_steps", MAIL, "a mail moves only along its transition table (docs/states.md)"),
        Check(
            "notices_mail_ended", f"OLD.state <> 'queued' AND {d.changed('state', 'ended_at', 'attempts', 'fault')}",
            "what became of a mail stays as it was recorded",
        ),
        Check("notices_mail_closed", "(NEW.state = 'queued') <> (NEW.ended_at IS NULL)", "a mail has an end when it ended"),
    ]  # fmt: skip


def _preference_update(d: Dialect) -> list[Check]:
    return [fixed("notices_preference_fixed", d, "a choice keeps whose it is, and of what", "id", "person_id", "kind")]


GUARDS: Final = [
    guard("notices_notice_insert", NOTICES, "INSERT", _notice_insert),
    guard("notices_notice_update", NOTICES, "UPDATE", _notice_update),
    *stays("notices_notice", NOTICES, "what somebody was told is evidence and is never removed", Unique(["event", "person_id"])),
    guard("notices_mail_insert", MAILS, "INSERT", _mail_insert),
    guard("notices_mail_update", MAILS, "UPDATE", _mail_update),
    *stays("notices_mail", MAILS, "that a mail was sent is evidence and is never removed"),
    guard("notices_preference_update", PREFERENCES, "UPDATE", _preference_update),
    *stays("notices_preference", PREFERENCES, "a choice is changed, never removed", Unique(["person_id", "kind"])),
]
