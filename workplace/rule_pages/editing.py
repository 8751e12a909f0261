"""Writing the next version of a rule set: a form, what it would change, and only then the service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access_policy import current_policy
from accounts.models import Scope
from accounts.permissions import scope_chain
from core import clock
from core.errors import Conflict, Forbidden, ImprimaturError, Invalid, Kind
from governance import queries, services
from governance.lines import bindings, narrowed
from governance.models import RuleSet
from governance.services.rule_sets import Narrowing
from governance.states import RuleSetState
from workplace import refusals
from workplace.access import actor_of, holds
from workplace.access_pages import places
from workplace.access_pages.base import done, explain_at, page
from workplace.access_pages.base import words as in_words
from workplace.rule_pages import words
from workplace.rule_pages.base import check_may, in_force, render, seen, visible
from workplace.rule_pages.editor import Editor
from workplace.rule_pages.forms import Head, NewHead, Whole

TAB: Final = "rule_sets"


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is not written yet; called as a version is, so that the same words tell of both."""

    key: str
    scope: Scope
    title: str
    rules: Sequence[dict[str, Any]]
    markets: list[str]
    formats: list[str]
    objectives: list[str]
    propose: bool

    @classmethod
    def typed(cls, key: str, scope: Scope, head: Mapping[str, Any], rules: Sequence[dict[str, Any]]) -> Draft:
        lists = narrowed(head["markets"], head["formats"], head["objectives"])
        return cls(key, scope, head["title"], rules, lists["markets"], lists["formats"], lists["objectives"], head["propose"])


def preview(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """What saving it would change against what governs now, and what the second step sends."""
    base = in_force(request, draft.key)
    head, changes = words.head_changes(base, draft), words.changes(base.rules if base else [], draft.rules)
    sent = [("key", draft.key), ("scope", places.key(draft.scope)), ("base", str(base.pk) if base else ""), ("title", draft.title)]
    sent += [(name, each) for name in ("formats", "objectives") for each in getattr(draft, name)]
    sent += [("markets", ", ".join(draft.markets)), *([("propose", "on")] if draft.propose else [])]
    sent.append(("lines", json.dumps(draft.rules, ensure_ascii=False)))
    second = current_policy(scope_chain(draft.scope)[-1][1], clock.now()).two_managers
    return {
        "draft": draft, "base": base, "head": head, "changes": changes, "sent": sent, "second": second and not draft.propose,
        "differs": bool(head or changes), "scope": words.scope(draft.scope),
    }  # fmt: skip


# --- the next version of a rule set ----------------------------------------------------------------------------------------


@page("GET", "POST")
def edit(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The form of the next version, begun from the one in force. POST looks at what it would change; nothing is written."""
    row = seen(request, identifier)
    check_may(request, "manage_policy", row.scope)
    base = in_force(request, row.key) or row
    if request.method != "POST":
        head = Head(initial={name: getattr(base, name) for name in ("title", "markets", "formats", "objectives")})
        return _form(request, row, base, head, Editor.of(base.rules))
    begun = _begun(request, row.key) or base
    head, editor = Head(request.POST), Editor.of(begun.rules, request.POST.dict())
    return _look(request, row, begun, head, editor)


def _begun(request: HttpRequest, key: str) -> RuleSet | None:
    """The version that the form was begun from, where another took its place meanwhile."""
    try:
        return visible(request).filter(key=key, pk=UUID(request.POST.get("begun", ""))).first()
    except ValueError:
        return None


def _look(request: HttpRequest, row: RuleSet, begun: RuleSet, head: Head, editor: Editor) -> HttpResponseBase:
    fine = head.is_valid()
    if not (editor.is_valid() and fine) or row.scope is None:
        return _form(request, row, begun, head, editor, problem=editor.problem, status=422)
    try:
        draft = Draft.typed(row.key, row.scope, head.cleaned_data, editor.lines())
    except Invalid as error:
        return _form(request, row, begun, head, editor, problem=explain_at(head, error), status=422)
    return _form(request, row, begun, head, editor, preview=preview(request, draft))


def _form(request: HttpRequest, row: RuleSet, begun: RuleSet, head: Head, editor: Editor, **more: Any) -> HttpResponseBase:
    title = _("Next version: %(title)s") % {"title": row.title}
    return render(
        request, "edit", title, TAB, row=row, begun=begun, form=head, editor=editor, rows=editor.by_subject(),
        action=reverse("admin:rule_set_edit", args=[row.pk]), modes=list(words.MODE_WORDS.items()), **more,
    )  # fmt: skip


# --- a rule set of one's own ------------------------------------------------------------------------------------------------


@page("GET", "POST")
def new(request: HttpRequest) -> HttpResponseBase:
    """A rule set that begins: the same form, with its key and its place."""
    if not holds(request, "manage_policy"):
        raise Forbidden(_("This is for policy managers."))
    actor = actor_of(request)
    if request.method != "POST":
        return _new(request, NewHead(actor), Editor.of([]))
    head, editor = NewHead(actor, request.POST), Editor.of([], request.POST.dict())
    fine = head.is_valid()
    if not (editor.is_valid() and fine):
        return _new(request, head, editor, problem=editor.problem, status=422)
    typed = head.cleaned_data
    try:
        check_may(request, "manage_policy", typed["scope"])
        draft = Draft.typed(typed["key"], typed["scope"], typed, editor.lines())
    except Invalid as error:
        return _new(request, head, editor, problem=explain_at(head, error), status=422)
    return _new(request, head, editor, preview=preview(request, draft))


def _new(request: HttpRequest, head: Head, editor: Editor, **more: Any) -> HttpResponseBase:
    return render(
        request, "edit", _("New rule set"), TAB, form=head, editor=editor, rows=editor.by_subject(),
        action=reverse("admin:rule_set_new"), modes=list(words.MODE_WORDS.items()), **more,
    )  # fmt: skip


# --- the second step --------------------------------------------------------------------------------------------------------


@page("POST")
def save(request: HttpRequest) -> HttpResponseBase:
    """Write what was looked at, if what it was compared with still governs."""
    actor = actor_of(request)
    form = Whole(actor, request.POST)
    if not form.is_valid():
        return _refused(request, form, _said(form), 422)
    typed = form.cleaned_data
    try:
        _check_unmoved(request, typed["key"], typed["base"])
        row = services.publish_rule_set(
            actor=actor, key=typed["key"], title=typed["title"], rules=typed["lines"], scope=typed["scope"],
            narrowing=Narrowing(typed["markets"], typed["formats"], typed["objectives"]), propose=typed["propose"],
        )  # fmt: skip
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        return _refused(request, form, in_words(error), refusals.STATUS[error.kind])
    return done(request, _thanks(seen(request, row.pk)), reverse("admin:rule_set", args=[row.pk]))


def _check_unmoved(request: HttpRequest, key: str, base: UUID | None) -> None:
    """Raises Conflict when another version governs than the one that was compared with."""
    now = in_force(request, key)
    if (now.pk if now else None) != base:
        raise Conflict(_("Another version came into force meanwhile. What changes is shown against it now; please look again."))


def _thanks(row: RuleSet) -> str:
    said = _("Version %(number)s is written.") % {"number": row.version}
    if queries.rule_set_state(row, clock.now()) is RuleSetState.IN_FORCE:
        return " ".join([said, _("It is in force.")])
    if row.needs_second:
        return " ".join([said, _("It waits for a second policy manager; until then it is on trial.")])
    return " ".join([said, _("It is on trial until it is confirmed.")])


def _said(form: forms.Form) -> str:
    return " ".join(str(each) for errors in form.errors.values() for each in errors)


def _refused(request: HttpRequest, form: Whole, problem: str, status: int) -> HttpResponseBase:
    """What was to be saved again, as it would change what governs now; and the form to change it, where it can be shown."""
    typed = form.cleaned_data
    if not {"key", "scope", "lines", "title"} <= set(typed):
        return render(request, "not_saved", _("Not saved"), TAB, problem=problem, status=status)
    try:
        draft = Draft.typed(typed["key"], typed["scope"], {**_EMPTY, **typed}, bindings(typed["lines"]))
    except Invalid:
        return render(request, "not_saved", _("Not saved"), TAB, problem=problem, status=status)
    head, editor = NewHead(actor_of(request), request.POST), Editor.of(draft.rules)
    return _new(request, head, editor, problem=problem, status=status, preview=preview(request, draft))


_EMPTY: Final[dict[str, Any]] = {"markets": [], "formats": [], "objectives": [], "propose": False}
