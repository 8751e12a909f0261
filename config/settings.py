"""Settings, from the environment only. Every variable is described in docs/settings.md.

With IMPRIMATUR_DEBUG=1 (what `make run` and the tests set) everything has a default; without it secrets have none.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.landing_pages import *  # noqa: F403
from config.landing_pages import LANDING_PAGES_FETCHED, LANDING_PAGES_SECONDS
from config.signing_in import *  # noqa: F403
from config.signing_in import BEHIND_PROXY, SIGN_IN_APPS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

OWN_MACHINE: bool = env.bool("IMPRIMATUR_DEBUG", default=False)
# Django's DEBUG decides about one thing here: whether an error shows its source, and a missing page all addresses.
DEBUG: bool = OWN_MACHINE and env.bool("IMPRIMATUR_TRACEBACKS", default=True)


_NO_SHARED = "It has no default, so that no installation runs on a shared secret."
_CHOSEN = "It has no default, so that nothing is published on a platform that nobody chose."


def required(name: str, debug_default: str, why: str = _NO_SHARED) -> str:
    """A setting without default outside debug; the error says what to do."""
    if OWN_MACHINE:
        return str(env.str(name, default=debug_default))
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(
            f"Set {name} in the environment (see docs/settings.md). {why} "
            "Beside a service that `make run` serves, begin the command with IMPRIMATUR_DEBUG=1."
        )
    return value


VAR_DIR = Path(env.str("IMPRIMATUR_VAR_DIR", default=str(BASE_DIR / "var")))
SECRET_KEY = required("IMPRIMATUR_SECRET_KEY", "debug-only-key-debug-only-key-debug-only-key-debug-only-key-0")
_hosts = ["127.0.0.1", "localhost", "testserver"] if OWN_MACHINE else []
ALLOWED_HOSTS: list[str] = env.list("IMPRIMATUR_ALLOWED_HOSTS", default=_hosts)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("IMPRIMATUR_TRUSTED_ORIGINS", default=[])

# The theme of the admin; `workplace/theme.py` is the only module that imports it, and stock Django works without it.
THEME_APPS = ["unfold"] if find_spec("unfold") and not env.bool("IMPRIMATUR_STOCK_ADMIN", default=False) else []
INSTALLED_APPS = [
    *THEME_APPS,
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "knox",
    "csp",
    "config",
    "audit",
    "accounts",
    "campaigns",
    "governance",
    "approvals",
    "publishing",
    "notices",
    "api",
    "workplace",
    "simulator",
    *SIGN_IN_APPS,  # after ours, whose templates take the place of theirs
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workplace.gate.Gate",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workplace.account_context.account",
            ]
        },
    }
]

# --- database ------------------------------------------------------------------------------------------------------
# WAL and immediate transactions: SQLite's default (deferred) fails writers under load; FULL, because an approval must
# survive a power cut. No ATOMIC_REQUESTS: a service owns its transaction, and a refusal must outlive the rollback.


def database(url: str) -> dict[str, Any]:
    """The database of a URL such as sqlite:////path or postgres://user@host:port/name."""
    configured: dict[str, Any] = dict(env.db_url_config(url))
    if configured["ENGINE"].endswith("sqlite3"):
        configured["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
    else:
        configured["CONN_MAX_AGE"] = env.int("IMPRIMATUR_CONN_MAX_AGE", default=60)
        configured["CONN_HEALTH_CHECKS"] = True
        # After so many times the server keeps the plan of a statement of core.statements; none (0) behind an old pgbouncer.
        configured["OPTIONS"] = {"prepare_threshold": env.int("IMPRIMATUR_PREPARE_AFTER", default=3) or None}
    return configured


DATABASES = {"default": database(env.str("IMPRIMATUR_DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'imprimatur.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 12 * 3600
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model's name
REST_KNOX = {
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
    "TOKEN_PREFIX": "impr_",
    "TOKEN_TTL": None,
    "AUTH_HEADER_PREFIX": "Bearer",
}

# --- language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- look of the workplace -------------------------------------------------------------------------------------------
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Imprimatur",
    "SITE_HEADER": "Imprimatur",
    "SITE_URL": None,
    "SITE_ICON": "workplace.navigation.icon",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "workplace.navigation.icon"}],
    "STYLES": ["workplace.navigation.style"],
    "SHOW_HISTORY": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#f0fdfa", "100": "#ccfbf1", "200": "#99f6e4", "300": "#5eead4", "400": "#2dd4bf", "500": "#14b8a6",
            "600": "#0f766e", "700": "#115e59", "800": "#134e4a", "900": "#0f3f3c", "950": "#042f2e",
        },
    },
    "ACCOUNT": {"navigation": "workplace.navigation.own"},
    "SIDEBAR": {"show_search": False, "navigation": "workplace.navigation.sidebar"},
}  # fmt: skip

# --- files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if OWN_MACHINE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = OWN_MACHINE
MEDIA_STORE = Path(env.str("IMPRIMATUR_MEDIA_STORE", default=str(VAR_DIR / "media")))
MEDIA_MAX_BYTES = env.int("IMPRIMATUR_MEDIA_MAX_BYTES", default=500 * 1024 * 1024)
MEDIA_READING = env.bool("IMPRIMATUR_MEDIA_READING", default=True)  # where the extra `ocr` is installed
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- security --------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if not OWN_MACHINE:
    SECURE_SSL_REDIRECT = env.bool("IMPRIMATUR_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("IMPRIMATUR_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("IMPRIMATUR_SECURE_COOKIES", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# The theme's Alpine needs 'unsafe-eval' and inline styles; scripts come from us alone. Nothing may frame us.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

# --- api -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "iso-8601",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a filter of ads
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Imprimatur",
    "DESCRIPTION": "Pull requests for ad spend: submit ads and budgets, have them checked and approved, publish what is cleared.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "EntityType": "campaigns.vocabulary.EntityType.values",
        "PlacementType": "campaigns.vocabulary.PlacementType.values",
        "BudgetMode": "campaigns.vocabulary.BudgetMode.values",
        "RuleMode": "governance.contract.MODES",
        "CheckOutcome": "governance.contract.OUTCOMES",
        "AdFormat": "campaigns.vocabulary.AdFormat.values",
        "Objective": "campaigns.vocabulary.Objective.values",
        "RuleSetStatus": "governance.states.RuleSetState.values",
        "SavingKind": "approvals.savings.KINDS",
        "PolicyStatus": "approvals.states.PolicyState.values",
        "WaiverStatus": "governance.states.WaiverState.values",
        "ReplayStatus": "governance.states.ReplayState.values",
        "CheckStatus": "governance.states.CheckState.values",
        "RecallOutcome": "approvals.states.RecallOutcome.values",
        "RequestStatus": "approvals.states.RequestState.values",
        "AmountStatus": "approvals.states.AmountState.values",
        "Verdict": "approvals.states.Verdict.values",
        "BulkVerdict": "approvals.services.bulk.VERDICTS",
        "StageStatus": "approvals.states.StageState.values",
        "Against": "approvals.comparing.Against.values",
        "ComparedResult": "approvals.comparing.RESULTS",
        "ChangeKind": "approvals.diffs.CHANGES",
        "TextMark": "approvals.differences.MARKS",
        "PublicationStatus": "publishing.states.PublicationState.values",
        "NoticeKind": "notices.kinds.Kind.values",
        "NoticeReason": "notices.kinds.Reason.values",
        "NoticeDelivery": "notices.kinds.Delivery.values",
        "FactStatus": "accounts.models.State.values",
        "ScopeType": "accounts.permissions.KINDS",
        "Permission": "api.v1.roles.views.NAMES",
    },
}

# --- tasks -----------------------------------------------------------------------------------------------------------
# Without a broker URL messages go through files in VAR_DIR: no server to install. Whatever the broker loses, the
# sweeps find again in the database; tasks are idempotent and carry ids only.
_broker = env.str("IMPRIMATUR_BROKER_URL", default="")
_queue_dir = VAR_DIR / "queue"
CELERY_BROKER_URL = _broker or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "max_retries": 1,
        # Several installations may share one Redis.
        "global_keyprefix": env.str("IMPRIMATUR_BROKER_PREFIX", default=""),
    }
    if _broker
    else {
        "data_folder_in": str(_queue_dir / "messages"),
        "data_folder_out": str(_queue_dir / "messages"),
        "control_folder": str(_queue_dir / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SOFT_TIME_LIMIT = env.int("IMPRIMATUR_TASK_SOFT_LIMIT", default=240)
CELERY_TASK_TIME_LIMIT = env.int("IMPRIMATUR_TASK_HARD_LIMIT", default=300)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# A new connection for each task would cost as much as its work: the server plans everything anew. What is old or broken is
# closed before the next task, as before a web request (config/celery.py).
CELERY_DB_REUSE_MAX = 1_000_000
SWEEP_SECONDS = env.float("IMPRIMATUR_SWEEP_SECONDS", default=10.0)
LEASE_SECONDS = env.int("IMPRIMATUR_LEASE_SECONDS", default=360)
if not CELERY_TASK_SOFT_TIME_LIMIT < CELERY_TASK_TIME_LIMIT < LEASE_SECONDS:
    # A lease that ends while its worker may still be at work makes two workers do the same.
    raise ImproperlyConfigured("IMPRIMATUR_TASK_SOFT_LIMIT < IMPRIMATUR_TASK_HARD_LIMIT < IMPRIMATUR_LEASE_SECONDS must hold.")
CHECK_BACKOFF_SECONDS = env.int("IMPRIMATUR_CHECK_BACKOFF_SECONDS", default=15)
if LANDING_PAGES_FETCHED and LANDING_PAGES_SECONDS[-1] >= CELERY_TASK_SOFT_TIME_LIMIT:
    raise ImproperlyConfigured("IMPRIMATUR_LANDING_PAGES_SECONDS < IMPRIMATUR_TASK_SOFT_LIMIT must hold.")
READINESS_CHECKS = ["config.health.guards", "config.health.worker"]  # beside those of api.health

_cache = env.str("IMPRIMATUR_CACHE_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache}
    if _cache
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- approvals, publishing -------------------------------------------------------------------------------------------
ADS_PER_AD_GROUP = env.int("IMPRIMATUR_ADS_PER_AD_GROUP", default=20)  # seed, step 7
REQUEST_EXPIRES_DAYS = env.int("IMPRIMATUR_REQUEST_EXPIRES_DAYS", default=14)
STRICT_MINIMUM_CHANNELS = env.list("IMPRIMATUR_STRICT_MINIMUM_CHANNELS", default=[])  # there a budget exceeds its minimum
MINIMUM_HOLDING_MINUTES = env.int("IMPRIMATUR_MINIMUM_HOLDING_MINUTES", default=60)
_up_to = dict.fromkeys(("EUR", "GBP", "USD"), "5000")
BULK_APPROVAL_UP_TO: dict[str, str] = env.dict("IMPRIMATUR_BULK_APPROVAL_UP_TO", default=_up_to)
if not all(amount.isascii() and amount.isdigit() for amount in BULK_APPROVAL_UP_TO.values()):
    raise ImproperlyConfigured("IMPRIMATUR_BULK_APPROVAL_UP_TO is a list such as EUR=5000,USD=5000, in whole units.")
CLEARANCE_EXPIRES_DAYS = env.int("IMPRIMATUR_CLEARANCE_EXPIRES_DAYS", default=7)
TIKTOK_HOST = required("IMPRIMATUR_TIKTOK_HOST", "http://127.0.0.1:8899", _CHOSEN)
TIKTOK_ALLOW_PRODUCTION = env.bool("IMPRIMATUR_TIKTOK_ALLOW_PRODUCTION", default=False)
TIKTOK_ACCESS_TOKEN = required("IMPRIMATUR_TIKTOK_ACCESS_TOKEN", "simulator-access-token")

# --- notices ---------------------------------------------------------------------------------------------------------
DIGEST_TIME_ZONE = env.str("IMPRIMATUR_DIGEST_TIME_ZONE", default="UTC")
try:
    ZoneInfo(DIGEST_TIME_ZONE)
except (LookupError, ValueError, OSError) as error:
    raise ImproperlyConfigured("IMPRIMATUR_DIGEST_TIME_ZONE is the name of a time zone, such as Europe/Berlin.") from error
MAIL_BACKOFF_SECONDS = env.int("IMPRIMATUR_MAIL_BACKOFF_SECONDS", default=60)

# --- logging ---------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": env.str("IMPRIMATUR_LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}
