"""Accounts that somebody else had in hand (R-32): declaring it, what became of what they decided, and what is live by it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.compromises import shown_recalls, visible_compromises
from approvals.services import declare_compromised
from publishing.queries import live_in_doubt
from workplace.access import actor_of
from workplace.access_pages.base import act, page, render
from workplace.access_pages.forms import Form, Moment
from workplace.access_pages.person import administers, found

MOST = 100


class Declared(Form):
    """Since when, and what happened."""

    key = "compromised"
    since = Moment(
        label=gettext_lazy("Since (UTC)"), required=True,
        help_text=gettext_lazy("When somebody else may have acted first. What was decided from then on counts no more."),
    )
    reason = forms.CharField(label=gettext_lazy("What happened"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


@page()
def show(request: HttpRequest) -> HttpResponseBase:
    """What is live and to be looked at again, to whoever may see it; and the accounts, to whoever manages access or audits."""
    actor = actor_of(request)
    facts: list[Any] = [
        {"fact": row, "requests": shown_recalls(actor, row)} for row in visible_compromises(actor)[:MOST]
    ]
    live = list(live_in_doubt(actor)[:MOST])
    return render(request, "compromised", _("Compromised accounts"), "compromised", facts=facts, live=live)


@page("GET", "POST")
def declare(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Say first what follows; then shut the account and take back what it decided."""
    user, actor = found(request, identifier), actor_of(request)

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        title = _("Declare the account of %(name)s compromised") % {"name": user.name}
        return render(
            request, "declare", title, "access", problem=problem, status=status, user_shown=user, form=form,
            may_administer=administers(request, user),
        )  # fmt: skip

    if request.method != "POST":
        return again(Declared(), "", 200)
    return act(
        request, Declared(request.POST), again, lambda typed: declare_compromised(actor=actor, user=identifier, **typed),
        _("The account of %(name)s is shut. What it decided counts no more.") % {"name": user.name}, reverse("admin:compromised"),
    )  # fmt: skip
