"""Settings of signing in: people, passwords, second factors, lock-out, single sign-on, mail. From the environment only.

Read by config/settings.py; every variable is described in docs/settings.md, what they mean together in docs/signing-in.md.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
_debug: bool = env.bool("IMPRIMATUR_DEBUG", default=False)
_var_dir = Path(env.str("IMPRIMATUR_VAR_DIR", default=str(Path(__file__).resolve().parent.parent / "var")))

SIGN_IN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
]

# --- single sign-on --------------------------------------------------------------------------------------------------
_issuer: str = env.str("IMPRIMATUR_OIDC_ISSUER", default="").rstrip("/")
OIDC_ISSUER = _issuer
OIDC_NAME: str = env.str("IMPRIMATUR_OIDC_NAME", default="") or urlsplit(_issuer).hostname or ""
OIDC_ORGANISATION: str = env.str("IMPRIMATUR_OIDC_ORGANISATION", default="")
OIDC_CREATE_PEOPLE: bool = env.bool("IMPRIMATUR_OIDC_CREATE_PEOPLE", default=False)
OIDC_GROUPS_CLAIM: str = env.str("IMPRIMATUR_OIDC_GROUPS_CLAIM", default="groups")
OIDC_ONLY: bool = env.bool("IMPRIMATUR_OIDC_ONLY", default=False)


def _groups(text: str) -> dict[str, str]:
    """Value of the groups claim → title of a user group. Raises ImproperlyConfigured."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured("IMPRIMATUR_OIDC_GROUPS must be a JSON object (see docs/signing-in.md).") from error
    if not isinstance(found, dict) or not all(isinstance(title, str) for title in found.values()):
        raise ImproperlyConfigured("IMPRIMATUR_OIDC_GROUPS maps values of the claim to titles of user groups, both texts.")
    return found


OIDC_GROUPS = _groups(env.str("IMPRIMATUR_OIDC_GROUPS", default="") or "{}")
_client: str = env.str("IMPRIMATUR_OIDC_CLIENT_ID", default="")
_secret: str = env.str("IMPRIMATUR_OIDC_CLIENT_SECRET", default="")
if _issuer and not (_client and _secret and OIDC_ORGANISATION):
    raise ImproperlyConfigured(
        "Single sign-on needs IMPRIMATUR_OIDC_CLIENT_ID, _CLIENT_SECRET and _ORGANISATION beside _ISSUER (docs/signing-in.md)."
    )
if _issuer and not _debug and not _issuer.startswith("https://"):
    raise ImproperlyConfigured("IMPRIMATUR_OIDC_ISSUER must be an https address: who people are must not be read on the way.")
if OIDC_ONLY and not _issuer:
    raise ImproperlyConfigured("IMPRIMATUR_OIDC_ONLY=1 without IMPRIMATUR_OIDC_ISSUER would let nobody in.")


def provider(issuer: str, client: str, secret: str) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS for one OpenID Connect provider."""
    settings = {"server_url": issuer, "oauth_pkce_enabled": True, "scope": ["openid", "profile", "email"]}
    app = {"provider_id": "sso", "name": OIDC_NAME, "client_id": client, "secret": secret, "settings": settings}
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS: dict[str, Any] = provider(_issuer, _client, _secret) if _issuer else {}
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # the content security policy keeps forms from ending at another origin
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # accounts.directory links, by rules of its own
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# --- people and passwords --------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.PasswordBackend",
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from access managers, and a first password through the mailbox
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True  # the session ends by SESSION_COOKIE_AGE alone
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * env.int("IMPRIMATUR_REAUTHENTICATION_MINUTES", default=5)
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # accounts.lockout counts, in the database
ACCOUNT_FORMS = {
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
}

# --- second factor ---------------------------------------------------------------------------------------------------
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = env.str("IMPRIMATUR_TOTP_ISSUER", default="Imprimatur")
MFA_TOTP_TOLERANCE = 1  # clocks of phones; a code counts once all the same
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
SECOND_FACTOR_KEYS: list[str] = env.list("IMPRIMATUR_SECOND_FACTOR_KEYS", default=[])

# --- lock-out --------------------------------------------------------------------------------------------------------
AXES_HANDLER = "accounts.lockout.Handler"
AXES_FAILURE_LIMIT = env.int("IMPRIMATUR_LOCKOUT_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("IMPRIMATUR_LOCKOUT_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_USERNAME_CALLABLE = "accounts.lockout.username_of"
AXES_DISABLE_ACCESS_LOG = True  # our own log has them, once
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
if AXES_FAILURE_LIMIT < 1 or timedelta(minutes=1) > AXES_COOLOFF_TIME:
    raise ImproperlyConfigured("IMPRIMATUR_LOCKOUT_FAILURES and IMPRIMATUR_LOCKOUT_MINUTES are at least 1.")
# Our forms say what a lock-out is (the middleware would answer with a page of its own); it is of an e-mail address, wherever
# the tries come from.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W006"]

# --- whose address ---------------------------------------------------------------------------------------------------
BEHIND_PROXY: bool = env.bool("IMPRIMATUR_BEHIND_PROXY", default=False)

# --- mail ------------------------------------------------------------------------------------------------------------
_origins: list[str] = env.list("IMPRIMATUR_TRUSTED_ORIGINS", default=[])
PUBLIC_URL: str = env.str("IMPRIMATUR_PUBLIC_URL", default=[*_origins, "http://127.0.0.1:8000"][0]).rstrip("/")
PASSWORD_RESET_TIMEOUT = 24 * 3600 * env.int("IMPRIMATUR_LINK_DAYS", default=3)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("IMPRIMATUR_EMAIL_FROM", default="") or "imprimatur@localhost"
_email_url: str = env.str("IMPRIMATUR_EMAIL_URL", default="")
_email: dict[str, Any] = (
    env.email_url_config(_email_url)
    if _email_url
    else {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(_var_dir / "mail")}
)
globals().update(_email)
