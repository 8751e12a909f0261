"""Versions of policies in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from approvals.conditions import PROPOSALS, condition
from approvals.models import ApprovalPolicy
from approvals.policy_differences import difference, sentences, stage_words
from approvals.policy_queries import names_in, policy_state, visible_policies
from approvals.stage_specs import StageSpec, parse_stages
from approvals.states import PolicyState
from core.errors import NotFound
from workplace import words
from workplace.access import actor_of
from workplace.access_pages import places

WITH_PLACE = ("brand__organisation", "ad_account__brand__organisation")


@dataclass(frozen=True, slots=True)
class Summary:
    """One version in a line."""

    row: ApprovalPolicy
    state: PolicyState
    scope: str
    stages: list[str]


@dataclass(frozen=True, slots=True)
class Told:
    """One stage in words."""

    spec: StageSpec
    asks: str
    sections: str


def visible(request: HttpRequest) -> Any:
    """Versions that govern anything the reader may see, with the names of where they are bound."""
    return visible_policies(actor_of(request)).select_related("organisation", *WITH_PLACE)


def seen(request: HttpRequest, identifier: Any) -> ApprovalPolicy:
    """One of them. Raises NotFound."""
    row: ApprovalPolicy | None = visible(request).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


def in_force(request: HttpRequest, key: str) -> ApprovalPolicy | None:
    """The version of a key that governs now, if the reader sees it."""
    found: ApprovalPolicy | None = visible(request).filter(key=key, pk__in=ApprovalPolicy.current()).first()
    return found


def summary(row: ApprovalPolicy, now: datetime) -> Summary:
    where = _("everywhere") if row.scope is None else places.label(row.scope)
    return Summary(row, policy_state(row, now), where, [str(stage["title"]) for stage in row.stages])


def stages(row: ApprovalPolicy) -> list[Told]:
    """The stages of a version: two statements where they name groups or people."""
    names = names_in([row])
    return [
        Told(spec, stage_words(spec.as_json(), names), words.sections(spec.sections))
        for spec in (parse_stages(row.stages) if row.stages else ())
    ]


def changes(base: ApprovalPolicy | None, row: Any) -> list[str]:
    """What differs from one version to another, a sentence each."""
    sections = {name: str(title) for name, title in words.SECTIONS.items()}
    versions: Sequence[Any] = [each for each in (base, row) if each is not None]
    return sentences(difference(base, row), names_in(versions, sections))


def vocabulary() -> list[tuple[str, str]]:
    """What a condition may name, in the language of the page."""
    german = words.language() == "de"
    return [(each.name, each.de if german else each.en) for each in PROPOSALS.entries]


def read_by(row: ApprovalPolicy) -> list[tuple[str, str]]:
    """What the condition of a version names."""
    program, known = condition(row.condition).program, dict(vocabulary())
    return [] if program is None else [(entry.name, known[entry.name]) for entry in program.entries]
