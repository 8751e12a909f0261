"""When an approved request goes out by itself (R-21). Pure judgement over the request and its newest new time."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalRequest
from approvals.states import RequestState
from core import clock
from core.errors import ImprimaturError
from publishing.errors import ClearanceNotYetValid, NeedsReschedule
from publishing.models import Reschedule


def was_late(request: ApprovalRequest) -> bool:
    """Whether it was approved after the time that it was planned for, though nobody said that late is fine."""
    if request.state != RequestState.APPROVED or request.publish_at is None or request.closed_at is None:
        return False
    return request.closed_at > request.publish_at and not request.late_is_fine


def newest(request: ApprovalRequest) -> Reschedule | None:
    """The new time that counts: a statement, and none where nothing was planned."""
    return None if request.publish_at is None else Reschedule.objects.filter(request=request).order_by("-id").first()


def judge(request: ApprovalRequest, moved: Reschedule | None, now: datetime) -> ImprimaturError | None:
    """Why it does not go out by itself now, as far as time says; None where nothing says so."""
    planned = moved.publish_at if moved is not None else request.publish_at
    if moved is None and request.publish_at is not None and was_late(request):
        return NeedsReschedule(request.publish_at)
    if planned is not None and now < planned:
        return ClearanceNotYetValid(_("The time to publish has not come yet."), publish_at=clock.rfc3339(planned))
    return None
