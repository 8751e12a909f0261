"""The items of a request as people read them: a tree with fields in words, findings and previews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from approvals import comparing
from approvals.models import ApprovalRequest, RequestItem
from campaigns.media.analysis import Kind
from campaigns.models import MediaAnalysis, MediaAsset
from campaigns.queries import found_in
from governance import messages
from governance.models import CheckRun, Finding
from workplace import words
from workplace.comments import Choice, choices
from workplace.exceptions import Excuse, Excuses, is_soft
from workplace.measured import Fact, facts
from workplace.queue import media_of
from workplace.rule_pages.words import mode
from workplace.words import Line, Names

_DEPTH: Final = {"campaign": 0, "ad_group": 1, "ad": 2}
_WEIGHT: Final = {"hard": "failing", "soft": "failing", "warn": "warning", "audit": "note"}
_ORDER: Final = {"failing": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section in words, the beginning of its digest, and whether it differs from what was cleared last."""

    name: str
    title: str
    digest: str
    lines: list[Line]
    is_changed: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in words; `weight` is failing, warning or note."""

    weight: str
    title: str
    message: str
    item: str
    code: str
    evidence: list[tuple[str, str]]
    id: UUID
    is_soft: bool
    intended: str
    """In words, what it would do, were its version not on trial."""
    excuses: list[Excuse]
    may_override: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The media that items name: by (ad account, hash), and what was seen, heard and read in them, by kind and hash."""

    assets: Mapping[tuple[UUID, str], MediaAsset]
    found: Mapping[Kind, Mapping[str, MediaAnalysis]]

    def facts(self, asset: MediaAsset) -> list[Fact]:
        """The same in words."""
        return facts(asset, *(self.found[kind].get(asset.sha256) for kind in ("analysis", "reading")))


@dataclass(frozen=True, slots=True)
class Preview:
    """An ad as it will look: media in order, and what stands around them."""

    media: list[MediaAsset]
    measured: dict[str, list[Fact]]
    """By hash, what was seen, heard and read in those that were analysed."""
    missing: int
    display_name: str
    handle: str
    text: str
    hashtags: list[str]
    call_to_action: str
    landing_page: str
    disclaimer: str
    payer: str
    beneficiary: str


@dataclass(slots=True)
class ItemView:
    """One item of the tree."""

    item: RequestItem
    kind: str
    name: str
    depth: int
    within: str
    is_new: bool
    sections: list[SectionView]
    findings: list[FindingView]
    rules_passed: int
    places: list[Choice] = field(default_factory=list)
    """Of it, that a comment can be about."""
    preview: Preview | None = None
    publications: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the items name: what ids mean, and files."""

    names: Names
    files: Files


def surroundings(request: ApprovalRequest, others: Sequence[Mapping[str, Any]]) -> Surroundings:
    """Looked up for the items of a request and the `others` that they are compared with: five statements whatever their number."""
    contents = [*(item.revision.content["sections"] for item in request.items.all()), *others]
    hashes = comparing.hashes_in(contents)
    files = Files(media_of((request.ad_account_id, each) for each in hashes), found_in(hashes))
    called = {sha: asset.original_name for (_account, sha), asset in files.assets.items()}
    return Surroundings(comparing.names_of(request, contents, called), files)


def tree(request: ApprovalRequest, known: Surroundings, excuses: Excuses) -> list[ItemView]:
    """All items of a request with details, children under their parents."""
    items = list(request.items.all())
    contents = {item.pk: item.revision.content["sections"] for item in items}
    views = [_view(item, contents[item.pk], known.names, known.files, excuses) for item in items]
    return _in_order(views, {item.pk: _parent(item, contents[item.pk]) for item in items})


def _parent(item: RequestItem, sections: Mapping[str, Any]) -> UUID | None:
    key = {"ad_group": "campaign", "ad": "ad_group"}.get(item.entity_type)
    return UUID(sections["structure"][key]) if key else None


def _in_order(views: Sequence[ItemView], parents: Mapping[UUID, UUID | None]) -> list[ItemView]:
    """Parents before their children, siblings in the order of the request."""
    present = {view.item.entity_id for view in views}
    children: dict[UUID | None, list[ItemView]] = {}
    for view in views:
        parent = parents[view.item.pk]
        children.setdefault(parent if parent in present else None, []).append(view)
    ordered: list[ItemView] = []
    pending = list(reversed(children.get(None, [])))
    while pending:
        view = pending.pop()
        ordered.append(view)
        pending.extend(reversed(children.get(view.item.entity_id, [])))
    return ordered


def _view(
    item: RequestItem, sections: Mapping[str, Any], names: Names, files: Files, excuses: Excuses
) -> ItemView:
    findings = list(item.check_run.findings.all())
    return ItemView(
        item=item,
        kind=words.kind(item.entity_type),
        name=item.revision.name,
        depth=_DEPTH[item.entity_type],
        within=names.entities.get(str(_parent(item, sections)), ""),
        is_new=item.base is None,
        sections=_sections(item, sections, names),
        findings=_findings(findings, item, excuses),
        rules_passed=_rules_passed(item.check_run),
        places=choices(sections),
        preview=_preview(item, sections, names, files) if item.entity_type == "ad" else None,
    )


def _rules_passed(run: CheckRun) -> int:
    """How many rules let it pass; old runs have rows of what passed."""
    kept = {each["rule"] for each in run.passed or () if each["result"] == "pass"}
    return len(kept | {each.rule for each in run.findings.all() if each.result == "pass"})


def _sections(item: RequestItem, sections: Mapping[str, Any], names: Names) -> list[SectionView]:
    return [
        SectionView(
            name, words.section(name), item.revision.sections.get(name, "")[:8], words.lines(name, sections[name], names),
            name in item.sections_changed,
        )
        for name in words.in_order(sections)
    ]  # fmt: skip


def _findings(findings: Iterable[Finding], item: RequestItem, excuses: Excuses) -> list[FindingView]:
    """What did not pass, the gravest first."""
    told = [
        FindingView(
            "warning" if (excused := excuses.of(item.revision_id, each)) else _WEIGHT.get(each.mode, "note"),
            messages.title(each.rule, words.language()), messages.message(each.code, each.params, words.language()),
            item.revision.name, each.code, [(str(name), _short(value)) for name, value in each.evidence.items()],
            each.pk, is_soft(each), mode(each.intended) if each.intended else "", excused, excuses.offers(item.revision_id, each),
        )
        for each in findings if each.result in ("fail", "error")
    ]  # fmt: skip
    return sorted(told, key=lambda each: _ORDER[each.weight])


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _preview(item: RequestItem, sections: Mapping[str, Any], names: Names, files: Files) -> Preview:
    copy, wanted = sections["copy"], sections["creative"]["media"]
    found = [files.assets.get((item.revision.ad_account_id, each["sha256"])) for each in wanted]
    page = sections["identity"]["page"]
    return Preview(
        media=[asset for asset in found if asset is not None],
        measured={asset.sha256: files.facts(asset) for asset in found if asset is not None},
        missing=found.count(None),
        display_name=copy["display_name"],
        handle=names.pages.get(str(page["id"]), "") if page else "",
        text=copy["text"],
        hashtags=[f"#{tag.lstrip('#')}" for tag in copy["hashtags"]],
        call_to_action=words.call_to_action(copy["call_to_action"]),
        landing_page=sections["destination"]["landing_page_url"],
        disclaimer=sections["disclosure"]["disclaimer"],
        payer=sections["disclosure"].get("payer", ""),
        beneficiary=sections["disclosure"].get("beneficiary", ""),
    )
