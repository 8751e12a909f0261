"""OpenID Connect over the log-in library's client, with what it leaves out: nonce, signature, issuer, one subject."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

PROVIDER = "sso"


class SingleSignOn(OpenIDConnectOAuth2Adapter):
    """The answer of the configured provider, believed only when it is signed by it, for us, and about one subject."""

    def __init__(self, request: HttpRequest, provider_id: str = PROVIDER) -> None:
        super().__init__(request, provider_id)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """A log-in with its claims; nothing is looked up yet. Raises OAuth2Error."""
        try:
            claims = self._claims(app, token, kwargs["response"])
            login = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        except (KeyError, ValueError, TypeError) as error:
            raise OAuth2Error(f"the provider's answer is incomplete: {error!r}") from error
        # Another issuer's `17` is somebody else, also after the configuration was changed.
        login.account.uid = hashlib.sha256(f"{settings.OIDC_ISSUER}\n{claims['sub']}".encode()).hexdigest()
        login.account.extra_data = {}
        login.claims = claims
        return login

    def _claims(self, app: SocialApp, token: SocialToken, response: dict[str, Any]) -> dict[str, Any]:
        if str(self.openid_config["issuer"]).rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error("the provider calls itself by another name than it was configured by")
        signed = jwtkit.verify_and_decode(
            credential=response["id_token"], keys_url=self.openid_config["jwks_uri"], issuer=self.openid_config["issuer"],
            audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk,
        )  # fmt: skip
        told = self._fetch_user_info(token.token)
        if told.get("sub") != signed["sub"]:
            raise OAuth2Error("the provider's two answers are about two people")
        return {**told, **signed}
