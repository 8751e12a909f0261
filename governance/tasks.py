"""Tasks of `governance`: the parts of replays. Ids only, idempotent."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task

from core import clock
from core.actor import Channel, system
from core.errors import Conflict
from governance.models import Replay, ReplayChunk
from governance.replaying import owed_parts, work_off
from governance.services.replays import end_replay, is_through
from governance.states import ReplayState

logger = logging.getLogger(__name__)
SWEEP_PARTS = 4


@shared_task(name="governance.tasks.replay_chunk")
def replay_chunk(chunk: str) -> None:
    """Do one part of a replay, and end the replay when it was the last."""
    row = ReplayChunk.objects.filter(pk=UUID(chunk)).first()
    if row is not None and work_off(row.pk):
        end_if_through(row.replay_id)


def end_if_through(replay: UUID) -> None:
    """End a replay of which nothing is left to do. One that another worker ended, or somebody cancelled, is nobody's any more."""
    if is_through(replay, clock.now()):
        try:
            end_replay(actor=system(Channel.TASK), replay=replay)
        except Conflict as late:
            logger.info("end of replay %s: %s", replay, late)


@shared_task(name="governance.tasks.sweep")
def sweep() -> None:
    """Pick up what was missed: parts whose message was lost or whose worker died, replays that nobody ended."""
    for chunk in list(owed_parts(None, clock.now()).values_list("pk", flat=True)[:SWEEP_PARTS]):
        replay_chunk(str(chunk))
    for replay in list(Replay.objects.filter(state=ReplayState.RUNNING).values_list("pk", flat=True)):
        end_if_through(replay)
