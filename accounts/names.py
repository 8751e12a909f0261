"""What people, places and groups may be called, and what counts as called the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, say
from core.text import folded, is_name, tidy

LONG, SHORT = 200, 100
"""Characters: of people and places; of groups, roles, tokens and handles."""

_CHANNEL_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def name(text: str, longest: int = LONG, field: str = "name") -> str:
    """The name as it is kept: blanks around it dropped, those in it single. Raises Invalid for what nobody could read:
    nothing to see, control characters, line ends, changes of direction."""
    tidied = tidy(text) if is_name(text.strip()) else ""
    if not tidied:
        raise Invalid.field(field, "blank", _("Give it a name of one line that can be read: no control or invisible characters."))
    if len(tidied) > longest:
        raise Invalid.field(field, "max_length", say(_("A name has at most {most} characters."), most=longest))
    return tidied


def title(text: str) -> str:
    """`name` of a user group or role."""
    return name(text, SHORT, "title")


def channel_id(text: str, field: str = "external_id") -> str:
    """What the channel calls an object. Raises Invalid: blanks and signs would make two of one."""
    if not _CHANNEL_ID.fullmatch(text):
        raise Invalid.field(field, "invalid", _("An id of the channel has letters A to Z, digits, “.”, “_” and “-” alone."))
    return text


def is_taken(wanted: str, known: Iterable[str]) -> bool:
    """Whether something is called so already, by how it reads: “finance” is “Finance”."""
    return folded(wanted) in {folded(each) for each in known}
