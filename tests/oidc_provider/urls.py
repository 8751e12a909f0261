"""The provider's pages: its log-in, and what the toolkit brings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import include, path
from oauth2_provider.oauth2_validators import OAuth2Validator


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Claims from claims.json: name of the person → what the provider says about them."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        claims = json.loads(Path(os.environ["PROVIDER_FOLDER"], "claims.json").read_text())
        return dict(claims.get(request.user.username, {}))


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """With name and password."""
    if request.method == "POST":
        user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
        if user is None:
            return HttpResponse("wrong", status=403)
        login(request, user)
        return HttpResponseRedirect(request.GET["next"])
    form = '<form method="post"><input name="username"><input name="password" type="password"><button>Sign in</button>'
    return HttpResponse(f'{form}<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}"></form>')


urlpatterns = [path("sign-in/", sign_in), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
