"""What the page of a version offers and tells of tries on past revisions."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance import queries
from governance.models import Replay, RuleSet
from workplace.access import actor_of
from workplace.access_pages.forms import Form

LATEST: Final = 5
DAYS: Final = (("30", _("the last 30 days")), ("90", _("the last 90 days")), ("365", _("the last year")))


class Beginning(Form):
    """How far back."""

    key = "replay"
    days = forms.ChoiceField(label=_("Past revisions of"), choices=DAYS, initial="90")


def latest(request: HttpRequest, row: RuleSet) -> list[Replay]:
    """The latest replays of a version that the reader may see."""
    return list(queries.visible_replays(actor_of(request)).filter(rule_set=row).order_by("-pk")[:LATEST])
