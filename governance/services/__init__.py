"""The verbs of `governance`."""

from governance.services.exceptions import confirm_waiver, end_waiver, override_finding, propose_waiver
from governance.services.minimums import set_minimum
from governance.services.rule_sets import confirm_rule_set, decline_rule_set, publish_rule_set

__all__ = [
    "confirm_rule_set", "confirm_waiver", "decline_rule_set", "end_waiver", "override_finding", "propose_waiver",
    "publish_rule_set", "set_minimum",
]  # fmt: skip
