"""Where a rule set is bound, in words that another installation understands: short names and channel ids, no ids of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.channels import TIKTOK
from accounts.models import AdAccount, Brand, Organisation
from accounts.queries import visible_ad_accounts, visible_brands, visible_organisations
from core.actor import Actor
from core.errors import Invalid, NotFound
from governance.authority import at_console

EVERYWHERE: Final = "everywhere"
_SHAPES: Final = ({"organisation"}, {"organisation", "brand"}, {"ad_account"}, {"channel", "ad_account"})
Bound = Organisation | Brand | AdAccount | None
"""What a rule set is bound to; None is everything on an installation."""


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """An organisation by its slug, a brand of it by its name, or an ad account by its id on the channel; with none of them,
    everything."""

    organisation: str = ""
    brand: str = ""
    channel: str = ""
    ad_account: str = ""

    def __str__(self) -> str:
        named = (self.organisation, self.brand, self.channel, self.ad_account)
        return ", ".join(f"“{each}”" for each in named if each) or EVERYWHERE


def parse(value: Any) -> ScopeWords:
    """What stands under `scope` in a document. Raises Invalid."""
    if value == EVERYWHERE:
        return ScopeWords()
    texts = isinstance(value, Mapping) and all(isinstance(each, str) and each for each in value.values())
    if not texts or set(value) not in _SHAPES:
        words = _("A scope is {organisation}, {organisation, brand} or {channel, ad_account}, all of them texts, or “everywhere”.")
        raise Invalid.field("scope", "invalid", words)
    return ScopeWords(**({"channel": TIKTOK, **value} if "ad_account" in value else value))


def said(scope: Bound) -> str | dict[str, str]:
    """The same, as it is written."""
    if isinstance(scope, AdAccount):
        return {"channel": scope.channel, "ad_account": scope.external_id}
    if isinstance(scope, Brand):
        return {"organisation": scope.organisation.slug, "brand": scope.name}
    return EVERYWHERE if scope is None else {"organisation": scope.slug}


def find(actor: Actor, words: ScopeWords) -> Bound:
    """What the words name, among what the actor sees. Raises NotFound."""
    if words == ScopeWords():
        return None
    found: Bound = _rows(actor, words).first()
    if found is None:
        raise NotFound()
    return found


def _rows(actor: Actor, words: ScopeWords) -> QuerySet[Any]:
    everything = at_console(actor)
    if words.ad_account:
        accounts = AdAccount.objects.all() if everything else visible_ad_accounts(actor)
        named = accounts.filter(channel=words.channel, external_id=words.ad_account)
        return named.select_related("brand__organisation")
    if words.brand:
        brands = Brand.objects.all() if everything else visible_brands(actor)
        return brands.filter(organisation__slug=words.organisation, name=words.brand).select_related("organisation")
    organisations = Organisation.objects.all() if everything else visible_organisations(actor)
    return organisations.filter(slug=words.organisation)


def key_for(scope: Bound, name: str) -> str:
    """How a ready-made set is called where it is bound: keys are unique on an installation."""
    if scope is None:
        return name
    if isinstance(scope, AdAccount):
        return f"{scope.channel}-{scope.external_id}-{name}"
    if isinstance(scope, Brand):
        return f"{scope.organisation.slug}-{slugify(scope.name) or scope.pk}-{name}"
    return f"{scope.slug}-{name}"
