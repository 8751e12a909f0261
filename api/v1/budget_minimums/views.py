"""GET budget-minimums/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Moment, MoneyOut
from api.filters import Filters, Text, Word
from api.v1.budgets import money
from api.views import Resource
from campaigns.vocabulary import Objective
from core import clock
from governance.minimums import in_force, visible_minimums
from governance.models import BudgetMinimum
from governance.services.minimums import ENTITY_TYPES, MODES


class MinimumOut(serializers.Serializer[Any]):
    """What a budget has to reach at least; of an ad group's lifetime budget, for each scheduled day."""

    id = serializers.UUIDField()
    channel = serializers.CharField()
    objective = serializers.SerializerMethodField(help_text="null: any.")
    entity_type = serializers.ChoiceField(choices=ENTITY_TYPES)
    mode = serializers.ChoiceField(choices=MODES)
    minimum = serializers.SerializerMethodField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="The last day (UTC); null: until further notice.")
    source = serializers.CharField()  # type: ignore[assignment]
    recorded_at = Moment()
    recorded_by = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(choices=Objective.values, allow_null=True))
    def get_objective(self, row: BudgetMinimum) -> str | None:
        return row.objective or None

    @extend_schema_field(MoneyOut)
    def get_minimum(self, row: BudgetMinimum) -> dict[str, str]:
        return money(row.amount_minor, row.currency)


class MinimumFilters(Filters):
    channel = Text(max_length=20)
    currency = Text(max_length=3)
    entity_type = Word(choices=[(each, each) for each in ENTITY_TYPES])
    mode = Word(choices=[(each, each) for each in MODES])
    in_force = Word(choices=[("true", "true"), ("false", "false")], method="standing", label="Whether it holds today (UTC).")

    def standing(self, rows: QuerySet[BudgetMinimum], name: str, value: str) -> QuerySet[BudgetMinimum]:
        holds = in_force(clock.now().date())
        return rows.filter(holds) if value == "true" else rows.exclude(holds)


class MinimumResource(Resource):
    """The minimum budgets by which every ad account is judged (R-23). A line is added with the command `set_minimum`."""

    queryset = BudgetMinimum.objects.none()
    serializer_class = MinimumOut
    filterset_class = MinimumFilters

    def rows(self) -> QuerySet[BudgetMinimum]:
        return visible_minimums(self.actor)
