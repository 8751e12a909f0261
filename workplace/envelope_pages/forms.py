"""What is typed about an envelope. Whether it is allowed, and what makes no sense of it, the service says."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand
from accounts.permissions import AD_ACCOUNT, BRAND
from core.actor import Actor
from core.money import known_currencies
from workplace.access_pages import places
from workplace.access_pages.forms import Form, Place
from workplace.rule_pages.forms import kept

KINDS = (BRAND, AD_ACCOUNT)
"""What has envelopes."""


class MonthField(forms.CharField):
    """A calendar month, as the browser's own field for it sends it; the value is its first day."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})
        super().__init__(**{"widget": widget, "max_length": 7, **kwargs})

    def clean(self, value: Any) -> date:
        text = super().clean(value)
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise forms.ValidationError(_("Give a month such as 2026-11.")) from error


class NewAmount(Form):
    """What an envelope holds a month, from a month on."""

    key = "amount"
    amount = forms.CharField(
        label=_("Amount a month"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Such as 50,000.00 or 50000.00."),
    )  # fmt: skip
    first_month = MonthField(
        label=_("From"), help_text=_("This month or one to come. It holds until another amount takes its place.")
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever confirms it and auditors read it."),
    )  # fmt: skip

    def clean_reason(self) -> str:
        return kept(self.cleaned_data["reason"])


class NewEnvelope(NewAmount):
    """The same of an envelope that begins: for what, called what, in which currency."""

    key = "envelope"

    def __init__(self, actor: Actor, *args: Any, chosen: Brand | AdAccount | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = places.choices(actor, ("manage_policy",), chosen, kinds=KINDS)
        below = _("Of a brand, all its ad accounts of the same currency count together.")
        self.fields["scope"] = Place(actor, offered, label=_("Where"), help_text=below)
        self.fields["title"] = forms.CharField(
            label=_("Title"), max_length=200,
            help_text=_("Where this place has an envelope in this currency already, that one keeps its title."),
        )  # fmt: skip
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), choices=[("", _("Choose…")), *((each, each) for each in sorted(known_currencies()))],
            help_text=_("An ad account's own. Other currencies have envelopes of their own; nothing is converted."),
        )  # fmt: skip
        self.order_fields(("scope", "title", "currency", "amount", "first_month", "reason"))

    def clean_title(self) -> str:
        return kept(self.cleaned_data["title"])

    def clean_scope(self) -> Any:
        scope = self.cleaned_data["scope"]
        if not isinstance(scope, Brand | AdAccount):
            raise forms.ValidationError(_("Envelopes are for brands and ad accounts."))
        return scope


