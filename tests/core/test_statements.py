"""Words made once: they do what the ORM does with the same queryset, on both databases."""

from __future__ import annotations

import contextlib
import gc
import threading
import weakref
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, models, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts import permissions, placing
from accounts import services as accounts
from accounts.models import AdAccount, Brand, Organisation, User, UserGroup
from approvals import eligibility, locks, plans, policy_queries, queries
from approvals.models import ApprovalPolicy, ApprovalRequest
from approvals.services import bench, checking, submitting
from audit.models import AuditEvent
from campaigns import snapshots
from campaigns.services import ads as drafting_ads
from core import clock
from core.money import Money
from core.statements import FEW, PREPARED, Change, NotPreparable, Prepared, insert, prepared, update
from governance import checks, minimums
from governance import queries as governed
from governance.models import CheckRun, RuleSet
from tests import builders
from tests.builders import World


@pytest.fixture
def world(db) -> World:
    return builders.organisation()


def fields_of(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def related_of(row: models.Model) -> dict[str, Any]:
    return {name: (fields_of(other), related_of(other)) for name, other in row._state.fields_cache.items() if other is not None}


def same(found: list[Any], expected: list[Any]) -> None:
    assert [(type(row), fields_of(row), related_of(row)) for row in found] == [
        (type(row), fields_of(row), related_of(row)) for row in expected
    ]
    assert [(row._state.adding, row._state.db, row.get_deferred_fields()) for row in found] == [
        (row._state.adding, row._state.db, row.get_deferred_fields()) for row in expected
    ]


def by_the_orm(words: Prepared[Any, Any], *arguments: Any) -> list[Any]:
    return list(cast("QuerySet[Any]", words.build(*arguments)))


# --- what the product has prepared ---------------------------------------------------------------------------------------


def test_free_checks(world: World):
    request = world.request("awaiting_checks")
    assert same_as_by_the_orm(queries.free_checks, uuid4(), clock.now()) == []
    assert len(same_as_by_the_orm(queries.free_checks, request.pk, clock.now())) == 3


def test_starting_checks(world: World):
    request, now = world.request("awaiting_checks"), clock.now()
    runs = [run.pk for run in CheckRun.objects.filter(request_items__request=request)]
    until = now + timedelta(seconds=9)
    assert checks._start.count([uuid4() for _ in runs], now, until) == 0
    assert checks._start.count(runs, now, until) == 3
    assert set(CheckRun.objects.values_list("state", "leased_until", "attempts")) == {("running", until, 1)}
    assert checks._start.count(runs[:1], until, until) == 0
    assert checks._start.count(runs[:1], until + timedelta(seconds=1), until) == 1
    assert CheckRun.objects.get(pk=runs[0]).attempts == 2


def same_as_by_the_orm(words: Prepared[Any, Any], *arguments: Any) -> list[Any]:
    """Asked twice, since the second time only the words are sent."""
    for _ in range(2):
        found, expected = words(*arguments), by_the_orm(words, *arguments)
        if expected and isinstance(expected[0], tuple):
            assert sorted(map(str, found)) == sorted(map(str, expected))
        else:
            same(found, expected)
    return found


def _group_of(world: World) -> UserGroup:
    """A group with a member."""
    group = UserGroup.objects.filter(title="Kept words").first()
    if group is None:
        group = accounts.create_user_group(actor=builders.ROOT, organisation=world.organisation, title="Kept words")
        accounts.add_member(actor=builders.ROOT, group=group, user=world.people["content"])
    return group


def _deputy_of(world: World) -> datetime:
    """A moment at which somebody stands in for somebody."""
    until = clock.now() + timedelta(days=2)
    held = accounts.delegate(
        actor=builders.ROOT, delegator=world.people["content"], deputy=world.people["budget"], scope=world.brand,
        permissions=["approve_content"], expires_at=until, conveyed=True,
    )  # fmt: skip
    return held.granted_at


def _limit_of(world: World) -> str:
    """The currency in which somebody has a limit."""
    user, amount = world.people["budget"], Money(5, "USD")
    return accounts.give_limit(actor=builders.ROOT, user=user, scope=world.brand, amount=amount).currency


def _later(world: World, people: list[UUID], _submitted: datetime, _oldest: datetime) -> tuple[Any, ...]:
    """As of a request that is put forward when all is given."""
    now = clock.now() + timedelta(hours=1)
    return now, people, now, now


def asked(world: World, request: ApprovalRequest) -> list[tuple[Prepared[Any, Any], tuple[Any, ...]]]:
    """What is kept, with arguments to which something answers."""
    now, tree, account, user = clock.now(), world.tree_of[request.pk], world.account, world.people["content"]
    chain = permissions.ids_of(account)
    counts = eligibility._of(request, now)
    ads, entities = [tree.ad.pk], [tree.campaign.pk, tree.ad_group.pk, tree.ad.pk]
    return [
        (permissions._all_held, (user.pk, now)),
        (eligibility._counting_rows, (user.pk, now, *counts)),
        (eligibility._holders, ("approve_content", *chain, now, *counts)),
        (eligibility._members, ([_group_of(world).public_id], *_later(world, *counts))),
        (placing._place, (account.pk,)),
        (minimums._rows, (now.date(), account.channel, account.currency)),
        (governed._governing(RuleSet), chain),
        (governed._governing(ApprovalPolicy), chain),
        (policy_queries._governing, chain),
        (governed._judging, chain),
        (plans._root, (tree.campaign.pk,)),
        (plans._groups, (tree.campaign.pk,)),
        (plans._ads, (tree.campaign.pk,)),
        (plans._revisions, (entities,)),
        (locks._request, (request.pk,)),
        (checking._runs, (request.pk,)),
        (submitting._open, (entities,)),
        (bench.stages_of, (request.pk,)),
        (bench.decisions_of, (request.pk, now)),
        (eligibility._standing_in, (*chain, _deputy_of(world), *counts)),
        (eligibility._limits, (*chain, _limit_of(world), *_later(world, *counts))),
        (bench.items_of, (request.pk,)),
        (snapshots._links, (ads,)),
        (drafting_ads._parent, (tree.ad_group.pk,)),
        (drafting_ads._speaking, (account.pk, account.brand_id, tree.ad.page_id)),
        (drafting_ads._assets, (account.pk, [each.pk for each in tree.ad.media.all()])),
    ]


def test_what_checking_submitting_deciding_and_clearing_read(world: World):
    for words, arguments in asked(world, world.request("content_approved")):
        assert same_as_by_the_orm(words, *arguments), words.build
    changed = *permissions.ids_of(world.account), world.people["content"].pk, clock.now() - timedelta(days=1)
    assert same_as_by_the_orm(governed._changed, *changed) == []


def test_all_words_that_are_kept_are_asked_here(world: World):
    here = {words for words, _ in asked(world, world.request("content_approved"))}
    here |= {queries.free_checks, checks._start, governed._changed}
    assert [words.build for words in PREPARED if words not in here and not words.build.__module__.startswith("tests")] == []


# --- what can be prepared ------------------------------------------------------------------------------------------------


@prepared
def named(name: str, brands: list[Any]) -> QuerySet[AdAccount]:
    return AdAccount.objects.filter(name=name, brand__in=brands).select_related("brand__organisation").annotate(small=Lower("name"))


def test_joined_rows_annotations_and_lists_of_every_length(world: World):
    other = world.second_account
    for brands in ([world.brand.pk], [world.brand.pk, uuid4()], [uuid4(), uuid4(), world.brand.pk]):
        for name in (world.account.name, other.name, "%s", "' OR ''='"):
            found = named(name, brands)
            same(found, by_the_orm(named, name, brands))
            assert [vars(row)["small"] for row in found] == ([name.lower()] if name in (world.account.name, other.name) else [])
    assert named(world.account.name, []) == []


def test_the_words_are_made_once_and_for_each_database_apart(world: World):
    named(world.account.name, [world.brand.pk])
    with CaptureQueriesContext(connection) as first, pytest.MonkeyPatch.context() as patch:
        patch.setattr(named, "build", None)
        named("other", [uuid4()])
    assert len(first) == 1
    assert {kind[0] for kind in named._known} <= {"sqlite", "postgresql"}


def test_what_has_no_fixed_words_is_refused(world: World):
    @prepared
    def like(text: str) -> QuerySet[User]:
        return User.objects.filter(name__contains=text)

    @prepared
    def values(text: str) -> Any:
        return User.objects.filter(name=text).values("name")

    @prepared
    def number(value: int) -> QuerySet[CheckRun]:
        return CheckRun.objects.filter(attempts=value)

    refused: list[tuple[Any, Any]] = [(like, "a"), (values, "a"), (number, 1)]
    for words, argument in refused:
        with pytest.raises(NotPreparable):
            words(argument)


def test_what_varies_without_being_an_argument_is_refused(world: World):
    @prepared
    def lately(now: datetime) -> QuerySet[CheckRun]:
        return CheckRun.objects.filter(queued_at__lte=now, finished_at__gt=now - timedelta(days=1))

    @prepared
    def by_the_clock(state: str) -> QuerySet[CheckRun]:
        return CheckRun.objects.filter(state=state, queued_at__lte=clock.now())

    refused: list[tuple[Any, Any]] = [(lately, clock.now()), (by_the_clock, "queued")]
    for words, argument in refused:
        with pytest.raises(NotPreparable):
            words(argument)


def test_arguments_are_given_by_position(world: World):
    def by_default(kind: str = "person") -> QuerySet[User]:
        return User.objects.filter(kind=kind)

    with pytest.raises(NotPreparable):
        prepared(by_default)
    with pytest.raises(NotPreparable):
        named(name="a", brands=[])


def test_nothing_is_not_equal_to_nothing(world: World):
    with pytest.raises(NotPreparable):
        update(CheckRun, {"leased_until": None}, {"attempts": 1})


def test_words_hold_on_to_no_connection(world: World):
    """The words are made in one thread and read in another; the first one's connection ends with it."""
    kept: list[Any] = []
    locks._request._known.clear()
    bench.stages_of._known.clear()

    def make() -> None:
        bench.stages_of._plan((uuid4(),))
        kept.append(weakref.ref(connections[DEFAULT_DB_ALIAS]))
        connections.close_all()

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    gc.collect()
    assert kept[0]() is None
    request = world.request("in_review")
    same_as_by_the_orm(bench.stages_of, request.pk)


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_not_committed_by_whoever_catches_it(transactional_db):
    world = builders.organisation()
    row = copies(1)[0]

    def carry_on() -> None:
        update(Brand, {"pk": world.brand.pk}, {"name": "changed"})
        insert([row])
        with contextlib.suppress(IntegrityError):
            insert([row])

    with transaction.atomic():
        carry_on()
    assert Brand.objects.get(pk=world.brand.pk).name != "changed"


def test_an_update_is_counted_and_not_read(world: World):
    @prepared
    def renamed(old: str, new: str) -> Change[Brand]:
        return Change(Brand.objects.filter(name=old), {"name": new})

    with pytest.raises(NotPreparable):
        renamed("nobody", "x")
    assert renamed.count(world.brand.name, "100 % 's") == 1
    assert Brand.objects.get(pk=world.brand.pk).name == "100 % 's"


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_taken_in_a_transaction(transactional_db):
    world = builders.organisation()
    request = world.request("in_review")
    with transaction.atomic():
        assert locks._request.one(request.pk) == request
    with pytest.raises(TransactionManagementError):
        locks._request(request.pk)


# --- rows in hand ----------------------------------------------------------------------------------------------------------


def copies(number: int) -> list[AuditEvent]:
    from audit.recording import Subject, event
    from core.actor import Channel, system

    subject = Subject("thing", "1", "100 % 'quoted' \\ Grüße 🎉")
    return [event(system(Channel.COMMAND), "accounts.brand.created", subject, clock.now(), n=index) for index in range(number)]


@pytest.mark.parametrize("number", [0, 1, 2, FEW, FEW + 1])
def test_rows_are_written_as_the_orm_writes_them(world: World, number: int):
    rows = copies(number)
    insert(rows)
    same(list(AuditEvent.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")), sorted(rows, key=lambda row: row.pk))


def test_json_and_nothing_are_written_as_the_orm_writes_them(world: World):
    request = world.request("awaiting_checks")
    run = CheckRun.objects.filter(request_items__request=request)[0]
    one, other = ({**fields_of(run), "id": uuid4(), "key": ""} for _ in range(2))
    insert([CheckRun(**one)])
    CheckRun.objects.bulk_create([CheckRun(**other)])
    with connection.cursor() as cursor:
        columns = ", ".join(str(field.column) for field in CheckRun._meta.local_fields if field.name != "id")
        cursor.execute(f"SELECT {columns} FROM governance_checkrun WHERE key = ''")
        first, second = cursor.fetchall()
    assert first == second


def test_values_are_set_as_the_orm_sets_them(world: World):
    request = world.request("awaiting_checks")
    runs = list(CheckRun.objects.filter(request_items__request=request))
    until = clock.now()
    some = [run.pk for run in runs[:2]]
    where = {"pk": some, "state": ["queued", "running"]}
    assert update(CheckRun, where, {"state": "running", "leased_until": until}) == 2
    assert update(CheckRun, {"pk": some, "state": "queued"}, {"state": "running"}) == 0
    assert update(CheckRun, {"pk": [], "state": "queued"}, {"state": "running"}) == 0
    assert update(CheckRun, {"pk": [*some, *(uuid4() for _ in range(FEW))], "state": "running"}, {"state": "running"}) == 2
    assert update(CheckRun, where, {"attempts": F("attempts") + 1, "leased_until": None}) == 2
    said = {"state": "completed", "outcome": "passed", "finished_at": until, "passed": [{"a": None, "b": "ü%s"}]}
    assert update(CheckRun, {"pk": some[0], "state": "running"}, said) == 1
    row = CheckRun.objects.get(pk=some[0])
    assert (row.attempts, row.leased_until, row.passed) == (1, None, [{"a": None, "b": "ü%s"}])
    assert CheckRun.objects.filter(pk=some[1], passed__isnull=True).exists()


def test_a_row_may_be_set_as_a_value(world: World):
    other = world.second_account
    assert update(ApprovalRequest, {"pk": uuid4()}, {"ad_account": other}) == 0
    assert update(Organisation, {"pk": world.organisation.pk}, {"name": "Other"}) == 1
