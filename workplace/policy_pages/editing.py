"""Writing the next version of a policy: its stages as a document, what it would change and what is wrong with it, and only then the
service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AdAccount, Brand, Organisation
from accounts.subjects import audit_scope
from approvals import policy_documents, services
from approvals.linting import Lint
from approvals.models import ApprovalPolicy
from approvals.policy_documents import Asked
from approvals.policy_drafts import drafted, lint_policy
from approvals.policy_queries import policy_state
from approvals.states import PolicyState
from core import clock
from core.actor import Actor
from core.errors import Forbidden, ImprimaturError, Invalid, Kind
from governance.lines import KEY, MOST_CHARACTERS
from workplace import refusals
from workplace.access import actor_of, holds
from workplace.access_pages import places
from workplace.access_pages.base import done, page
from workplace.access_pages.base import words as in_words
from workplace.access_pages.forms import Form, Place
from workplace.foresight import pace_words
from workplace.policy_pages import words
from workplace.policy_pages.pages import render
from workplace.policy_pages.words import in_force, seen
from workplace.rule_pages.base import check_may
from workplace.rule_pages.forms import KINDS, kept

BEGINNING: Final = """\
# condition: request.exposure_minor > 1000000
stages:
- key: content
  title: Content
  permission: approve_content
  sections: [structure, creative, copy, destination, identity, targeting, tracking, disclosure]
  quorum: 1
- key: budget
  title: Budget
  permission: approve_budget
  sections: [schedule, budget, bid]
  quorum: 1
"""


class Head(Form):
    """Title, the document, and whether it is only proposed. `after` is the last version that the form was begun from."""

    key = "policy"
    title = forms.CharField(label=gettext_lazy("Title"), max_length=MOST_CHARACTERS["title"])
    document = forms.CharField(
        label=gettext_lazy("Condition and stages (YAML)"), strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        help_text=gettext_lazy("Groups by their titles, people by their addresses. Stages of one step are open at once."),
    )  # fmt: skip
    propose = forms.BooleanField(label=gettext_lazy("Propose only"), required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_title(self) -> str:
        return kept(self.cleaned_data["title"])


class NewHead(Head):
    """The same of a policy that begins: what it is called, and where it is bound, for good."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        valid = RegexValidator(rf"\A(?:{KEY.strip('^$')})\Z", gettext_lazy("A key has small letters, digits and - alone."))
        self.fields["key"] = forms.CharField(
            label=gettext_lazy("Key"), max_length=MOST_CHARACTERS["key"], validators=[valid],
            help_text=gettext_lazy("What it is called for good, such as large-budgets."),
        )  # fmt: skip
        offered = places.choices(actor, ("manage_policy",), kinds=KINDS)
        below = gettext_lazy("It holds there and on all below, for all its versions.")
        self.fields["scope"] = Place(actor, offered, label=gettext_lazy("Where"), help_text=below)
        self.order_fields(("key", "scope", "title", "document", "propose", "after"))

    def clean_scope(self) -> Any:
        scope = self.cleaned_data["scope"]
        if not isinstance(scope, Organisation | Brand | AdAccount):
            raise forms.ValidationError(_("Policies are bound to no page."))
        return scope


@dataclass(frozen=True, slots=True)
class Looked:
    """A version that is not written yet: what it would change, what is to know of it, how long its stages take."""

    lint: Lint
    draft: ApprovalPolicy
    base: ApprovalPolicy | None
    changes: list[str]
    paces: list[tuple[str, str]]
    second: bool


@page("GET", "POST")
def edit(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The form of the next version, begun from the one in force. POST looks at what it would change; with `save`, it is written."""
    row = seen(request, identifier)
    check_may(request, "manage_policy", row.scope)
    title = _("Next version: %(title)s") % {"title": row.title}
    begun = in_force(request, row.key) or row
    if request.method != "POST":
        document = policy_documents.write(begun) if begun.stages else BEGINNING
        latest = ApprovalPolicy.objects.filter(key=row.key).order_by("-version").values_list("version", flat=True)[0]
        head = Head(initial={"title": begun.title, "document": document, "after": latest})
        return _form(request, title, head, row)
    return _look(request, title, Head(request.POST), row)


@page("GET", "POST")
def new(request: HttpRequest) -> HttpResponseBase:
    """A policy that begins: the same form, with its key and its place."""
    if not holds(request, "manage_policy"):
        raise Forbidden(_("This is for policy managers."))
    actor, title = actor_of(request), _("New approval policy")
    if request.method != "POST":
        return _form(request, title, NewHead(actor, initial={"document": BEGINNING, "after": 0}), None)
    return _look(request, title, NewHead(actor, request.POST), None)


def _form(request: HttpRequest, title: str, form: Head, row: ApprovalPolicy | None, **more: Any) -> HttpResponseBase:
    action = reverse("admin:policy_edit", args=[row.pk]) if row else reverse("admin:policy_new")
    return render(request, "edit", title, form=form, row=row, action=action, vocabulary=words.vocabulary(), **more)


def _look(request: HttpRequest, title: str, form: Head, row: ApprovalPolicy | None) -> HttpResponseBase:
    if not form.is_valid():
        return _form(request, title, form, row, status=422)
    typed = form.cleaned_data
    key, scope = (row.key, row.scope) if row else (typed["key"], typed["scope"])
    check_may(request, "manage_policy", scope)
    try:
        asked = policy_documents.read(typed["document"], _organisation(scope))
        looked = _looked(request, key, typed["title"], scope, asked)
    except Invalid as error:
        form.add_error("document", [f"{each.field}: {each.detail}" for each in error.errors])
        return _form(request, title, form, row, status=422)
    if "save" not in request.POST:
        return _form(request, title, form, row, looked=looked)
    return _save(request, title, form, row, looked)


def _organisation(scope: Organisation | Brand | AdAccount | None) -> Organisation | None:
    identifier = None if scope is None else audit_scope(scope).organisation
    return None if identifier is None else Organisation.objects.filter(pk=identifier).first()


def _looked(request: HttpRequest, key: str, title: str, scope: Any, asked: Asked) -> Looked:
    """Raises Invalid with the lines of the document, Forbidden."""
    actor, base = actor_of(request), in_force(request, key)
    terms: dict[str, Any] = {"stages": asked.stages, "condition": asked.condition, "scope": scope}
    found = lint_policy(actor=actor, **terms)
    with policy_documents.told_by_line(asked):
        found.check()
        draft = drafted(actor=actor, key=key, title=title, now=clock.now(), **terms)
    paces = [(each["title"], pace_words(found.paces[each["key"]])) for each in draft.stages]
    return Looked(found, draft, base, words.changes(base, draft), paces, draft.needs_second)


def _save(request: HttpRequest, title: str, form: Head, row: ApprovalPolicy | None, looked: Looked) -> HttpResponseBase:
    typed, draft = form.cleaned_data, looked.draft
    try:
        made = services.publish_policy(
            actor=actor_of(request), key=draft.key, title=draft.title, stages=draft.stages, condition=draft.condition,
            scope=draft.scope, propose=typed["propose"], after=typed["after"],
        )  # fmt: skip
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        return _form(request, title, form, row, problem=in_words(error), looked=looked, status=refusals.STATUS[error.kind])
    return done(request, _thanks(seen(request, made.pk)), reverse("admin:policy", args=[made.pk]))


def _thanks(row: ApprovalPolicy) -> str:
    said = _("Version %(number)s is written.") % {"number": row.version}
    if policy_state(row, clock.now()) is PolicyState.IN_FORCE:
        return f"{said} {_('It is in force.')}"
    if row.needs_second:
        return f"{said} {_('It waits for a second policy manager.')}"
    return f"{said} {_('It waits until it is confirmed.')}"
