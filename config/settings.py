"""All settings, read from the environment. `config.servers.ensure_servers` fills what is not given there."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def env_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no", "on", "off"):
        raise ImproperlyConfigured(f"{name}={value!r}: give 1 or 0")
    return value in ("1", "true", "yes", "on") if value else default


def env_int(name: str, default: int) -> int:
    try:
        return int(os.environ.get(name) or default)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={os.environ[name]!r}: give a whole number") from None


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_limit(name: str, default: str) -> tuple[int, int]:
    """`300/60` as (300 requests, in 60 seconds)."""
    text = os.environ.get(name) or default
    try:
        count, seconds = (int(part) for part in text.split("/"))
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text!r}: give requests/seconds, such as 300/60") from None
    return count, seconds


def database(variable: str) -> dict:
    """A postgresql:// address as Django's settings of one connection."""
    url = urlsplit(os.environ.get(variable, "postgresql://nobody@127.0.0.1:1/not_configured"))
    if url.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"{variable}: only PostgreSQL is supported, got {url.scheme!r}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": url.port or "",
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", 300),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


DEBUG = env_bool("DEBUG", False)
SECRET_KEY = os.environ.get("SECRET_KEY", "")
# Newest first; each is base64 of 64 bytes. See tenants/encryption.py.
FIELD_KEYS = env_list("FIELD_KEYS")
# Under which names and phones are hashed to be found again; after a change: `manage.py rotate_keys --search`.
SEARCH_KEY = os.environ.get("SEARCH_KEY") or SECRET_KEY
# How often one member may reveal an order's personal data.
REVEALS_PER_HOUR = env_int("REVEALS_PER_HOUR", 20)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "pgtrigger",
    "pghistory",
    "tenants",
    "stores",
    "team",
    "conversations",
    "orders",
    "intake",
    "policies",
    "kpis",
    "desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tenants.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "tenants.limits.LimitMiddleware",
    "tenants.middleware.OrganizationMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.workplace",
            ]
        },
    }
]

# Two roles on one database: the application's, under row-level security, and the tables' owner.
DATABASES = {"default": database("DATABASE_URL"), "migrate": database("MIGRATE_DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
AUTH_USER_MODEL = "tenants.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "tenants.guessing.LockedOut",
    "allauth.account.auth_backends.AuthenticationBackend",
]

# Accounts: django-allauth, by e-mail address. See tenants/accounts.py and tenants/second_factor.py.
SIGN_UP_ALLOWED = env_bool("SIGN_UP_ALLOWED", False)
ACCOUNT_ADAPTER = "tenants.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "tenants.account_forms.SignUpForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env_bool("HTTPS", False) else "http"
MFA_FORMS = {
    "add_webauthn": "tenants.account_forms.NewKeyForm",
    "edit_webauthn": "tenants.account_forms.KeyNameForm",
}
MFA_ADAPTER = "tenants.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kefudesk"
# Browsers allow passkeys on plain http://localhost; anywhere else they ask for HTTPS themselves.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env_bool("HTTPS", False)
USERSESSIONS_ADAPTER = "allauth.usersessions.adapter.DefaultUserSessionsAdapter"

# Guessing passwords: django-axes, counting in the cache. See tenants/guessing.py.
BEHIND_PROXY = env_bool("BEHIND_PROXY", False)
LOGIN_FAILURES_PER_ACCOUNT = env_int("LOGIN_FAILURES_PER_ACCOUNT", 10)
LOGIN_FAILURES_PER_ADDRESS = env_int("LOGIN_FAILURES_PER_ADDRESS", 100)
LOGIN_COOL_OFF_MINUTES = env_int("LOGIN_COOL_OFF_MINUTES", 15)
AXES_HANDLER = "tenants.guessing.FailureCounter"
AXES_LOCKOUT_CALLABLE = "tenants.guessing.locked_out_answer"
AXES_CLIENT_IP_CALLABLE = "tenants.origin.client_address"
AXES_USERNAME_CALLABLE = "tenants.guessing.account_of"
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_COOL_OFF_MINUTES)
AXES_VERBOSE = AXES_ENABLE_ADMIN = False
# Tries during a lock do not prolong it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# axes: its tables are for a handler that is not used. pghistory: each event says itself who was at work.
MIGRATION_MODULES = {"axes": None, "pghistory": None}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = [
    os.environ.get("PASSWORD_HASHER", "django.contrib.auth.hashers.PBKDF2PasswordHasher"),
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("tabler", BASE_DIR / "node_modules/@tabler/core/dist"),
    ("echarts", BASE_DIR / "node_modules/echarts/dist"),
]
# Kept files (uploads while they are read) are encrypted before they reach the disk; see tenants/kept_files.py.
MEDIA_ROOT = VAR_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_BYTES", 1024**3)
DATA_UPLOAD_MAX_NUMBER_FILES = 50

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TIMEZONE = "UTC"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
HTTPS = env_bool("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# A load balancer asks these two without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The other headers are in tenants/headers.py.

# Requests one member may make in so many seconds; an address, which an office shares, five times as many.
REQUEST_LIMITS = {
    "pages": env_limit("LIMIT_PAGES", "300/60"),
    "exports": env_limit("LIMIT_EXPORTS", "60/600"),
    "uploads": env_limit("LIMIT_UPLOADS", "120/600"),
    "ingest": env_limit("LIMIT_INGEST", "1200/60"),
}
# Addresses by name; a page asked for with ?file= is an export wherever it is.
COSTLY_PAGES = {
    "agent_table", "agent_days", "agent_day", "order_why", "unconverted_buyers", "response_figures", "store_months",
    "api_agents", "api_days", "api_stores", "api_unconverted", "api_explanation", "audit_trail", "trust",
    "roster", "calendar_feed",
}  # fmt: skip
EXPORT_PAGES = {"refused_rows", "roster_sheet", "complaint_evidence", "review_evidence"}
UPLOAD_PAGES = {"upload", "paste_chat", "roster_upload"}
INGEST_PAGES = {"ingest_messages", "ingest_orders"}

# Backups by `manage.py backup` and the beat; 0 hours: only when somebody asks for one. See tenants/backup.py.
BACKUP_EVERY_HOURS = env_int("BACKUP_EVERY_HOURS", 24)
BACKUP_KEEP = env_int("BACKUP_KEEP", 7)
BACKUP_DIR = Path(os.environ.get("BACKUP_DIR") or VAR_DIR / "backups")

EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if os.environ.get('EMAIL_HOST') else 'console'}.EmailBackend"
)
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
# Under which address people reach this installation, such as https://desk.example.com: links in mails and messages
# to groups need it; without it they are left out.
SITE_ADDRESS = os.environ.get("SITE_ADDRESS", "").rstrip("/")
# Whether webhooks and robots may stand in a private network and speak plain http (team/posting.py).
ALLOW_PRIVATE_WEBHOOKS = env_bool("ALLOW_PRIVATE_WEBHOOKS", False)
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "kefudesk@localhost"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Kefudesk",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"MaturityEnum": ["provisional", "final"]},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"where": {"()": "tenants.logs.Where"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(organization)s %(request_id)s %(task_id)s",
        },
        "plain": {"format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env_bool("JSON_LOGS", False) else "plain",
            "filters": ["where"],
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
