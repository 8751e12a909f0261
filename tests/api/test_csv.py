"""Listings as CSV: one line a row, members of members taken apart, nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from accounts import services as accounts
from api.tables import cell
from tests.api.conftest import Answer, Api, door
from tests.api.test_bad_input import LISTINGS
from tests.builders import ROOT, World

CSV = {"Accept": "text/csv"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    assert answer.type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.body, newline="")))


@pytest.mark.parametrize("name", [*LISTINGS, "access/review"])
def test_every_listing(world: World, name: str) -> None:
    """The same rows as in JSON, in the same order; every value is there under its dotted name."""
    world.request(at="approved", publish="manual")
    world.add_person("all", "submitter", "content_approver", "publisher", "access_manager", scope=world.organisation)
    api = door(world, "auditor" if name == "audit-events" else "all")
    rows, lines = api.get(f"{name}/").body["results"], table(api.get(f"{name}/", **CSV))
    assert [line.get("id") for line in lines] == [row["id"] for row in rows]
    for row, line in zip(rows, lines, strict=True):
        for member, value in row.items():
            if isinstance(value, str | int) and not isinstance(value, bool) and not str(value).startswith(FORMULA):
                assert line[member] == str(value)
            if isinstance(value, dict) and member in ("user", "scope", "group", "owner", "submitted_by", "exposure", "budget"):
                assert {each: line[f"{member}.{each}"] for each in value} == {each: cell(inner) for each, inner in value.items()}


def test_an_empty_listing_has_its_head(api: Api) -> None:
    answer = api.get("campaigns/", **CSV)
    assert table(answer) == []
    assert answer.body.startswith("id,ad_account,name,")
    assert "budget.mode,budget.amount" in answer.body
    assert answer.body.endswith("\r\n")


def test_pages_and_fields(world: World, api: Api) -> None:
    for _ in range(3):
        world.campaign()
    answer = api.get("campaigns/?page_size=2&fields=name,budget", **CSV)
    assert [*table(answer)[0]] == ["name", "budget.mode", "budget.amount"]
    assert len(table(answer)) == 2
    link = answer.headers["Link"]
    assert 'rel="next"' in link
    rest = api.get(link.partition("<")[2].partition(">")[0], **CSV)
    assert table(rest) == [{"name": "Autumn campaign", "budget.mode": "daily", "budget.amount": "80.00"}]


@pytest.mark.parametrize("lead", [lead for lead in FORMULA if lead.isprintable()])
def test_formulas_are_text(world: World, boss: Api, lead: str) -> None:
    name = f'{lead}HYPERLINK("http://evil.example","x"),"y"'
    accounts.create_brand(actor=ROOT, organisation=world.organisation, name=name)
    lines = [line["name"] for line in table(boss.get("brands/", **CSV))]
    assert lines == [f"'{name}", "Acme Brand"]


@pytest.mark.parametrize("lead", FORMULA)
def test_text_that_begins_like_a_formula_is_text(lead: str) -> None:
    """Names never begin with a blank or line end; other text may."""
    assert cell(f'{lead}HYPERLINK("x"),\n"y"') == f"'{lead}HYPERLINK(\"x\"),\n\"y\""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (False, "false"), (-5, "-5"), ("-5", "'-5"), ("a", "a"), ([], ""), (["a", "b"], "a; b"),
        (["=1", "b"], "'=1; b"), ([{"a": "ä"}], '[{"a": "ä"}]'), ({"a": 1}, '{"a": 1}'), ([["a", "b"]], '[["a", "b"]]'),
    ],
)  # fmt: skip
def test_cells(value: Any, text: str) -> None:
    assert cell(value) == text


def test_listings_alone_speak_csv(world: World, api: Api, boss: Api) -> None:
    path = f"brands/{world.brand.pk}/"
    for answer in (api.get(path, **CSV), boss.get("access-policy/", **CSV), boss.post("brands/", {"name": "x"}, **CSV)):
        assert (answer.status, answer.body["code"]) == (406, "not_acceptable")
    assert len(boss.get("brands/").body["results"]) == 1, "what cannot be answered is not done"
    tree = world.tree()
    world.submit(tree)
    assert table(api.get(f"ads/{tree.ad.pk}/revisions/", **CSV))[0]["number"] == "1"
    assert api.get("brands/", Accept="text/html, */*;q=0.1").type == "application/json"


def test_refusals_are_problems_all_the_same(api: Api) -> None:
    for path, status in (("brands/?colour=blue", 400), ("access/review/", 403), ("brands/?cursor=x", 400)):
        assert api.get(path, **CSV).status == status  # `Api` sees that it is problem+json
    assert Api(None).get("brands/", **CSV).status == 401


def test_the_review_is_saved_in_full(world: World, boss: Api, tmp_path: Path) -> None:
    group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="=Team")
    for number in range(60):
        user = world.add_person(f"p{number}", "submitter")
        accounts.add_member(actor=ROOT, group=group, user=user)
    everything = table(boss.get("access/review/", **CSV))
    assert len(everything) == 60 + 60 + 10
    assert {line["kind"] for line in everything} == {"role_grant", "membership"}
    assert [line["id"] for line in everything] == sorted((line["id"] for line in everything), reverse=True)
    assert {line["group.title"] for line in everything} == {"'=Team", ""}
    assert {"user.last_login", "user.last_token_use", "reviewed_at", "clashes", "scope.name"} < set(everything[0])
    assert [*table(boss.get("access/review/?fields=id,role", **CSV))[0]] == ["id", "role"]
    assert len(table(boss.get("access/review/?page_size=5", **CSV))) == 5
