"""The listing at one number of ads, as a process on a database of its own: prints `ready`, then answers lines of JSON.

`{"contender": NAME, "times": N}` is answered with `{"p50", "p95"}` in ms; `{"facts": true}` with statements and plans of every
contender. Every call does what a request does: nobody and nothing is remembered from the one before.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from bench import server
from bench.peer_cycle import percentile, set_up

ACCOUNTS = 5_000
USERS = {"thousand": (5, 200), "two_hundred": (5, 40), "narrow": (5, 10)}
"""Name → in how many groups, each with grants on how many ad accounts: 20 %, 4 % and 1 % of all ads."""
GROUPS = 25
PAGE = 50
WATCHED = ("campaigns_ad", "approvals_adstate")
"""Tables that no plan may scan."""
NAIVE = "naive guardian"
COUNT = "capped count"
LARGE = 100_000


def fill(ads: int) -> dict[str, str]:
    """People, groups and members by the services, the rest as listing.sql has it. Returns each user's token."""
    from django.db import connection

    from accounts import services as accounts
    from accounts.models import UserGroup
    from core.actor import Channel, system

    root = system(Channel.COMMAND)
    organisation = accounts.create_organisation(actor=root, name="Bench", slug="bench")
    groups: list[tuple[UserGroup, int, int, int]] = []
    tokens = {}
    for name, (count, number) in USERS.items():
        person = accounts.create_person(
            actor=root, organisation=organisation, email=f"{name}@bench.example", name=name, password="correct horse battery"
        )
        tokens[name] = accounts.create_api_token(actor=root, user=person, name="bench")[1]
        for place in range(GROUPS if name == "thousand" else count):
            group = accounts.create_user_group(actor=root, organisation=organisation, title=f"{name} {place}")
            groups.append((group, 1 + place, ACCOUNTS // number, number))
            if place < count:
                accounts.add_member(actor=root, user=person, group=group)
    columns = zip(*((group.pk, first, step, number) for group, first, step, number in groups), strict=True)
    values: dict[str, Any] = dict(zip(("groups", "firsts", "steps", "numbers"), map(list, columns), strict=True))
    values |= {"accounts": ACCOUNTS, "ads": ads, "organisation": organisation.pk, "person": person.pk, "naive": GROUPS}
    with connection.cursor() as cursor:
        cursor.execute((server.HERE / "listing.sql").read_text(), values)
    return tokens


def vacuum() -> None:
    """What PostgreSQL does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# --- contenders ------------------------------------------------------------------------------------------------------------


class Listing:
    """The contenders over one database. Needs Django set up and the database filled."""

    def __init__(self, ads: int, tokens: dict[str, str]) -> None:
        from accounts.models import User
        from api.v1.ads.views import AdResource
        from approvals.queries import with_state

        class Unfiltered(AdResource):
            """The same view, for somebody to whom everything is visible."""

            def rows(self) -> Any:
                return with_state(self.request.query_params.get("status", ""))

        self.ads, self.tokens = ads, tokens
        self.people = {name: User.objects.get(email=f"{name}@bench.example").pk for name in tokens}
        self.views = {"ours": AdResource.as_view({"get": "list"}), "unfiltered": Unfiltered.as_view({"get": "list"})}
        self.contenders: dict[str, Callable[[], Any]] = {
            "door unfiltered": partial(self.door, "thousand", "status=in_review", "unfiltered"),
            "rows unfiltered": partial(self.rows, None, "in_review"),
            NAIVE: partial(self.naive, "thousand", "in_review"),
        }
        for name in tokens:
            self.contenders[f"door {name}"] = partial(self.door, name, "status=in_review")
            self.contenders[f"rows {name}"] = partial(self.rows, name, "in_review")
        self.contenders["door thousand drafts"] = partial(self.door, "thousand", "status=draft")
        self.contenders["door thousand any state"] = partial(self.door, "thousand", "")
        self.contenders[COUNT] = partial(self.count, "thousand", "approved")
        for number, place in self.places((1, 10, 100)).items():
            self.contenders[f"page {number}"] = partial(self.door, "thousand", f"status=approved&page_size=10{place}")

    def door(self, name: str, query: str, view: str = "ours") -> Any:
        """GET ads/ through the view, from the bearer token to the bytes of the answer."""
        from rest_framework.test import APIRequestFactory

        request = APIRequestFactory().get(f"/api/v1/ads/?{query}", headers={"Authorization": f"Bearer {self.tokens[name]}"})
        response = self.views[view](request)
        response.render()
        if response.status_code != 200:
            raise RuntimeError(response.content.decode())
        return json.loads(response.content)

    def visible(self, name: str | None, state: str) -> Any:
        """The rows of a user who is read afresh; of nobody in particular for None, who is read as well."""
        from accounts.actors import actor_for
        from accounts.models import User
        from approvals.queries import visible_ads_standing, with_state
        from core.actor import Channel

        user = User.objects.get(pk=self.people[name or "thousand"])
        return with_state(state) if name is None else visible_ads_standing(actor_for(user, Channel.API), state)

    def rows(self, name: str | None, state: str) -> list[Any]:
        """The first page, the query alone."""
        return list(self.visible(name, state).prefetch_related(None).order_by("-pk")[:PAGE])

    def naive(self, name: str, state: str) -> list[Any]:
        """The same page by one generic grant an ad."""
        from guardian.shortcuts import get_objects_for_user

        from accounts.models import User
        from campaigns.models import Ad

        user = User.objects.get(pk=self.people[name])
        rows = get_objects_for_user(user, "campaigns.see_ad", Ad, with_superuser=False, accept_global_perms=False)
        return list(rows.filter(approval__state=state).select_related("approval").order_by("-pk")[:PAGE])

    def count(self, name: str, state: str) -> int:
        """How many there are, counted to 1,000 as the workplace does."""
        from workplace.paging import CAP, capped_count

        return capped_count(self.visible(name, state), CAP)

    def places(self, numbers: tuple[int, ...]) -> dict[int, str]:
        """The cursors of these pages of ten approved ads, found by leafing through all before them."""
        from urllib.parse import parse_qs, urlsplit

        found, cursor = {}, ""
        for number in range(1, max(numbers) + 1):
            if number in numbers:
                found[number] = cursor
            following = self.door("thousand", f"status=approved&page_size=10{cursor}")["next"]
            cursor = f"&cursor={parse_qs(urlsplit(following).query)['cursor'][0]}"
        return found


# --- what does not depend on load --------------------------------------------------------------------------------------------


def facts(listing: Listing) -> dict[str, Any]:
    """Of every contender: how many statements it sends, and of those that read ads the plans and the blocks they touch.
    Ends the process, naming the plans, when one scans them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = {}
    for name, contender in listing.contenders.items():
        with CaptureQueriesContext(connection) as captured:
            contender()
        sent = [each["sql"] for each in captured.captured_queries]
        plans = []
        for statement in sent:
            if any(f'"{table}"' in statement for table in WATCHED):
                with connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
                    plans.append("\n".join(row[0] for row in cursor.fetchall()))
        found[name] = {"sql": len(sent), "blocks": sum(map(blocks, plans)), "plans": plans}
        # A count of a thousand out of a few ten thousand ads reads most of them, whatever the plan; pages never do.
        judged = name != NAIVE and (name != COUNT or listing.ads >= LARGE)
        if judged and any(scanned(plan, listing.ads) for plan in plans):
            said = "\n".join(line[:200] for plan in plans for line in plan.splitlines())
            raise SystemExit(f"{name} scans a table of ads:\n{said}")
    return found


def blocks(plan: str) -> int:
    """How many blocks of 8 kB a plan touched, in memory or not: a cost that no other load changes."""
    found = re.search(r"Buffers: shared((?: \w+=\d+)+)", plan)
    return sum(map(int, re.findall(r"(?:hit|read)=(\d+)", found[1]))) if found else 0


def scanned(plan: str, ads: int) -> list[str]:
    """The tables that a plan reads from end to end and must not: ads never, their states from 100,000 on. (At ten thousand
    these are a hundred pages, and a count of a thousand reads them all whatever the plan.)

    Walking a whole index is reading the table from end to end as well: an index scan without a condition, or a bitmap of one.
    Below a LIMIT it is not, when no sort or aggregate in between asks for all of it: that is how the newest fifty are found.
    """
    watched = WATCHED if ads >= LARGE else WATCHED[:1]
    steps = _steps(plan)
    return [table for table in watched if any(_reads_all(steps, index, table) for index in range(len(steps)))]


Step = tuple[int, str]
"""How far a line of a plan is indented, and the line."""
_SCAN = re.compile(r"\b(Seq Scan|Index (?:Only )?Scan(?: Backward)? using \S+|Bitmap Heap Scan) on (\w+)")
_ALL_FIRST = ("Sort", "Aggregate", "Hash", "WindowAgg", "Materialize")
"""Steps that hand nothing on, or not the first of it, before they have read all that is below them."""


def _steps(plan: str) -> list[Step]:
    return [(len(line) - len(line.lstrip()), line.strip().removeprefix("->").strip()) for line in plan.splitlines() if line.strip()]


def _reads_all(steps: list[Step], index: int, table: str) -> bool:
    indent, words = steps[index]
    found = _SCAN.search(words)
    if found is None or found[2] != table:
        return False
    if found[1] == "Seq Scan":
        return True
    return not _conditioned(steps, index) and not _bounded(steps, index, indent)


def _conditioned(steps: list[Step], index: int) -> bool:
    """Whether an index is asked for a part: `Index Cond` of the step itself, or of the bitmap below it."""
    below = takewhile(lambda step: step[0] > steps[index][0], steps[index + 1 :])
    return any(words.startswith("Index Cond:") for _indent, words in below)


def _bounded(steps: list[Step], index: int, indent: int) -> bool:
    """Whether a LIMIT above ends the walk."""
    for above, words in reversed(steps[:index]):
        if above < indent:
            indent, name = above, words.partition("  (")[0]
            if name == "Limit" or name.endswith(_ALL_FIRST):
                return name == "Limit"
    return False


def measure(contender: Callable[[], Any], times: int) -> dict[str, float]:
    """So many calls one after another, in ms."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        contender()
        took.append(1000 * (time.perf_counter() - start))
    return {"p50": percentile(took, 0.5), "p95": percentile(took, 0.95)}


def main(arguments: list[str]) -> None:
    os.environ["IMPRIMATUR_ALLOWED_HOSTS"] = "testserver"
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as name:
        set_up(Path(name))
        listing = Listing(int(arguments[0]), fill(int(arguments[0])))
        vacuum()
        if listing.rows("thousand", "in_review") != listing.naive("thousand", "in_review"):
            raise RuntimeError("ours and guardian's own answer differ")
        for contender in listing.contenders.values():
            measure(contender, 3)
        print("ready", flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            known = listing.contenders
            answer = facts(listing) if "facts" in asked else measure(known[asked["contender"]], asked["times"])
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
