"""The verbs of `governance`."""

from governance.services.exceptions import confirm_waiver, end_waiver, override_finding, propose_waiver
from governance.services.minimums import set_minimum
from governance.services.replays import cancel_replay, end_replay, start_replay
from governance.services.rule_sets import confirm_rule_set, decline_rule_set, publish_rule_set

__all__ = [
    "cancel_replay", "confirm_rule_set", "confirm_waiver", "decline_rule_set", "end_replay", "end_waiver", "override_finding",
    "propose_waiver", "publish_rule_set", "set_minimum", "start_replay",
]  # fmt: skip
