"""Settings, all from the environment. A value that makes no sense stops the program with a sentence saying which."""

import importlib.util
import logging
import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from gridgov import logs
from gridgov.local import running
from gridgov.outside import config as outside

BASE_DIR = Path(__file__).resolve().parent.parent
running.load_environment(BASE_DIR)  # what `make run` started, unless the environment already says otherwise

env = environ.Env()


def geo_library(package: str, stem: str) -> str | None:
    """The GEOS or GDAL that a wheel brought along (its name carries a hash); None leaves the search to Django."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = sorted((Path(spec.origin).parent.parent / f"{package}.libs").glob(f"{stem}-*.so*"))
    return str(found[0]) if found else None


def use_wheel_data(package: str) -> None:
    """Point PROJ and GDAL at the data of the same wheel, or a system copy of another version is read."""
    spec = importlib.util.find_spec(package)
    if spec and spec.origin:
        for name, folder in (("PROJ_DATA", "proj_data"), ("GDAL_DATA", "gdal_data")):
            os.environ.setdefault(name, str(Path(spec.origin).parent / folder))


GEOS_LIBRARY_PATH = geo_library("shapely", "libgeos_c")
GDAL_LIBRARY_PATH = geo_library("pyogrio", "libgdal")
use_wheel_data("pyogrio")

# ── Core ────────────────────────────────────────────────────────────────────────────────────────────────
DEBUG = env.bool("GRIDGOV_DEBUG", default=False)
DEMO = env.bool("GRIDGOV_DEMO", default=False)  # says 演示 on every page and offers the demo roles at sign-in
SITE_NAME = env.str("GRIDGOV_SITE_NAME", default="")  # what the office calls it; empty: our own name
SECRET_KEY = env("GRIDGOV_SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("GRIDGOV_SECRET_KEY must have at least 32 characters.")
ALLOWED_HOSTS = env.list("GRIDGOV_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("GRIDGOV_ORIGINS", default=[])
HTTPS = env.bool("GRIDGOV_HTTPS", default=False)
ROOT_URLCONF = "gridgov.urls"
WSGI_APPLICATION = "gridgov.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "gridgov.assets.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "csp",
    "leaflet",
    "django_structlog",
    "django_prometheus",
    "gridgov.audit",
    "gridgov.labels",
    "gridgov.privacy",
    "gridgov.accounts",
    "gridgov.notices",
    "gridgov.sync",
    "gridgov.clock",
    "gridgov.health",
    "grids",
    "teams",
    "residents",
    "incidents",
    "assessment",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gridgov.audit.origin.OriginMiddleware",
    "gridgov.audit.refusals.RefusalMiddleware",
    "gridgov.accounts.middleware.SessionRulesMiddleware",
    "gridgov.labels.middleware.LabelsMiddleware",
    "gridgov.typed.AddressMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gridgov.look"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gridgov.shell.context",
            ],
        },
    },
]

# ── Database: three roles, one cluster ──────────────────────────────────────────────────────────────────
# owner: changes the schema · app: everything the program does · checker: read-only, for checks and reports.
DATABASE_ROLES = {
    "app": "GRIDGOV_DATABASE_URL",
    "owner": "GRIDGOV_OWNER_DATABASE_URL",
    "checker": "GRIDGOV_CHECKER_DATABASE_URL",
}
DATABASE_ROLE = env.str("GRIDGOV_DATABASE_ROLE", default="app")
if DATABASE_ROLE not in DATABASE_ROLES:
    raise ImproperlyConfigured(
        f"GRIDGOV_DATABASE_ROLE is {DATABASE_ROLE!r}; it must be one of {', '.join(DATABASE_ROLES)}."
    )


def database(role: str) -> dict:
    """The connection of one role; every one speaks UTC and never uses server-side cursors.

    None compiles its queries: where a rule names every subtree and sort of thing PostgreSQL's estimate is high, and it
    would take 0.2–0.7 s to compile what it then reads in 5 ms.
    """
    found = env.db_url(DATABASE_ROLES[role])
    given = found.get("OPTIONS", {})
    return {
        **found,
        "OPTIONS": {**given, "options": f"-c jit=off {given.get('options', '')}".strip()},
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "CONN_MAX_AGE": env.int("GRIDGOV_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


DATABASES = {"default": database(DATABASE_ROLE)}

# ── Redis: may lose everything at any time ──────────────────────────────────────────────────────────────
REDIS_URL = env.str("GRIDGOV_REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "gridgov",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "gridgov.beat:Scheduler"

# ── People and sign-in ──────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["gridgov.accounts.backends.StaffBackend", "grids.backends.PathBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": "gridgov.accounts.passwords.Length", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "gridgov.accounts.passwords.ContextWords"},
    {"NAME": "gridgov.accounts.passwords.Dengbao3"},
]
SECURITY_PROFILE = env.str("GRIDGOV_SECURITY_PROFILE", default="modern")  # "dengbao3" adds composition and rotation
if SECURITY_PROFILE not in ("modern", "dengbao3"):
    raise ImproperlyConfigured(f"GRIDGOV_SECURITY_PROFILE is {SECURITY_PROFILE!r}; it must be modern or dengbao3.")
PASSWORD_MAX_DAYS = env.int("GRIDGOV_PASSWORD_MAX_DAYS", default=90)  # dengbao3 only
REQUIRE_MFA = env.bool("GRIDGOV_REQUIRE_MFA", default=False)  # for roles whose RoleSpec.second_factor is true
PIN_DAYS = env.int("GRIDGOV_PIN_DAYS", default=30)  # how long a phone stays signed in behind a PIN; 0: never
LOCKOUT_ACCOUNT = env.int("GRIDGOV_LOCKOUT_ACCOUNT", default=5)  # failures, then 15 minutes
LOCKOUT_ADDRESS = env.int("GRIDGOV_LOCKOUT_ADDRESS", default=30)  # higher: a whole office shares one address
TRUSTED_PROXIES = env.int("GRIDGOV_TRUSTED_PROXIES", default=0)  # how many X-Forwarded-For hops are our own
DEMO_ACCOUNTS = BASE_DIR / ".local" / "demo-accounts.json"  # written by the demo loader, read only with DEMO
ACCOUNT_ADAPTER = "gridgov.accounts.adapters.AccountAdapter"
MFA_ADAPTER = "gridgov.accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "gridgov.accounts.forms.FactorForm",
    "reauthenticate": "gridgov.accounts.forms.FactorAgainForm",
}
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way: phones' clocks differ
MFA_TOTP_ISSUER = "gridgov"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None  # guardian: no row stands for "anyone"
# guardian asks for its own backend; ours answers instead, because guardian's knows nothing of the tree.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# ── Secrets of the kernels: keys never live in the database ──────────────────────────────────────────────
PRIVACY_KEYS = env.list("GRIDGOV_PRIVACY_KEYS")  # "id:base64 of 32 bytes", the first one encrypts, all decrypt
INDEX_KEY = env.str("GRIDGOV_INDEX_KEY")  # base64 of 32 bytes, for blind indexes
AUDIT_KEY = env.str("GRIDGOV_AUDIT_KEY")  # base64 of 32 bytes, signs audit rows
PRIVACY_ALGORITHM = env.str("GRIDGOV_PRIVACY_ALGORITHM", default="aes-256-gcm")  # or "sm4-gcm", for new values
PRIVACY_REVEALS_PER_HOUR = env.int("GRIDGOV_REVEALS_PER_HOUR", default=60)  # by one person
AUDIT_HEAD = Path(env.str("GRIDGOV_AUDIT_HEAD", default=str(BASE_DIR / ".local" / "audit-head")))

# ── Gateways and platforms outside (docs/operations.md): none is needed, half a configuration is refused ─────
OUTSIDE = outside.read(env)
if OUTSIDE.mail_from:
    vars().update(env.email_url("GRIDGOV_MAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = OUTSIDE.mail_from

# ── Languages, time, place ──────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = env.str("GRIDGOV_LANGUAGE", default="zh-hans")
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("GRIDGOV_TIME_ZONE", default="Asia/Shanghai")
LEAFLET_CONFIG = {
    "DEFAULT_CENTER": (30.5, 114.4),
    "DEFAULT_ZOOM": 15,
    "TILES": [],
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": "",
}

# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "gridgov.assets.Sheets",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
COMPRESS_STATIC = env.bool("GRIDGOV_COMPRESS_STATIC", default=True)  # takes a minute that a trial does not need
if DEBUG:
    STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
else:
    STATIC_STORAGE = "gridgov.assets.Storage" if COMPRESS_STATIC else "gridgov.assets.PlainStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
MEDIA_ROOT = Path(env.str("GRIDGOV_MEDIA", default=str(BASE_DIR / ".local" / "media")))  # never served by URL
DELIVERY_DAYS = max(env.int("GRIDGOV_DELIVERY_DAYS", default=180), 30)  # what left; logs are kept half a year
TRACK_DAYS = max(env.int("GRIDGOV_TRACK_DAYS", default=30), 14)  # points of patrols; coverage needs two weeks
ATTACHMENT_MAX_BYTES = env.int("GRIDGOV_PHOTO_MAX_MB", default=12) * 1024 * 1024
ATTACHMENT_MAX_PIXELS = env.int("GRIDGOV_PHOTO_MAX_MEGAPIXELS", default=64) * 1_000_000
PLAN_IMAGE_MAX_BYTES = env.int("GRIDGOV_PLAN_IMAGE_MAX_MB", default=30) * 1024 * 1024  # a scanned plan to draw over
ATTACHMENT_SCANNER = env.str("GRIDGOV_PHOTO_SCANNER", default="")  # "package.module.function" of bytes → clean?
VOICE_MAX_BYTES = env.int("GRIDGOV_VOICE_MAX_MB", default=2) * 1024 * 1024
FIELD_DAY_HOURS = env.int("GRIDGOV_FIELD_DAY_HOURS", default=24)  # how long a phone keeps the day without contact
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── The browser's promises ──────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],  # Leaflet and ECharts place things with style attributes
        "img-src": ["'self'", "data:", "blob:", *OUTSIDE.image_origins],
        "media-src": ["'self'", "blob:"],  # a voice note before it is sent
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *OUTSIDE.sign_in_origins],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
PERMISSIONS_POLICY = {"geolocation": "self", "camera": "self", "microphone": "self", "payment": [], "usb": []}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = env.int("GRIDGOV_HSTS_SECONDS", default=31_536_000)

# ── API ─────────────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gridgov.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gridgov.sync.parsers.EnvelopeParser"],
    "DEFAULT_PAGINATION_CLASS": "gridgov.paging.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "gridgov.problems.handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "gridgov",
    "DESCRIPTION": "Areas, incidents and notices with the rights of whoever asks. Errors are RFC 9457 problem details.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # labels are in the language of the process, codes are not
    "ENUM_NAME_OVERRIDES": {
        "AreaKind": "grids.models.Area.Kind",
        "GridKind": "grids.models.Area.GridKind",
        "IncidentStatus": "incidents.workflow.Status",
        "IncidentLevel": "gridgov.clock.levels.Level",
        "IncidentChannel": "incidents.models.incident.Channel",
        "RequestKind": "incidents.workflow.Ask",
    },
}

# ── Logs: one JSON object a line, no personal data ──────────────────────────────────────────────────────
LOG_LEVEL = env.str("GRIDGOV_LOG_LEVEL", default="INFO").upper()
LOG_FORMAT = env.str("GRIDGOV_LOG_FORMAT", default="json")
if LOG_FORMAT not in ("json", "text"):
    raise ImproperlyConfigured(f"GRIDGOV_LOG_FORMAT is {LOG_FORMAT!r}; it must be json or text.")
LOGGING = logs.configure(LOG_LEVEL, LOG_FORMAT)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # the audit trail knows who came from where; logs need not
METRICS_TOKEN = env.str("GRIDGOV_METRICS_TOKEN", default="")  # empty: /metrics answers this machine only

# ── When the system speaks up (seconds; a poison row is a deadline that cannot fire) ────────────────────
WATCH = {
    "heartbeat": env.int("GRIDGOV_LATE_HEARTBEAT", default=45),  # four knocks of worker or beat missed
    "sweep": env.int("GRIDGOV_LATE_SWEEP", default=60),  # the oldest deadline that is due and has not fired
    "poison": env.int("GRIDGOV_MOST_POISON", default=0),
    "outbox": env.int("GRIDGOV_LATE_OUTBOX", default=900),  # the oldest message that has not left
    "seal": env.int("GRIDGOV_LATE_SEAL", default=300),  # the oldest audit row outside the chain
    "fold": env.int("GRIDGOV_LATE_FOLD", default=300),  # the oldest change the boards have not counted
}
