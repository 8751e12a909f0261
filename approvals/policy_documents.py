"""What a policy asks, as a YAML document to write and read: its condition and its stages, with groups by their titles and people by
their addresses. What is wrong with one is told with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import yaml
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User, UserGroup
from approvals.models import ApprovalPolicy
from approvals.stage_specs import carries_by_default, parse_stages
from core.errors import FieldError, Invalid, say
from governance import plain_yaml

_MEMBERS: Final = {"condition", "stages"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document asks: stages as services take them; `places` are the lines of its dotted paths."""

    condition: str
    stages: list[dict[str, Any]]
    places: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


def write(row: ApprovalPolicy) -> str:
    """What a version asks, readable and stable. What follows by itself is left out."""
    groups = dict(UserGroup.objects.filter(public_id__in=_named(row, "groups")).values_list("public_id", "title"))
    people = dict(User.objects.filter(pk__in=_named(row, "people")).values_list("pk", "email"))
    stages = []
    for spec in parse_stages(row.stages) if row.stages else []:
        said = spec.as_json()
        said["groups"] = [groups.get(UUID(each), each) for each in spec.groups]
        said["people"] = [people.get(UUID(each), each) for each in spec.people]
        if spec.carries == carries_by_default(spec.sections):
            del said["carries"]
        stages.append({name: value for name, value in said.items() if value not in ([], False) or name == "carries"})
    found = {**({"condition": row.condition} if row.condition else {}), "stages": stages}
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=120)


def _named(row: ApprovalPolicy, kind: str) -> set[str]:
    return {each for stage in row.stages for each in stage.get(kind) or ()}


def read(text: str, organisation: Organisation | None) -> Asked:
    """What a text asks; the stages themselves are judged when it is published. Raises Invalid by field, with lines."""
    said, places = plain_yaml.load(text)
    if not isinstance(said, dict):
        raise Invalid.field(plain_yaml.FIELD, "not_yaml", _("A document is an object with names and values."))
    errors = [FieldError(name, "unknown_field", _("There is no such field.")) for name in sorted(set(said) - _MEMBERS)]
    stages: Any = said.get("stages")
    condition = said.get("condition") or ""
    if not isinstance(condition, str):
        errors.append(FieldError("condition", "invalid", _("A condition is a text.")))
    if not isinstance(stages, list) or not all(isinstance(each, dict) for each in stages):
        errors.append(FieldError("stages", "required", _("The stages are a list of names with values.")))
    if errors:
        raise Invalid([_at_line(each, places) for each in errors])
    asked = Asked(condition, [dict(each) for each in stages], places)
    with told_by_line(asked):
        _resolve(asked.stages, organisation)
    return asked


def _resolve(stages: Sequence[dict[str, Any]], organisation: Organisation | None) -> None:
    """Ids in the place of titles and addresses. Raises Invalid for what nobody goes by."""
    groups = UserGroup.objects.filter(organisation=organisation).values_list("title", "public_id")
    people = User.objects.filter(organisation=organisation, kind="person").values_list("email", "pk")
    titles, emails = ({name: str(key) for name, key in rows} for rows in (groups, people))
    errors = []
    for index, stage in enumerate(stages):
        for kind, known in (("groups", titles), ("people", emails)):
            given = stage.get(kind)
            if not isinstance(given, list):
                continue
            found = [known.get(each, known.get(str(each).lower(), each)) if isinstance(each, str) else each for each in given]
            for place, each in enumerate(found):
                if isinstance(each, str) and not _is_id(each):
                    words = say(_("“{name}” is not known here."), name=each[:100])
                    errors.append(FieldError(f"stages.{index}.{kind}.{place}", "unknown", words))
            stage[kind] = found
    if errors:
        raise Invalid(errors)


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@contextmanager
def told_by_line(asked: Asked) -> Iterator[None]:
    """Whatever is found wrong inside is told with its line in the document."""
    try:
        yield
    except Invalid as error:
        raise Invalid([_at_line(each, asked.places) for each in error.errors]) from error


def _at_line(error: FieldError, places: Mapping[str, int]) -> FieldError:
    """The error with the line of the field, or of what holds it."""
    path = error.field
    while path and path not in places:
        path = path.rpartition(".")[0]
    if not path:
        return error
    return FieldError(error.field, error.code, say(_("Line {line}: {problem}"), line=places[path], problem=error.words))
