"""Rule sets as YAML documents: a version to take along, and a document that becomes the next version once it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Page, Scope
from core.actor import Actor
from core.errors import Forbidden, Invalid, NotFound, say
from governance import documents, scope_words
from governance.documents import Document
from governance.lines import bindings
from workplace.access import actor_of, holds
from workplace.access_pages import places
from workplace.access_pages.base import page
from workplace.access_pages.base import words as in_words
from workplace.access_pages.forms import Form, Place
from workplace.rule_pages.base import check_may, render, seen, visible
from workplace.rule_pages.editing import TAB, Draft, preview
from workplace.rule_pages.forms import KINDS, NewHead

MOST_BYTES: Final = 200_000
"""A rule set with all rules there are takes a twentieth of it."""


@page()
def download(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A version as governance.documents writes it."""
    row = seen(request, identifier)
    answer = HttpResponse(documents.write(row), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{row.key}-v{row.version}.yaml") or "attachment"
    return answer


class Upload(Form):
    """A document; where it is bound, if it begins a rule set; whether it is on trial first."""

    key = "upload"
    document = forms.FileField(
        label=gettext_lazy("Document (YAML)"), widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        help_text=gettext_lazy("As it is downloaded from the page of a version."),
    )  # fmt: skip
    propose = forms.BooleanField(label=gettext_lazy("Propose only (on trial)"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = gettext_lazy("Needed for a key that is new; a rule set that is there stays where it is bound.")
        offered = places.choices(actor, ("manage_policy",), kinds=KINDS)
        self.fields["scope"] = Place(actor, offered, label=gettext_lazy("Where"), required=False, help_text=where)
        self.fields["scope"].choices = [("", "–"), *offered]  # type: ignore[attr-defined]
        self.order_fields(("document", "scope", "propose"))

    def clean_document(self) -> Document:
        """Raises ValidationError with what is wrong, and where."""
        file = self.cleaned_data["document"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(str(say(_("A document has at most {most} bytes."), most=MOST_BYTES)))
        try:
            return documents.read(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is no text in UTF-8.")) from error
        except Invalid as error:
            raise forms.ValidationError([f"{each.field}: {each.detail}" for each in error.errors]) from error

    def clean_scope(self) -> Scope | None:
        scope: Scope | None = self.cleaned_data["scope"]
        if isinstance(scope, Page):
            raise forms.ValidationError(_("Rule sets are bound to no page."))
        return scope


@page("GET", "POST")
def upload(request: HttpRequest) -> HttpResponseBase:
    """The form; POST looks at what the document would change. Nothing is written before the second step."""
    if not holds(request, "manage_policy"):
        raise Forbidden(_("This is for policy managers."))
    actor = actor_of(request)
    if request.method != "POST":
        return _show(request, Upload(actor))
    form = Upload(actor, request.POST, request.FILES)
    draft = _draft(request, form) if form.is_valid() else None
    return _show(request, form, status=422) if draft is None else _show(request, form, preview=preview(request, draft))


def _draft(request: HttpRequest, form: Upload) -> Draft | None:
    """What the document would become; none when it cannot, with the reasons at their fields. Raises Forbidden."""
    said: Document = form.cleaned_data["document"]
    held = visible(request).filter(key=said.key).first()
    scope: Any = _scope(request, said, form.cleaned_data["scope"]) if held is None else held.scope
    if scope is None and held is None:
        form.add_error("scope", _("This key is new: choose where it is bound."))
        return None
    check_may(request, "manage_policy", scope)
    try:
        lines = _lines(said)
        head = _head(actor_of(request), said, scope)
        return Draft.typed(said.key, scope, {**head, "propose": form.cleaned_data["propose"]}, lines)
    except Invalid as error:
        form.add_error("document", in_words(error))
    except forms.ValidationError as error:
        form.add_error("document", error)
    return None


def _scope(request: HttpRequest, said: Document, chosen: Scope | None) -> Scope | None:
    """Where a new key is bound: as the form says, else as the document does; none where neither names what the sender sees."""
    if chosen is not None or said.scope is None:
        return chosen
    try:
        return scope_words.find(actor_of(request), said.scope)
    except NotFound:
        return None


def _lines(said: Document) -> list[dict[str, Any]]:
    """The lines, judged; what is wrong is told with its line in the document. Raises Invalid."""
    if not said.rules:
        raise Invalid.field("rules", "required", gettext_lazy("A version has at least one line."))
    with documents.told_by_line(said):
        return bindings(said.rules)


def _head(actor: Actor, said: Document, scope: Any) -> Mapping[str, Any]:
    """Key, title and markets as the form of the workplace takes them. Raises ValidationError."""
    form = NewHead(actor, {"key": said.key, "title": said.title, "scope": places.key(scope), "markets": ", ".join(said.markets)})
    if not form.is_valid():
        raise forms.ValidationError([f"{name}: {each}" for name, errors in form.errors.items() for each in errors])
    return {**form.cleaned_data, "markets": said.markets, "formats": said.formats, "objectives": said.objectives}


def _show(request: HttpRequest, form: Upload, **more: Any) -> HttpResponseBase:
    return render(request, "upload", _("Upload a document"), TAB, form=form, **more)
