"""A “no” that came too late is kept, told, and offered as revocation (R-19)."""

from __future__ import annotations

import pytest

from accounts import services as accounts
from approvals import services
from approvals.errors import LateDecision
from approvals.late import late_words
from approvals.models import Decision
from audit.models import AuditEvent
from core.errors import Forbidden, Invalid, StaleDigest
from tests.builders import ROOT
from tests.notices.seeing import told


def say_no(world, request, who="dee", stage="content", verdict="reject", comment="The music is not licensed.", digest=None):
    return services.decide(
        actor=world.actor(who), request=request.pk, stage=stage, digest=digest or request.digest, verdict=verdict, comment=comment
    )


@pytest.fixture
def dee(world):
    world.add_person("dee", "content_approver")
    return world


@pytest.mark.parametrize("verdict", ["reject", "request_changes"])
@pytest.mark.parametrize("at", ["content_approved", "approved"])
def test_r19_a_late_no_is_refused_and_kept(dee, at, verdict):
    request = dee.request(at=at)
    votes = Decision.objects.count()
    with pytest.raises(LateDecision) as refused:
        say_no(dee, request, verdict=verdict)
    assert (refused.value.code, refused.value.extra["revocable"]) == ("late_decision", False)
    event = AuditEvent.objects.get(action="approvals.decision.late")
    assert (event.outcome, event.subject_id) == ("refused", str(request.pk))
    for word in ("The music is not licensed.", request.digest, verdict, '"stage":"content"'):
        assert word in event.canonical
    (word,) = late_words(request)
    assert (word.name, word.verdict, word.comment) == ("Dee", verdict, "The music is not licensed.")
    request.refresh_from_db()
    assert (request.state, Decision.objects.count()) == ("approved" if at == "approved" else "in_review", votes)


def test_r19_whoever_may_revoke_is_offered_it(dee):
    request = dee.request(at="approved", publish="manual")
    accounts.grant_role(actor=ROOT, principal=dee.people["dee"], role="operator", scope=dee.brand)
    with pytest.raises(LateDecision) as refused:
        say_no(dee, request)
    assert refused.value.extra["revocable"] is True
    services.revoke(actor=dee.actor("dee"), request=request.pk, reason="As said.")
    with pytest.raises(Exception, match="illegal_transition"):
        say_no(dee, request)


def test_r19_submitter_and_revokers_are_told(dee):
    request = dee.request(at="approved", publish="manual")
    told(dee)
    with pytest.raises(LateDecision):
        say_no(dee, request)
    found = told(dee)
    assert ("submitter", "late_refusal", "submitted") in found
    assert ("operator", "late_refusal", "revokes") in found
    assert not any(person == "dee" for person, _kind, _reason in found)


@pytest.mark.parametrize(
    ("who", "how", "error"),
    [
        ("dee", {"comment": " "}, Invalid), ("dee", {"digest": "0" * 64}, StaleDigest), ("publisher", {}, Forbidden),
        ("submitter", {}, Forbidden),
    ],
)  # fmt: skip
def test_what_would_not_have_counted_is_no_late_word(dee, who, how, error):
    request = dee.request(at="approved")
    with pytest.raises(error):
        say_no(dee, request, who, **how)
    assert not AuditEvent.objects.filter(action="approvals.decision.late").exists()
