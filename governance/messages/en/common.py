"""English texts that any rule uses."""

from __future__ import annotations

MESSAGES = {
    "check.passed": "In order.",
    "check.not_for_format": "Does not apply to the format {format}.",
    "check.not_for_media": "Does not apply: the ad has no file of this kind ({kinds}).",
    "check.nothing_given": "Does not apply: nothing is given that could be checked.",
    "check.unreadable": "The field {path} cannot be read (expected: {expected}). Correct it and submit again.",
    "check.context_missing": "Could not be checked, because something is not known: {what}. Run the checks again.",
    "check.params_invalid": "The rule set gives this rule a setting it does not take: {path} (expected: {expected}). "
    "A policy manager must correct the rule set.",
    "check.rule_unknown": "The rule set names the rule {rule}, which does not exist. A policy manager must correct it.",
    "check.crashed": "The check itself failed, so nothing can be approved on it. Run it again, or tell the operator.",
    "check.silent": "The check gave no answer, so it counts as not passed. Tell the operator.",
    "check.too_many_findings": "More than {limit} findings; the rest was not checked. Correct these first.",
}
