"""Reading `governance`."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.id_sets import among
from accounts.models import AdAccount
from accounts.permissions import grants_of_actor
from core.actor import Actor
from core.versions import VersionedDefinition
from governance.contract import Binding
from governance.evaluation import Line, compiled
from governance.models import CheckRun, Finding, RuleSet

D = TypeVar("D", bound=VersionedDefinition)


def governing(model: type[D], account: AdAccount) -> list[D]:
    """The current definitions that govern an ad account, all that match (R-11: union, not priority): one statement, when
    the account's brand is loaded."""
    bound = (
        Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=True)
        | Q(organisation_id=account.brand.organisation_id)
        | Q(brand_id=account.brand_id)
        | Q(ad_account_id=account.pk)
    )
    return list(model.current().filter(bound).order_by("key"))


@lru_cache(maxsize=512)
def lines_of(version: RuleSet) -> tuple[Line, ...]:
    """The lines of one version, ready to judge by. Versions are immutable by guard, so that a process may keep them."""
    return compiled(Binding.from_json(line) for line in version.rules)


@lru_cache(maxsize=512)
def pinned_lines(identifier: UUID) -> tuple[Line, ...]:
    """`lines_of` a version by its id: read once a process."""
    return lines_of(RuleSet.objects.get(pk=identifier))


def visible_check_runs(actor: Actor) -> QuerySet[CheckRun]:
    """Runs on revisions of the ad accounts the actor may see, without the texts that only workers need."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    runs = CheckRun.objects.filter(among("revision__ad_account_id", accounts)).select_related("revision")
    return runs.defer("context", "revision__canonical")


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    """Findings of those runs."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return Finding.objects.filter(among("check_run__revision__ad_account_id", accounts))
