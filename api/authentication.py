"""Bearer tokens: one statement a request; nothing is deleted on reading; every refusal says which one it is."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.access_policy import with_marked_roles
from accounts.models import ApiToken, User
from core import clock

TOUCH_EVERY: Final = timedelta(seconds=60)
_SHAPE: Final = re.compile(rb"[A-Za-z0-9_]{16,256}")
SCHEME: Final = "Bearer"


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Bearer <token>` over accounts.ApiToken."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """The user of a token and the token. Raises AuthenticationFailed: unknown, revoked, expired, user not active."""
        now = clock.now()
        found = self._find(token, now)
        if found is None:
            raise AuthenticationFailed(_("There is no such token."), code="invalid_token")
        if not found.user.is_active:
            raise AuthenticationFailed(_("The owner of this token was deactivated."), code="user_inactive")
        if found.revoked_at is not None:
            raise AuthenticationFailed(_("This token was revoked."), code="token_revoked")
        if found.expiry is not None and found.expiry <= now:
            raise AuthenticationFailed(_("This token has expired."), code="token_expired")
        self._touch(found, now)
        return found.user, found

    def _find(self, token: bytes, now: datetime) -> ApiToken | None:
        if not _SHAPE.fullmatch(token):
            return None
        text = token.decode("ascii")
        rows = with_marked_roles(ApiToken.objects.filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH]), now)
        rows = rows.select_related("user", "organisation", "brand__organisation", "ad_account__brand__organisation")
        digest = hash_token(text)
        return next((row for row in rows if compare_digest(row.digest, digest)), None)

    def _touch(self, token: ApiToken, now: datetime) -> None:
        """Remember the use, at most once a minute: not a write a request."""
        if token.last_used_at is not None and now - token.last_used_at < TOUCH_EVERY:
            return
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401, and the scheme that is accepted."""
        return SCHEME
