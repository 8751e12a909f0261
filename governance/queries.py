"""Reading `governance`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.id_sets import among
from accounts.models import AdAccount
from accounts.permissions import grants_of_actor
from core.actor import Actor
from core.versions import VersionedDefinition
from governance.contract import Binding
from governance.evaluation import Line, compiled
from governance.excuses import bound_to
from governance.models import CheckRun, Confirmation, Finding, RuleSet
from governance.registry import all_rules

D = TypeVar("D", bound=VersionedDefinition)


def governing(model: type[D], account: AdAccount) -> list[D]:
    """The current definitions that govern an ad account, all that match (R-11: union, not priority): one statement, when
    the account's brand is loaded."""
    everywhere = Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=True)
    return list(model.current().filter(everywhere | bound_to(account)).order_by("key"))


def rule_sets_for(account: AdAccount) -> list[RuleSet]:
    """The versions that judge revisions of an ad account: those that govern, and those on trial (`on_trial`): one statement,
    when the account's brand is loaded."""
    everywhere = Q(organisation__isnull=True, brand__isnull=True, ad_account__isnull=True)
    rows = (RuleSet.current() | RuleSet.proposed()).filter(everywhere | bound_to(account))
    said = Confirmation.objects.filter(rule_set=OuterRef("pk"))
    return list(rows.annotate(on_trial=~Exists(said)).order_by("key", "version"))


@lru_cache(maxsize=512)
def lines_of(version: RuleSet) -> tuple[Line, ...]:
    """The lines of one version, ready to judge by. Versions are immutable by guard, so that a process may keep them."""
    return compiled(Binding.from_json(line) for line in version.rules)


@lru_cache(maxsize=512)
def pinned(identifier: UUID) -> RuleSet:
    """A version by its id: read once a process."""
    return RuleSet.objects.get(pk=identifier)


def reads(versions: Iterable[RuleSet]) -> frozenset[str]:
    """What of a context the rules of these versions read."""
    known = all_rules()
    lines = (line for version in versions for line in lines_of(version))
    return frozenset(name for line in lines if line.rule in known for name in known[line.rule].info.reads)


def visible_check_runs(actor: Actor) -> QuerySet[CheckRun]:
    """Runs on revisions of the ad accounts the actor may see, without the texts that only workers need."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    runs = CheckRun.objects.filter(among("revision__ad_account_id", accounts)).select_related("revision")
    return runs.defer("context", "revision__canonical")


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    """Findings of those runs."""
    accounts = grants_of_actor(actor).ad_account_ids("view")
    return Finding.objects.filter(among("check_run__revision__ad_account_id", accounts))
