"""What a refusal says to a person at this door. Codes are permanent, so the words for people at a form are looked up
by code; a code without words here shows its `detail`, which speaks the reader's language too."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import ImprimaturError, Invalid, Kind

WORDS: Final[dict[str, Promise]] = {
    "stale_digest": _(
        "Nothing was recorded: the version you were looking at is not the one under review. "
        "The current version is shown below; please look at it before you decide."
    ),
    "stage_not_open": _("Nothing was recorded: this stage is not open for decisions any more."),
    "illegal_transition": _("Nothing was recorded: this request has moved on and no longer allows this step."),
    "self_approval": _(
        "Nothing was recorded: you contributed to this request or changed its policy, so somebody else has to decide it."
    ),
    "second_seat": _(
        "Nothing was recorded: you approved another stage of this request; every stage needs a different person."
    ),
    "machine_decision": _("Nothing was recorded: a decision is made by a person."),
    "checks_fail_now": _(
        "Nothing was recorded: the rules changed meanwhile and block this now. Request changes instead."
    ),
    "blocking_comments": _(
        "Nothing was recorded: a comment holds this up. It has to be resolved before anybody approves; you can still refuse."
    ),
    "comments_frozen": _("Nothing was recorded: this request is closed, and what was said about it stays as it was."),
    "forbidden": _("Nothing was recorded: your roles do not allow this here."),
    "open_request_exists": _("There is an open request for this already."),
}
FIELDS: Final[dict[tuple[str, str], Promise]] = {
    ("comment", "required"): _("Please say what should change, so that the author can act on it."),
    ("reason", "required"): _("Please say why the approval is revoked."),
    ("stage", "unknown"): _("Nothing was recorded: this request has no such stage."),
}
STATUS: Final = {
    Kind.NOT_FOUND: 404,
    Kind.FORBIDDEN: 403,
    Kind.CONFLICT: 409,
    Kind.PRECONDITION: 412,
    Kind.INVALID: 422,
}


def words(error: ImprimaturError) -> str:
    """The sentence for a page."""
    if isinstance(error, Invalid):
        return " ".join(str(FIELDS.get((each.field, each.code), each.detail)) for each in error.errors)
    return str(WORDS.get(error.code, error.detail))
