"""What is typed on the access pages. Forms answer for bad input; whether it is allowed, the services say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.models import Page, Scope, User, UserGroup
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION
from accounts.roles import PERMISSIONS
from core import clock
from core.actor import Actor
from core.errors import NotFound
from core.money import known_currencies
from workplace.access_pages import places

MOST_SUGGESTED = 300


class Form(forms.Form):
    """`key` is what a page calls it, where it has several."""

    key = "form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": f"id_{self.key}_%s", **kwargs})


class Nothing(Form):
    """An act that asks for nothing."""


class Moment(forms.DateTimeField):
    """A time in UTC, as the browser's own field for it sends it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"required": False, "widget": widget, **kwargs})


class Period(Form):
    """From and until, both optional."""

    starts_at = Moment(label=_("From (UTC)"), help_text=_("Empty: from now on."))
    expires_at = Moment(label=_("Until (UTC)"), help_text=_("Empty: without an end."))

    def clean_expires_at(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["expires_at"]
        if until is not None and until <= clock.now():
            raise forms.ValidationError(_("It has to end in the future."))
        return until

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        since, until = found.get("starts_at"), found.get("expires_at")
        if since is not None and until is not None and until <= since:
            self.add_error("expires_at", _("It has to end after it begins."))
        return found


class Place(forms.ChoiceField):
    """One of the places that the person at the door sees; the value is the place itself."""

    def __init__(self, actor: Actor, groups: places.Groups, **kwargs: Any) -> None:
        blank = [("", _("Choose…"))] if kwargs.get("required", True) else [("", _("Everywhere"))]
        super().__init__(choices=[*blank, *groups], **kwargs)
        self.actor = actor

    def clean(self, value: Any) -> Any:
        text = "" if value is None else str(value)
        if not text and not self.required:
            return None
        try:
            return places.named(self.actor, text)
        except NotFound as error:
            raise forms.ValidationError(_("Choose a place from the list.")) from error


class Who(forms.CharField):
    """A person, machine or (unless `groups` is false) a user group, by address or name; suggestions come with the page."""

    def __init__(self, actor: Actor, *, groups: bool = True, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "people", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=254, widget=widget, **kwargs)
        self.actor, self.groups = actor, groups

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found: User | UserGroup | None = queries.visible_users(self.actor).filter(email=text.lower()).first()
        if found is None and self.groups:
            found = queries.visible_groups(self.actor).filter(title=text).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this address or name; choose one from the suggestions."))
        return found


def suggestions(actor: Actor, *, groups: bool = True) -> list[tuple[str, str]]:
    """(what to type, what it means) for `Who`: two statements."""
    people = queries.visible_users(actor).filter(is_active=True).order_by("name", "pk")[:MOST_SUGGESTED]
    found = [(user.email, user.name) for user in people]
    if groups:
        found += [(group.title, str(_("user group"))) for group in queries.visible_groups(actor)[:MOST_SUGGESTED]]
    return found


def role_choices(actor: Actor) -> list[tuple[str, str]]:
    """Role id → name, the built-in ones first."""
    rows = sorted(queries.visible_roles(actor), key=lambda role: (not role.is_built_in, str(role)))
    return [(role.pk, str(role)) for role in rows]


class GiveRole(Period):
    """Who, which role, where, from when, until when."""

    key = "give"
    field_order = ("who", "role", "scope", "starts_at", "expires_at")
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, actor: Actor, *args: Any, chosen: Scope | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"] = Who(actor, label=_("Who"), help_text=_("E-mail address, or the name of a user group."))
        offered = places.choices(actor, ("manage_access",), chosen)
        self.fields["scope"] = Place(actor, offered, label=_("Where"), help_text=_("It holds there and on all below."))
        self.fields["role"].choices = [("", _("Choose…")), *role_choices(actor)]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)


class Join(Period):
    """A new membership: of a person in this group, or in a group of this person."""

    key = "join"

    def __init__(self, actor: Actor, *args: Any, of: User | UserGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles: dict[str, UserGroup] = {}
        if isinstance(of, UserGroup):
            self.fields["user"] = Who(actor, groups=False, label=_("Who"), help_text=_("E-mail address."))
        else:
            self.titles = {str(each.public_id): each for each in queries.visible_groups(actor)}
            options = [("", _("Choose…")), *((pk, group.title) for pk, group in self.titles.items())]
            self.fields["group"] = forms.ChoiceField(label=_("User group"), choices=options)
        self.order_fields(("user", "group", "starts_at", "expires_at"))

    def clean_group(self) -> UserGroup:
        return self.titles[self.cleaned_data["group"]]


class NewPerson(Form):
    """Somebody new; without a password, which nobody gives another."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class EditPerson(Form):
    """Name and language; the address stays, because it names who acted."""

    key = "edit"
    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewMachine(Form):
    """A service account of this person."""

    key = "machine"
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("Address"), max_length=254, help_text=_("Names the machine in the log; nothing is ever sent there.")
    )


class Title(Form):
    """The name of a user group."""

    key = "title"
    title = forms.CharField(label=_("Name"), max_length=100)


class Rename(Form):
    """The name of a place; of a page, its handle."""

    key = "rename"
    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(self, *args: Any, most: int = 200, is_handle: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_handle = is_handle
        self.fields["name"].max_length = most  # type: ignore[attr-defined]
        self.fields["name"].validators.append(forms.CharField(max_length=most).validators[0])

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        return bare_handle(typed) if self.is_handle else typed


class NewBrand(Form):
    key = "brand"
    name = forms.CharField(label=_("Name"), max_length=200)


class NewAccount(Form):
    """An advertiser on the channel."""

    key = "account"
    name = forms.CharField(label=_("Name"), max_length=200)
    external_id = forms.CharField(label=_("Id on the channel"), max_length=64)
    currency = forms.ChoiceField(label=_("Currency"))
    timezone = forms.CharField(label=_("Time zone"), max_length=64, help_text=_("For example Europe/Berlin."))
    country = forms.RegexField(
        r"^[A-Z]{2}\Z", label=_("Country"), max_length=2, help_text=_("Two letters, for example DE."),
        error_messages={"invalid": _("Give the two letters of the country, for example DE.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = sorted(known_currencies())
        self.fields["currency"].choices = [("", _("Choose…")), *((each, each) for each in codes)]  # type: ignore[attr-defined]


class NewPage(Form):
    """An identity that ads may speak as."""

    key = "page"
    handle = forms.CharField(label=_("Handle"), max_length=100)
    external_id = forms.CharField(label=_("Id on the channel"), max_length=64)
    identity_type = forms.ChoiceField(label=_("Identity type"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identity_type"].choices = [(each, each) for each in IDENTITY_TYPES]  # type: ignore[attr-defined]

    def clean_handle(self) -> str:
        return bare_handle(self.cleaned_data["handle"])


def bare_handle(typed: str) -> str:
    """A handle as it is stored: pages put the @ before it that many people type. Raises ValidationError (nothing else)."""
    bare = typed.strip().lstrip("@").strip()
    if not bare:
        raise forms.ValidationError(_("This is no handle."))
    return bare


IDENTITY_TYPES = ("TT_USER", "AUTH_CODE", "BC_AUTH_TT", "CUSTOMIZED_USER")


class LinkPages(Form):
    """Which pages of its brand the ads of an ad account may speak as."""

    key = "pages"
    pages = forms.MultipleChoiceField(label=_("Pages"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, rows: Iterable[Page], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(each.pk): each for each in rows}
        self.fields["pages"].choices = [(pk, str(each)) for pk, each in self.rows.items()]  # type: ignore[attr-defined]

    def clean_pages(self) -> list[Page]:
        return [self.rows[each] for each in self.cleaned_data["pages"]]


class RoleForm(Form):
    """A role of one's own: a name, and what it gives."""

    title = forms.CharField(label=_("Name"), max_length=100)
    permissions = forms.MultipleChoiceField(
        label=_("What it allows"), widget=forms.CheckboxSelectMultiple,
        choices=[(code, said) for code, said in PERMISSIONS.items() if code != "view"], required=False,
        help_text=_("Every role also lets people see everything below."),
    )  # fmt: skip


class PolicyForm(Form):
    """What the organisation demands of its own access management."""

    two_managers = forms.BooleanField(
        label=_("Two access managers"), required=False,
        help_text=_("What gives somebody more waits until a second access manager confirms it; taking away never waits."),
    )  # fmt: skip
    second_factor_roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Who holds one of these logs in with a second factor."),
    )  # fmt: skip
    pairs = forms.MultipleChoiceField(
        label=_("Roles that exclude each other"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody may hold both on one place. Untick a pair to allow it again."),
    )  # fmt: skip
    one = forms.ChoiceField(label=_("Another pair: this role"), required=False)
    other = forms.ChoiceField(label=_("and this one"), required=False)

    def __init__(self, roles: list[tuple[str, str]], pairs: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(roles)
        said = [(f"{one}|{other}", f"{names.get(one, one)} + {names.get(other, other)}") for one, other in pairs]
        blank = [("", "–")]
        for field, offered in (
            ("second_factor_roles", roles), ("pairs", said), ("one", blank + roles), ("other", blank + roles)
        ):  # fmt: skip
            self.fields[field].choices = offered  # type: ignore[attr-defined]
        if not said:
            del self.fields["pairs"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kept = [tuple(each.split("|")) for each in found.get("pairs", [])]
        one, other = found.get("one"), found.get("other")
        if bool(one) != bool(other):
            self.add_error("one" if other else "other", _("A pair is two roles."))
        found["forbidden_pairs"] = [*kept, (one, other)] if one and other else kept
        return found


class Asked(Form):
    """Who may do what where, now or then."""

    key = "who"
    permission = forms.ChoiceField(label=_("May"), choices=list(PERMISSIONS.items()))
    at = Moment(label=_("When (UTC)"), help_text=_("Empty: now. Otherwise a moment of the past."))

    def __init__(self, actor: Actor, *args: Any, chosen: Scope | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"] = Who(
            actor, groups=False, required=False, label=_("Who"), help_text=_("Empty: everybody who may.")
        )
        self.fields["scope"] = Place(actor, places.choices(actor, queries.GOVERNING, chosen), label=_("Where"))
        self.order_fields(("who", "permission", "scope", "at"))

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at > clock.now():
            raise forms.ValidationError(_("Give a moment of the past, or leave this empty for now."))
        return at


class NewToken(Form):
    """A key for a program, which acts as the person or machine it belongs to."""

    key = "token"
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What uses it, so that you know it again."))
    owner = forms.ChoiceField(label=_("For"))
    permissions = forms.MultipleChoiceField(
        label=_("Only for"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, said) for code, said in PERMISSIONS.items() if code != "view"],
        help_text=_("None ticked: all that its owner may do."),
    )  # fmt: skip
    expires_at = Moment(label=_("Until (UTC)"), help_text=_("Empty: without an end."))

    def __init__(self, actor: Actor, owners: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(each.pk): each for each in owners}
        self.fields["owner"].choices = [(pk, each.name) for pk, each in self.owners.items()]  # type: ignore[attr-defined]
        offered = places.choices(actor, ("view",), kinds=(ORGANISATION, BRAND, AD_ACCOUNT))
        self.fields["scope"] = Place(actor, offered, required=False, label=_("Only on"))
        self.order_fields(("name", "owner", "permissions", "scope", "expires_at"))

    def clean_owner(self) -> User:
        return self.owners[self.cleaned_data["owner"]]

    clean_expires_at = Period.clean_expires_at

