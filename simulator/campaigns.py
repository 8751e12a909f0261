"""/campaign/create/ and /campaign/update/ (facts 1.3, 2.1, 4.5)."""

from typing import Any

from simulator import checks, money
from simulator.call import Call, echo, ignored_names, spent
from simulator.envelope import NO_UPDATE, NOT_ON_ALLOW_LIST, PARAM_ERROR, ApiError, invalid
from simulator.known_fields import CAMPAIGN_FIELDS, CAMPAIGN_UPDATABLE
from simulator.model import DISABLE, ENABLE, Entity
from simulator.objectives import APP_PROMOTION_TYPES, OBJECTIVES
from simulator.repeats import reject_repeat, remember

MAX_CAMPAIGNS = 999
MAX_NAME = 512
_MINIMUM = 50
_MINIMUM_STORE = 10
_INDUSTRIES = frozenset({"HOUSING", "EMPLOYMENT", "CREDIT"})
_DEFAULTS: dict[str, Any] = {
    "budget_optimize_on": False,
    "campaign_type": "REGULAR_CAMPAIGN",
    "is_search_campaign": False,
    "special_industries": [],
}


def create(call: Call) -> dict[str, Any]:
    """Create a campaign; ENABLED unless the caller says otherwise."""
    reject_repeat(call, "campaign/create")
    checks.required_str(call.params, "campaign_name")
    checks.required_str(call.params, "objective_type")
    sent = checks.typed(call.params, CAMPAIGN_FIELDS)
    fields = _DEFAULTS | {name: value for name, value in sent.items() if value is not None}
    status = operation_status(call.params)
    _check_choices(call, fields, status)
    _check_budget(call, fields)
    _check_room(call)
    campaign = _new_campaign(call, fields, status)
    call.create(campaign, ignored_names(call.params, "campaign"))
    remember(call, "campaign/create")
    return shown(call, campaign)


def operation_status(body: dict[str, Any]) -> str:
    """`operation_status` of a new object: ENABLE when nothing is said (facts 0.1)."""
    status = body.get("operation_status")
    checks.one_of("operation_status", status, (ENABLE, DISABLE))
    return str(status or ENABLE)


def shown(call: Call, campaign: Entity) -> dict[str, Any]:
    """A campaign as the API shows it."""
    is_app = campaign.fields["objective_type"] == "APP_PROMOTION"
    return echo(campaign, call.reader(), call.store) | {
        "objective": "APP" if is_app else "LANDING_PAGE",
        "is_smart_performance_campaign": False,
    }


def _new_campaign(call: Call, fields: dict[str, Any], status: str) -> Entity:
    campaign_id = call.store.new_id()
    return Entity("campaign", campaign_id, call.account, campaign_id, "", status, call.now, call.now, fields)


def _check_choices(call: Call, fields: dict[str, Any], status: str) -> None:
    checks.text_length("campaign_name", fields["campaign_name"], MAX_NAME)
    checks.one_of("objective_type", fields["objective_type"], OBJECTIVES)
    checks.one_of("campaign_type", fields["campaign_type"], ("REGULAR_CAMPAIGN", "IOS14_CAMPAIGN"))
    checks.each_of("special_industries", fields["special_industries"], _INDUSTRIES)
    checks.one_of("campaign_product_source", fields.get("campaign_product_source"), ("CATALOG", "STORE"))
    objective = fields["objective_type"]
    if objective == "APP_PROMOTION":
        checks.required(fields, "app_promotion_type")
        checks.one_of("app_promotion_type", fields["app_promotion_type"], APP_PROMOTION_TYPES)
    if fields["is_search_campaign"] and not call.advertiser.allows("SEARCH_CAMPAIGN"):
        raise ApiError(NOT_ON_ALLOW_LIST, "is_search_campaign: Not on the allow-list.")
    if objective == "RF_REACH":
        _check_reservation(call, fields, status)


def _check_reservation(call: Call, fields: dict[str, Any], status: str) -> None:
    if not call.advertiser.allows("RF_REACH"):
        raise ApiError(NOT_ON_ALLOW_LIST, "objective_type: RF_REACH is not on the allow-list.")
    checks.one_of("rf_campaign_type", fields.get("rf_campaign_type"), ("STANDARD", "PULSE"))
    if status != ENABLE:
        raise invalid("operation_status", "Reach & Frequency campaigns must be ENABLE.")


def _check_budget(call: Call, fields: dict[str, Any]) -> None:
    objective = fields["objective_type"]
    if objective == "RF_REACH":
        fields.setdefault("budget_mode", "BUDGET_MODE_INFINITE")
        checks.one_of("budget_mode", fields["budget_mode"], ("BUDGET_MODE_INFINITE",))
    if fields["budget_optimize_on"] and not OBJECTIVES[objective].cbo:
        raise invalid("budget_optimize_on", f"Not supported for {objective}.")
    modes = money.MODES_CAMPAIGN_CBO if fields["budget_optimize_on"] else money.MODES_CAMPAIGN
    checks.one_of("budget_mode", checks.required(fields, "budget_mode"), modes)
    if fields["budget_mode"] == "BUDGET_MODE_INFINITE":
        fields["budget"] = 0.0
        return
    checks.required(fields, "budget")
    money.budget(fields["budget"], call.advertiser, _minimum(fields))
    fields["budget"] = float(fields["budget"])


def _minimum(fields: dict[str, Any]) -> int:
    is_store = fields.get("campaign_product_source") == "STORE"
    return _MINIMUM_STORE if is_store else _MINIMUM


def _check_room(call: Call) -> None:
    known = call.store.of_account("campaign", call.account)
    if sum(not campaign.is_deleted for campaign in known) >= MAX_CAMPAIGNS:
        raise ApiError(PARAM_ERROR, f"An ad account can have up to {MAX_CAMPAIGNS} campaigns.")


def update(call: Call) -> dict[str, Any]:
    """Change name, budget, special industries or purchase-order number; nothing else."""
    campaign = call.changeable("campaign", checks.required_str(call.params, "campaign_id"))
    sent = checks.typed(call.params, CAMPAIGN_FIELDS)
    reject_immutable(sent, campaign.fields, sent.keys() - CAMPAIGN_UPDATABLE)
    wanted = {name: sent[name] for name in CAMPAIGN_UPDATABLE if sent.get(name) is not None}
    if not wanted:
        raise ApiError(NO_UPDATE, "There is nothing to update.")
    _check_update(call, campaign, wanted)
    call.change(campaign, campaign.fields | wanted, ignored_names(call.params, "campaign"))
    return shown(call, campaign)


def reject_immutable(sent: dict[str, Any], stored: dict[str, Any], names: set[str] | frozenset[str]) -> None:
    """Refuse another value for a field that is fixed at creation; the same value passes."""
    for name in sorted(names):
        if sent.get(name) is not None and sent[name] != stored.get(name):
            raise invalid(name, "Cannot be changed after creation.")


def _check_update(call: Call, campaign: Entity, wanted: dict[str, Any]) -> None:
    checks.text_length("campaign_name", wanted.get("campaign_name"), MAX_NAME)
    if "budget" in wanted:
        if campaign.fields["budget_mode"] == "BUDGET_MODE_INFINITE":
            raise invalid("budget", "The campaign has no budget limit.")
        exact = money.budget(wanted["budget"], call.advertiser, _minimum(campaign.fields))
        money.above_spend(exact, spent(campaign))
        wanted["budget"] = float(wanted["budget"])
    if wanted.get("special_industries", []) not in ([], campaign.fields["special_industries"]):
        raise invalid("special_industries", "Can be cleared, not changed or added.")
