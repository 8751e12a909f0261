"""What wants a log-in of just now: whoever showed who they are a while ago does so again first (R-56)."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from accounts.adapters import again_at_provider


def ask_again(request: HttpRequest, page: str) -> HttpResponseBase:
    """To where the person of the session shows who they are, and from there to `page`. Nothing was done yet, and it is said.

    Asked for by whoever found the session not `accounts.adapters.fresh`.
    """
    messages.info(request, _("Please show again who you are; then press the button once more."))
    methods = get_adapter().get_reauthentication_methods(request.user)
    where = f"{methods[0]['url']}?{urlencode({'next': page})}" if methods else again_at_provider(request)
    return HttpResponseRedirect(where, status=303)
