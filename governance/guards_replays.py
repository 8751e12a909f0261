"""Guards of replays: what was tried on what is fixed, and what came of it is evidence for a change of what governs (R-55)."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, along, fixed, guard, insert_only, stays
from governance.transitions import REPLAY, REPLAY_CHUNK

REPLAYS: Final = "governance_replay"
CHUNKS: Final = "governance_replaychunk"
VERDICTS: Final = "governance_replayverdict"


def _replay_insert(d: Dialect) -> list[Check]:
    return [Check("governance_replay_begins", "NEW.state <> 'running'", "a replay begins as running")]


def _replay_update(d: Dialect) -> list[Check]:
    return [
        Check("governance_replay_final", "OLD.state <> 'running'", "an ended replay stays as it is; start a new one"),
        fixed(
            "governance_replay_fixed", d, "what a replay tries is fixed; start a new one",
            "id", "rule_set_id", "instead_of_id", "since", "until", "total", "started_by", "author_id", "started_at",
        ),
        along("governance_replay_steps", REPLAY, "a replay moves only along its transition table (docs/states.md)"),
        Check(
            "governance_replay_done",
            f"NEW.state = 'completed' AND EXISTS (SELECT 1 FROM {CHUNKS} c WHERE c.replay_id = NEW.id AND c.state <> 'completed')",
            "a replay is completed when all of its parts are",
        ),
    ]  # fmt: skip


def _chunk_update(d: Dialect) -> list[Check]:
    return [
        Check("governance_replay_chunk_final", "OLD.state IN ('completed', 'errored')", "an ended part of a replay stays as it is"),
        fixed(
            "governance_replay_chunk_fixed", d, "what a part of a replay looks at is fixed",
            "id", "replay_id", "number", "first", "last", "size",
        ),
        along("governance_replay_chunk_steps", REPLAY_CHUNK, "a part of a replay moves only along its transition table"),
    ]  # fmt: skip


def _verdict_insert(d: Dialect) -> list[Check]:
    working = f"SELECT 1 FROM {CHUNKS} c WHERE c.id = NEW.chunk_id AND c.replay_id = NEW.replay_id AND c.state = 'running'"
    return [
        Check("governance_replay_verdict_in_time", f"NOT EXISTS ({working})", "verdicts are added while their part is worked off"),
    ]  # fmt: skip


GUARDS: Final = [
    guard("governance_replay_insert", REPLAYS, "INSERT", _replay_insert),
    guard("governance_replay_update", REPLAYS, "UPDATE", _replay_update),
    *stays("governance_replay", REPLAYS, "replays are evidence and are never removed"),
    guard("governance_replay_chunk_update", CHUNKS, "UPDATE", _chunk_update),
    *stays("governance_replay_chunk", CHUNKS, "parts of replays are evidence and are never removed", Unique(["replay_id", "number"])),
    guard("governance_replay_verdict_insert", VERDICTS, "INSERT", _verdict_insert),
    *insert_only("governance_replay_verdict", VERDICTS, Unique(["replay_id", "check_run_id"])),
]
