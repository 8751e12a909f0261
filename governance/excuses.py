"""What lets soft findings pass: overrides of a revision, waivers in force on its ad account (R-53). Hard ones never pass.

The view `governance_standing_blocker` asks the same of findings that are stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import AdAccount
from accounts.permissions import ids_of
from governance.contract import EvaluatedFinding, Mode, Result
from governance.models import Confirmation, Override, Waiver
from governance.states import Word

BLOCKING: Final = {"mode__in": (str(Mode.SOFT), str(Mode.HARD)), "result__in": (str(Result.FAIL), str(Result.ERROR))}
"""The condition for stored findings that block unless they are excused."""


@dataclass(frozen=True, slots=True)
class Excuses:
    """Which rules do not count: for single revisions, and for all of an ad account."""

    overridden: frozenset[tuple[UUID, str]] = frozenset()
    waived: frozenset[str] = frozenset()

    def let_pass(self, revision: UUID, mode: str, rule: str) -> bool:
        """Whether what a rule found about a revision in this mode does not block."""
        return mode == Mode.SOFT and (rule in self.waived or (revision, rule) in self.overridden)

    def blocking(self, revision: UUID, findings: Iterable[EvaluatedFinding]) -> list[EvaluatedFinding]:
        """What stands in the way."""
        return [each for each in findings if blocks(each) and not self.let_pass(revision, each.mode, each.rule)]


def blocks(finding: EvaluatedFinding) -> bool:
    """Whether a finding blocks unless it is excused."""
    return finding.mode in (Mode.SOFT, Mode.HARD) and finding.result in (Result.FAIL, Result.ERROR)


def live_waivers(now: datetime) -> QuerySet[Waiver]:
    """Waivers that are in force at a moment."""
    said = Confirmation.objects.filter(waiver=OuterRef("pk"), at__lte=now)
    confirmed, declined = Exists(said.filter(word=Word.CONFIRMED)), Exists(said.filter(word=Word.DECLINED))
    return Waiver.objects.filter(confirmed, ~declined, expires_at__gt=now)


def bound_to(account: AdAccount) -> Q:
    """The condition for what is bound to an ad account or to what is above it; needs its brand loaded."""
    return bound_along(*ids_of(account))


def bound_along(ad_account: UUID, brand: UUID, organisation: UUID) -> Q:
    """`bound_to`, by ids."""
    return Q(organisation_id=organisation) | Q(brand_id=brand) | Q(ad_account_id=ad_account)


def excuses_for(revisions: Iterable[UUID], account: AdAccount, now: datetime) -> Excuses:
    """What counts for these revisions of an ad account now: two statements."""
    rows = Override.objects.filter(revision_id__in=list(revisions)).values_list("revision_id", "rule")
    waived = live_waivers(now).filter(bound_to(account)).values_list("rule", flat=True)
    return Excuses(frozenset(rows), frozenset(waived))
