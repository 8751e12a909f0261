"""What is typed about standing in for somebody, and about being away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.models import Page, User
from accounts.roles import APPROVING, PERMISSIONS
from core import clock
from core.actor import Actor
from core.errors import Invalid
from core.money import Money, known_currencies
from workplace.access_pages import places
from workplace.access_pages.forms import Moment, Period, Place, Who
from workplace.amounts import read_amount


class Lasting(Period):
    """From and until; the end has to be said."""

    expires_at = Moment(label=_("Until (UTC)"), required=True)


class NewDelegation(Lasting):
    """Who decides for whom, on what, and until when."""

    key = "delegation"

    def __init__(self, actor: Actor, offered: places.Groups, *args: Any, manages: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if manages:
            self.fields["delegator"] = Who(actor, groups=False, required=False, label=_("For"), help_text=_("Empty: for yourself."))
        self.fields["deputy"] = forms.EmailField(
            label=_("Who decides"), max_length=254, help_text=_("The e-mail address of a colleague who decides there."),
            widget=forms.EmailInput(attrs={"list": "people", "autocomplete": "off"}),
        )  # fmt: skip
        self.fields["scope"] = Place(actor, offered, label=_("Where"))
        self.fields["permissions"] = forms.MultipleChoiceField(
            label=_("Which stages"), choices=[(code, PERMISSIONS[code]) for code in sorted(APPROVING)],
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self._add_terms()
        terms = ("amount", "currency", "conveyed", "reason")
        self.order_fields(("delegator", "deputy", "scope", "permissions", "starts_at", "expires_at", *terms))

    def _add_terms(self) -> None:
        self.fields["amount"] = forms.CharField(
            label=_("Up to"), required=False, max_length=40, help_text=_("Empty: whatever a request can spend."),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )  # fmt: skip
        currencies = [("", "–"), *((each, each) for each in sorted(known_currencies()))]
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies, required=False)
        self.fields["conveyed"] = forms.BooleanField(
            label=_("Also where they may not decide themselves"), required=False,
            help_text=_("An access manager has to allow this."),
        )  # fmt: skip
        self.fields["reason"] = forms.CharField(label=_("Reason"), required=False, max_length=300)

    def clean_scope(self) -> Any:
        if isinstance(scope := self.cleaned_data["scope"], Page):
            raise forms.ValidationError(_("Nobody decides on a page alone."))
        return scope

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        text, currency = found.pop("amount", ""), found.pop("currency", "")
        if bool(text) != bool(currency):
            self.add_error("amount", _("Give an amount and its currency, or neither."))
        found["limit"] = self._limit(text, currency) if text and currency else None
        if found.get("deputy") and found.get("scope"):
            found["deputy"] = self._deputy(found["deputy"], found["scope"])
        return found

    def _limit(self, text: str, currency: str) -> Money | None:
        try:
            return read_amount(text, currency)
        except Invalid as error:
            self.add_error("amount", str(error.errors[0].detail))
            return None

    def _deputy(self, address: str, scope: Any) -> User | None:
        """Whom the reader may name for this place."""
        people = queries.possible_deputies(self.actor, scope, clock.now())
        user = people.filter(email=address.lower(), kind="person").first()
        if user is None:
            self.add_error("deputy", _("Nobody who decides there has this address; choose one from the suggestions."))
        return user


class NewAbsence(Lasting):
    """From when to when somebody is away."""

    key = "absence"

    def __init__(self, actor: Actor, *args: Any, manages: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if manages:
            self.fields["user"] = Who(actor, groups=False, required=False, label=_("Who"), help_text=_("Empty: yourself."))
            self.order_fields(("user", "starts_at", "expires_at"))
