"""What is typed about a rule set beside its lines."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION
from campaigns.vocabulary import AdFormat, Objective
from core.actor import Actor
from governance.lines import KEY, MOST_CHARACTERS, MOST_LINES, is_storable
from workplace.access_pages import places
from workplace.access_pages.forms import Form, Place

KINDS = (ORGANISATION, BRAND, AD_ACCOUNT)
"""What rule sets and waivers are bound to."""
_key = RegexValidator(KEY.replace("$", r"\Z"), _("Small letters, digits and hyphens, such as brand-rules."))


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
        return _kept(self.cleaned_data["title"])


class NewHead(Head):
    """The same of a rule set that begins: what it is called, and where it is bound, for good."""

    field_order = ("key", "scope", "title", "markets", "formats", "objectives", "propose")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"] = forms.CharField(
            label=_("Key"), max_length=MOST_CHARACTERS["key"], validators=[_key], help_text=_("What it is called for good, such as brand-rules."),
        )  # fmt: skip
        offered = places.choices(actor, ("manage_policy",), kinds=KINDS)
        self.fields["scope"] = Place(actor, offered, label=_("Where"), help_text=_("It holds there and on all below, for all its versions."))
        self.order_fields(self.field_order)


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


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _kept(text: str) -> str:
    """Raises ValidationError for what no database keeps."""
    if not is_storable(text):
        raise forms.ValidationError(_("A text holds a character that cannot be kept."))
    return text
