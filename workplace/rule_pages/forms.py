"""What is typed about a rule set beside its lines."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Page
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION
from campaigns.vocabulary import AdFormat, Objective
from core import clock
from core.actor import Actor
from core.errors import say
from governance import queries
from governance.documents import KEY
from governance.lines import MOST_CHARACTERS, MOST_LINES, is_storable
from governance.services.exceptions import LONGEST_WAIVER
from workplace.access_pages import places
from workplace.access_pages.forms import Form, Moment, Place
from workplace.rule_pages import words

KINDS = (ORGANISATION, BRAND, AD_ACCOUNT)
"""What rule sets and waivers are bound to."""
_key = RegexValidator(rf"\A(?:{KEY.pattern})\Z", _("A key has letters, digits, - and _ alone."))


class Markets(forms.CharField):
    """Countries by their two letters, whatever stands between them."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Markets"), required=False, max_length=2000,
            help_text=_("Countries such as DE, AT. Empty: all."),
        )  # fmt: skip

    def clean(self, value: Any) -> list[str]:
        return [each.upper() for each in re.split(r"[\s,;]+", super().clean(value)) if each]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class Head(Form):
    """Title, narrowing, and whether it is on trial first."""

    key = "head"
    title = forms.CharField(label=_("Title"), max_length=MOST_CHARACTERS["title"])
    markets = Markets()
    formats = forms.MultipleChoiceField(
        label=_("Formats"), required=False, choices=AdFormat.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all."),
    )  # fmt: skip
    objectives = forms.MultipleChoiceField(
        label=_("Objectives"), required=False, choices=Objective.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all."),
    )  # fmt: skip
    propose = forms.BooleanField(
        label=_("Propose only (on trial)"), required=False,
        help_text=_("It runs along, and its findings are written down; nothing is blocked by it until it is confirmed."),
    )  # fmt: skip

    def clean_title(self) -> str:
        return kept(self.cleaned_data["title"])


class NewHead(Head):
    """The same of a rule set that begins: what it is called, and where it is bound, for good."""

    field_order = ("key", "scope", "title", "markets", "formats", "objectives", "propose")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"] = forms.CharField(
            label=_("Key"), max_length=MOST_CHARACTERS["key"], validators=[_key],
            help_text=_("What it is called for good, such as brand-rules."),
        )  # fmt: skip
        offered = places.choices(actor, ("manage_policy",), kinds=KINDS)
        everywhere = _("It holds there and on all below, for all its versions.")
        self.fields["scope"] = Place(actor, offered, label=_("Where"), help_text=everywhere)
        self.order_fields(self.field_order)

    def clean_scope(self) -> Any:
        return _no_page(self.cleaned_data["scope"], _("Rule sets are bound to no page."))


class Whole(NewHead):
    """A version as it was looked at: what the second step sends."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["base"] = forms.UUIDField(required=False)
        self.fields["lines"] = forms.CharField(widget=forms.HiddenInput)

    def clean_lines(self) -> list[dict[str, Any]]:
        refused = forms.ValidationError(_("The form was not complete. Please try again."))
        try:
            found = json.loads(self.cleaned_data["lines"], parse_float=_no_number, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise refused from error
        if not isinstance(found, list) or len(found) > MOST_LINES or not all(isinstance(each, dict) for each in found):
            raise refused
        return found


class NewWaiver(Form):
    """Which rule does not count, where, until when, and why."""

    key = "waiver"
    rule = forms.ChoiceField(label=_("Rule"))
    expires_at = Moment(label=_("Until (UTC)"), required=True)
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Auditors read it.")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = words.in_order(sorted(queries.soft_rules(actor, clock.now())), str)
        groups = [(name, [(code, words.title(code)) for code in codes]) for name, codes in offered]
        self.fields["rule"].choices = [("", _("Choose…")), *groups]  # type: ignore[attr-defined]
        where, below = places.choices(actor, ("override",), kinds=KINDS), _("It holds there and on all below.")
        self.fields["scope"] = Place(actor, where, label=_("Where"), help_text=below)
        longest = say(_("At most {days} days ahead."), days=LONGEST_WAIVER.days)
        self.fields["expires_at"].help_text = str(longest)
        self.order_fields(("rule", "scope", "expires_at", "reason"))

    def clean_reason(self) -> str:
        return kept(self.cleaned_data["reason"])

    def clean_scope(self) -> Any:
        return _no_page(self.cleaned_data["scope"], _("Waivers are given for no page."))


def _no_page(scope: Any, refused: Any) -> Any:
    """Raises ValidationError for a page, which is named by whoever does not take it from the list."""
    if isinstance(scope, Page):
        raise forms.ValidationError(refused)
    return scope


def _no_number(text: str) -> Any:
    raise ValueError(text)


def kept(text: str) -> str:
    """Raises ValidationError for what no database keeps."""
    if not is_storable(text):
        raise forms.ValidationError(_("A text or number here cannot be kept."))
    return text
