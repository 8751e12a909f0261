"""The gate through the services: whatever is refused sends nothing, leaves no publication, and stands in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from approvals import services as approvals
from approvals.models import ApprovalRequest
from approvals.services.submitting import Submission
from audit.models import AuditEvent
from audit.recording import AuditMissing
from campaigns.models import Ad, Revision
from core import clock
from core.actor import Actor, Channel, system
from core.errors import Forbidden, ImprimaturError, NotFound
from governance.defaults import brand_rules
from governance.services import publish_rule_set
from publishing import performing, queries, services
from publishing.errors import DigestMismatch
from publishing.models import Publication
from tests import builders
from tests.guards.attack import unguarded
from tests.publishing.studio import Studio

WORKER = system(Channel.TASK)
ADMIT_STATEMENTS = 12
"""Permission, lock, what the judgement reads, the rule sets of today, publications and events of a whole tree."""
STEP_STATEMENTS = 25
"""One creation: claimed, asked again, prepared, concluded; two transactions."""


def ask(studio: Studio, request: ApprovalRequest, by: str | Actor = "publisher") -> list[Publication]:
    actor = by if isinstance(by, Actor) else studio.world.actor(by)
    return services.request_publication(actor=actor, request=request.pk)


def refused(studio: Studio, code: str, action: Callable[[], Any], publications: int = 0) -> AuditEvent:
    """The action is refused with `code`; nothing was sent or queued; the refusal stands in the log."""
    seen = AuditEvent.objects.count()
    with pytest.raises(ImprimaturError) as caught:
        action()
    assert caught.value.code == code
    assert Publication.objects.count() == publications
    if not publications:
        studio.assert_nothing_sent()
    assert AuditEvent.objects.count() == seen + 1
    event = AuditEvent.objects.order_by("id").last()
    assert event is not None
    assert (event.action, event.outcome) == ("publishing.publication.admitted", "refused")
    assert f'"code":"{code}"' in event.canonical
    return event


@pytest.mark.parametrize("state", [each for each in builders.STATES if each not in ("approved", "revoked")])
def test_r01_what_is_not_approved_is_refused(studio: Studio, state: str) -> None:
    request = studio.world.request(state)
    refused(studio, "not_approved", lambda: ask(studio, request))


def test_r32_what_was_revoked_is_refused(studio: Studio) -> None:
    request = studio.world.request("revoked")
    event = refused(studio, "clearance_revoked", lambda: ask(studio, request))
    assert event.subject_id == str(request.pk)


def test_r01_an_approval_without_clearance_is_refused(studio: Studio) -> None:
    """Nobody can bring that about but past the guards; the gate refuses it all the same."""
    request = studio.world.request("in_review", publish="manual")
    with unguarded():
        ApprovalRequest.objects.filter(pk=request.pk).update(state="approved")
    refused(studio, "not_cleared", lambda: ask(studio, request))


def test_r02_changed_text_of_a_cleared_revision_is_refused(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    with unguarded():
        row = Revision.objects.get(request_items__request=request, entity_type="ad")
        Revision.objects.filter(pk=row.pk).update(canonical=row.canonical.replace("Warm", "Cold"))
    refused(studio, "digest_mismatch", lambda: ask(studio, request))


def test_r02_changed_text_between_gate_and_dispatch_is_never_sent(studio: Studio) -> None:
    request = studio.admitted()
    with unguarded():
        row = Revision.objects.get(request_items__request=request, entity_type="campaign")
        Revision.objects.filter(pk=row.pk).update(canonical=row.canonical.replace("Autumn", "Winter"))
    studio.publish(request)
    assert studio.ended(request) == {"cancelled"}
    studio.assert_nothing_sent()


def test_r01_a_worker_checks_the_digest_of_what_it_sends_itself(studio: Studio) -> None:
    row = studio.first(studio.admitted())
    row.revision.canonical += " "
    with pytest.raises(DigestMismatch):
        performing.prepare(row)


def test_r21_before_its_time_and_after_its_window(studio: Studio, time_machine: Any) -> None:
    request = studio.approved(publish="manual", publish_at=clock.now() + timedelta(days=2))
    refused(studio, "clearance_not_yet_valid", lambda: ask(studio, request))
    time_machine.move_to(clock.now() + timedelta(days=10))
    refused(studio, "clearance_expired", lambda: ask(studio, request))


def test_r10_edited_after_approval_is_refused(studio: Studio) -> None:
    tree = studio.world.tree()
    request = studio.approved(tree, publish="manual")
    studio.edit_ad(tree, text="Warm jackets for you")
    studio.world.submit(tree)
    refused(studio, "clearance_suspended", lambda: ask(studio, request))


def test_r10_an_edit_alone_does_not_change_what_goes_out(studio: Studio) -> None:
    tree = studio.world.tree()
    request = studio.approved(tree)
    studio.edit_ad(tree, text="Cold jackets")
    studio.publish(request)
    assert studio.texts() == ["Warm jackets are here"]


def test_r27_a_child_before_its_parent_is_refused(studio: Studio) -> None:
    tree = studio.world.tree()
    studio.approved(tree, publish="manual")
    studio.world.ad(tree.ad_group, name="Second film", text="Coats are here")
    child = studio.approved(tree, publish="manual")
    refused(studio, "parent_not_published", lambda: ask(studio, child))


def test_r27_a_child_below_a_revoked_parent_is_refused(studio: Studio) -> None:
    tree = studio.world.tree()
    parents = studio.published(tree)
    studio.world.ad(tree.ad_group, name="Second film", text="Coats are here")
    request = _child_of(studio, tree)
    approvals.revoke(actor=studio.world.actor("operator"), request=parents.pk, reason="The price is wrong.")
    refused(studio, "parent_not_published", lambda: ask(studio, request), publications=6)


def _child_of(studio: Studio, tree: builders.Tree) -> ApprovalRequest:
    newest = tree.ad_group.ads.order_by("id").last()
    assert newest is not None
    submission = Submission(items=(("ad", newest.pk),), publish="manual")
    request = approvals.submit(actor=studio.world.actor("submitter"), submission=submission).request
    studio.world.check(request)
    studio.world.decide(request, "content")
    if request.stages.filter(key="budget").exists():
        studio.world.decide(request, "budget")
    return request


def test_r12_rules_of_today_are_asked(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    publish_rule_set(
        actor=builders.ROOT, key="more", title="More", scope=studio.world.organisation,
        rules=brand_rules([builders.DOMAIN], ["jackets"]),
    )  # fmt: skip
    refused(studio, "checks_fail_now", lambda: ask(studio, request))


def test_what_the_channel_cannot_express_is_refused_as_a_whole(studio: Studio) -> None:
    tree = studio.world.tree()
    Ad.objects.filter(pk=tree.ad.pk).update(format="top_view")
    request = studio.world.submit(tree, publish="manual").request
    studio.world.check(request)
    request.refresh_from_db()
    assert request.state == "in_review", studio.world.failures(request)
    studio.world.decide(request, "content")
    studio.world.decide(request, "budget")
    refused(studio, "channel_not_bookable", lambda: ask(studio, request))


def _unlink(studio: Studio) -> None:
    accounts.edit_ad_account(actor=builders.ROOT, ad_account=studio.world.account, pages=[])


def test_r57_what_speaks_as_a_page_that_was_unlinked_since_is_refused_as_a_whole(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    _unlink(studio)
    obstacle = queries.obstacle(request.pk, clock.now())
    assert obstacle is not None
    assert "page that is not linked" in str(obstacle.detail)
    refused(studio, "page_unlinked", lambda: ask(studio, request))


def test_r57_a_page_that_is_unlinked_between_gate_and_dispatch_is_not_spoken_as(studio: Studio) -> None:
    """What stands above the ad may go out; the ad does not, and nothing of it is switched on."""
    request = studio.admitted()
    _unlink(studio)
    studio.publish(request)
    assert studio.states(request) == ["published", "published", *["cancelled"] * 4]
    assert studio.texts() == []
    row = studio.rows(request)[2]
    assert row.entity_type == "ad"
    assert "page that is not linked" in row.reason


def test_r57_what_is_live_stays_live_after_unlinking(studio: Studio) -> None:
    studio.published()
    _unlink(studio)
    assert studio.texts() == ["Warm jackets are here"]


def test_r57_what_was_elsewhere_meanwhile_is_refused(studio: Studio) -> None:
    """The ad account moved and came back after the approval: to the same brand, with the same page, at another placement."""
    request, home = studio.approved(publish="manual"), studio.world.account
    sister = accounts.create_brand(actor=builders.ROOT, organisation=studio.world.organisation, name="Sister")
    for brand in (sister, studio.world.brand):
        there = type(home).objects.select_related("brand__organisation").get(pk=home.pk)
        accounts.move_ad_account(actor=builders.ROOT, ad_account=there, brand=brand)
    accounts.edit_ad_account(actor=builders.ROOT, ad_account=there, pages=[studio.world.page])
    refused(studio, "account_moved", lambda: ask(studio, request))


@pytest.mark.parametrize("person", ["submitter", "content", "budget", "operator", "auditor", "access_manager", "policy_manager"])
def test_r57_publishing_needs_the_permission(studio: Studio, person: str) -> None:
    request = studio.approved(publish="manual")
    refused(studio, "forbidden", lambda: ask(studio, request, person))


def test_r57_a_stranger_and_a_superuser_without_role_see_nothing(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    other = builders.organisation("Other")
    refused(studio, "not_found", lambda: ask(studio, request, other.actor("publisher")))
    user = studio.world.add_person("root")
    type(user).objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    refused(studio, "not_found", lambda: ask(studio, request, "root"))


def test_an_unknown_request_is_refused(studio: Studio) -> None:
    refused(studio, "not_found", lambda: services.request_publication(actor=studio.world.actor("publisher"), request=uuid4()))


def test_only_the_service_publishes_by_itself_and_only_what_asked_for_it(studio: Studio) -> None:
    manual, own = studio.approved(publish="manual"), studio.approved()
    refused(studio, "forbidden", lambda: services.publish_cleared(actor=WORKER, request=manual.pk))
    publisher = studio.world.actor("publisher")
    refused(studio, "forbidden", lambda: services.publish_cleared(actor=publisher, request=own.pk))


def test_r37_asked_twice_is_refused_and_queued_once(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    assert len(ask(studio, request)) == 6
    refused(studio, "already_published", lambda: ask(studio, request), publications=6)
    studio.publish(request)
    refused(studio, "already_published", lambda: ask(studio, request), publications=6)


@pytest.mark.parametrize("verb", ["begin", "recover"])
def test_steps_are_taken_by_the_service_alone(studio: Studio, verb: str) -> None:
    row = studio.first(studio.admitted())
    with pytest.raises(Forbidden):
        getattr(services, verb)(actor=studio.world.actor("publisher"), publication=row.pk)
    with pytest.raises(NotFound):
        getattr(services, verb)(actor=WORKER, publication=uuid4())
    assert studio.states(row.request) == ["queued"] * 6


def test_admission_stands_in_the_log(studio: Studio) -> None:
    request = studio.admitted()
    events = AuditEvent.objects.filter(action="publishing.publication.admitted", outcome="recorded")
    assert events.count() == 6
    for row in studio.rows(request):
        event = events.get(subject_id=str(row.pk))
        assert row.digest in event.canonical
        assert str(row.clearance_id) in event.canonical


def test_evidence_is_never_left_out(studio: Studio) -> None:
    """Every dispatch of a whole tree leaves begun and published events for each step."""
    request = studio.published()
    for row in studio.rows(request):
        actions = AuditEvent.objects.filter(subject_id=str(row.pk)).order_by("id").values_list("action", flat=True)
        tail = [action.rpartition(".")[2] for action in actions if "media" not in action]
        assert tail == ["admitted", "dispatched", "published"]
    assert issubclass(AuditMissing, AssertionError)


def test_statements_of_admission_and_of_a_step_do_not_grow(studio: Studio) -> None:
    """Recorded so that growth is seen; none of them depends on the number of items."""
    request = studio.approved(publish="manual")
    actor = studio.world.actor("publisher")
    with CaptureQueriesContext(connection) as admitting:
        services.request_publication(actor=actor, request=request.pk)
    row = studio.first(request)
    with CaptureQueriesContext(connection) as stepping:
        studio.step(request)
    assert row.operation == "create"
    assert (_counted(admitting), _counted(stepping)) == (ADMIT_STATEMENTS, STEP_STATEMENTS)


def _counted(captured: CaptureQueriesContext) -> int:
    """Statements without the opening and closing of transactions; savepoints are the test's own."""
    skipped = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
    return sum(not query["sql"].startswith(skipped) for query in captured.captured_queries)


def test_the_obstacle_is_what_the_gate_would_say(studio: Studio) -> None:
    request = studio.approved(publish="manual")
    assert queries.obstacle(request.pk, clock.now()) is None
    ask(studio, request)
    obstacle = queries.obstacle(request.pk, clock.now())
    assert obstacle is not None
    assert obstacle.code == "already_published"
