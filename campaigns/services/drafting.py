"""What the drafting services share: clean text, amounts, versions, who contributed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount
from audit.recording import concerning, event, record
from campaigns import subjects
from campaigns.inputs import BudgetInput
from campaigns.models import Draft
from core import clock
from core.actor import Actor
from core.errors import Invalid, NotFound, StaleVersion, say
from core.money import parse_amount
from core.text import shows, unreadable

D = TypeVar("D", bound=Draft)


def check_text(field: str, text: str) -> str:
    """Text that people read as it is: no control characters but line ends, no half pairs, nothing that changes the
    direction of writing. Raises Invalid."""
    if any(map(unreadable, text)):
        words = _("The text has characters that cannot be read: control characters, half pairs or changes of direction.")
        raise Invalid.field(field, "not_text", words)
    return text


def check_name(text: str) -> str:
    """A name of one line with something to see in it. Raises Invalid."""
    check_text("name", text)
    if not any(map(shows, text)) or text.splitlines() != [text]:
        raise Invalid.field("name", "blank", _("Give it a name of one line."))
    return text


def check_texts(field: str, value: Any) -> Any:
    """`check_text` on every string inside a JSON value. Raises Invalid; floats have no canonical form."""
    if isinstance(value, str):
        check_text(field, value)
    elif isinstance(value, float):
        raise Invalid.field(field, "not_canonical", _("Numbers with a point are not allowed here; use text."))
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(field, str(key))
            check_texts(f"{field}.{key}", item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            check_texts(f"{field}.{index}", item)
    return value


def budget_minor(budget: BudgetInput, currency: str) -> int | None:
    """The minor units of a budget; none when unlimited. Raises Invalid naming `budget.amount`."""
    amount = budget.get("amount")
    if budget["mode"] == "unlimited":
        if amount is not None:
            raise Invalid.field("budget.amount", "not_applicable", _("An unlimited budget has no amount."))
        return None
    if amount is None:
        raise Invalid.field("budget.amount", "required", _("Give the amount as a decimal string such as “50.00”."))
    return parse_amount(amount, currency, "budget.amount").minor


def contribute(draft: Draft, actor: Actor, now: datetime) -> None:
    """Remember that this person (and the human owner of a machine) worked on the draft (R-16)."""
    user = permissions.principal_of(actor)
    for identifier in filter(None, (user.pk, user.owner_id)):
        draft.contributions[str(identifier)] = clock.rfc3339(now)


def begin(draft: D, actor: Actor, account: AdAccount, now: datetime) -> D:
    """Fill in what every new draft has."""
    draft.ad_account = account
    draft.created_by = permissions.principal_of(actor)
    draft.created_at = draft.updated_at = now
    contribute(draft, actor, now)
    return draft


def check_parent_visible(actor: Actor, account: AdAccount) -> None:
    """The parent must be visible and the actor must hold `submit` there. Raises NotFound, Forbidden."""
    permissions.check(actor, "submit", account)


def edit(
    *, actor: Actor, rows: QuerySet[D], identifier: UUID, version: int | None, apply: Callable[[D], None], action: str
) -> D:
    """Lock a draft, check permission and version, apply the change, write it with its event.

    Raises NotFound, Forbidden, StaleVersion, and whatever `apply` raises.
    """
    now = clock.now()
    draft = rows.filter(pk=identifier).first()
    if draft is None:
        raise NotFound()
    concerning(subjects.of_draft(draft))
    permissions.check(actor, "submit", draft.ad_account)
    if version is not None and version != draft.version:
        words = say(_("The draft is at version {version} by now; read it again."), version=draft.version)
        raise StaleVersion(words, version=draft.version)
    apply(draft)
    draft.version += 1
    draft.updated_at = max(now, draft.updated_at + timedelta(microseconds=1))
    contribute(draft, actor, now)
    draft.save(force_update=True)
    record(event(actor, action, subjects.of_draft(draft), now, version=draft.version))
    return draft


