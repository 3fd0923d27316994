"""Django settings. What an installation may set comes from its environment or data folder; each is declared once."""

from __future__ import annotations

import ipaddress
import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

SOURCE = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("URBANGRID_DATA", Path.home() / ".local/share/urbangrid"))
"""Folder of this installation: files, secrets, collected static files."""
TESTING = os.environ.get("URBANGRID_TESTING") == "1"
DEBUG = os.environ.get("URBANGRID_DEBUG") == "1"
DEMONSTRATION = os.environ.get("URBANGRID_DEMONSTRATION") == "1"
"""The made city is loaded: the sign-in page offers its accounts."""
TRAINING = os.environ.get("URBANGRID_TRAINING") == "1"
"""This is a training copy (docs/topics/training.md): every page, sheet and table says so."""


def _secret(name: str) -> str:
    """A secret of this installation, made by ``up``; a test run has its own."""
    path = DATA / "secrets" / name
    if path.exists():
        return path.read_text().strip()
    if TESTING or DEBUG:
        return f"only for tests: {name} {'x' * 40}"
    raise SystemExit(f"{path} is missing; start the platform with ./urbangrid up, which makes it")


SECRET_KEY = _secret("django_key")
LIVE_KEY = _secret("live_key")
"""Key of the short-lived tokens that the live process accepts."""
METRICS_TOKEN = _secret("metrics_token") if TESTING or (DATA / "secrets" / "metrics_token").exists() else ""
"""Lets a monitor elsewhere read /metrics and the sentences of /health; empty (nobody) until ``up`` has made it."""
SIGNING_KEY_FILE = DATA / "secrets" / "record_signing.pem"
"""Ed25519 private key of the record; in neither database nor database backup."""
SEAL_SECONDS = float(os.environ.get("URBANGRID_SEAL_SECONDS", "10"))
"""Between two sealings of the record, and so at most one tree head in that time (about 420 bytes in each place that keeps it)."""
ORDER_HOURS = float(os.environ.get("URBANGRID_ORDER_HOURS", "6"))
"""How far the time of a sealed row may run against the order of the log before ``audit verify`` notices it; 0: any."""
HEADS_ROOT = DATA / "heads"
"""Tree heads outside the database, a file a month."""
HEADS_COPY = os.environ.get("URBANGRID_HEADS_COPY", "")
"""A second folder for the tree heads, on another disk or machine; empty: none."""
TIMESTAMP_URL = os.environ.get("URBANGRID_TIMESTAMP_URL", "")
"""Time stamping service (RFC 3161 over HTTP) that is asked about the newest tree head; empty: none."""
TIMESTAMP_ROOTS = os.environ.get("URBANGRID_TIMESTAMP_ROOTS", "")
"""File with the service's root certificates (PEM); without it a stamp's signature is not checked, and that is said."""
TIMESTAMP_MINUTES = int(os.environ.get("URBANGRID_TIMESTAMP_MINUTES", "60"))
"""Between two time stamps."""
SECOND_STEP_KEY_FILE = DATA / "secrets" / "second_step_key"
"""Key that closes the second-step secrets of people; in neither database nor database backup."""
_first, _, _last = os.environ.get("URBANGRID_ID_NUMBERS", "0-1023").partition("-")
ID_NUMBERS = (int(_first), int(_last))
"""Numbers from which each process of this machine takes one for its identifiers; machines that share a database need ranges apart."""
PORT = int(os.environ.get("URBANGRID_PORT", "8000"))
LIVE_URL = os.environ.get("URBANGRID_LIVE_URL", "")
"""Address of the live process as browsers see it; empty: same host, next port."""
WEB_ORIGIN = os.environ.get("URBANGRID_WEB_ORIGIN", "")
"""Origin of the pages when a front server gives them another host than the live process; empty: the same host."""
ALLOWED_HOSTS = os.environ.get("URBANGRID_HOSTS", "*").split(",")
HTTPS = os.environ.get("URBANGRID_HTTPS") == "1"
"""Pages come over TLS, from ``up --tls`` or a front server: cookies are sent over TLS only."""
TRUSTED_PROXIES = [ipaddress.ip_network(one.strip()) for one in os.environ.get("URBANGRID_TRUSTED_PROXIES", "").split(",") if one.strip()]
"""Networks of front servers whose X-Forwarded-For is believed, e.g. ``127.0.0.1/32,10.1.0.0/24``; empty: none."""


def _rate_limits(text: str) -> dict[str, tuple[int, int]]:
    """``sign_in.address=60/600 report.person=0/600``: acts in seconds; 0 acts mean no limit."""
    pairs = (one.partition("=") for one in text.split())
    return {name: (int(most), int(seconds)) for name, _sign, value in pairs for most, _slash, seconds in [value.partition("/")]}


RATE_LIMITS = _rate_limits(os.environ.get("URBANGRID_RATE_LIMITS", ""))
"""Limits of this installation in place of those that ``core.limits.LIMITS`` declares."""
CERTIFICATE_FILE = os.environ.get("URBANGRID_CERTIFICATE", "")
"""Certificate that ``up --tls`` serves with; empty: no TLS by the command itself."""
AUTHORITY_FILE = DATA / "secrets" / "tls" / "authority.crt"
"""Certificate of the local authority, which phones install."""
SECURE_HSTS_SECONDS = int(os.environ.get("URBANGRID_HSTS_SECONDS", "0"))
"""0 by default: browsers apply it to every port of the host, and a local authority that is replaced would lock people out."""
CSRF_TRUSTED_ORIGINS = [WEB_ORIGIN] if WEB_ORIGIN else []


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,  # web processes keep their connection (architecture §1)
        "OPTIONS": options,
        "TEST": {"NAME": os.environ.get("URBANGRID_TEST_DB", "test_urbangrid")},
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///urbangrid"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _wheel_library(package: str, pattern: str) -> str:
    """GDAL and GEOS lie inside wheels; their file names carry a hash (stack.md §1)."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None, package
    found = list((Path(spec.origin).parents[1] / f"{package}.libs").glob(pattern))
    assert found, f"{package} has no {pattern}"
    return str(found[0])


GDAL_LIBRARY_PATH = _wheel_library("pyogrio", "libgdal*")
GEOS_LIBRARY_PATH = _wheel_library("shapely", "libgeos_c*")

PACKAGES = (
    *("core", "live", "ui", "audit", "accounts", "grids", "organizations", "catalog", "addresses", "messaging", "cases"),
    *("service_requests", "supervision", "courses", "collection", "companies", "workbench", "administration", "guides", "demo"),
)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.gis",
    "django_htmx",
    "procrastinate.contrib.django",
    *(f"urbangrid.{package}" for package in PACKAGES if (SOURCE / package / "apps.py").exists()),
    "urbangrid.config",  # last: it wires the others
]
MIDDLEWARE = [
    "urbangrid.config.observing.ObservingMiddleware",  # outermost: it measures all others
    "urbangrid.config.health_view.HealthMiddleware",  # before sessions: it must answer while the database does not
    "django.middleware.security.SecurityMiddleware",
    "urbangrid.ui.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "urbangrid.ui.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "urbangrid.organizations.middleware.ActingMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "urbangrid.ui.middleware.RefusalPages",
]
if TRAINING:
    MIDDLEWARE.insert(2, "urbangrid.ui.middleware.BandedFiles")
ROOT_URLCONF = "urbangrid.config.urls"
WSGI_APPLICATION = "urbangrid.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "urbangrid.ui.context.page",
                "urbangrid.live.context.live",
                "urbangrid.cases.plan_banner.plans",
            ],
        },
    }
]

SESSION_ENGINE = "urbangrid.accounts.sessions"
SESSION_COOKIE_NAME = "training_session" if TRAINING else "sessionid"
"""A browser keeps one set of cookies for all ports of a host: signing in at the training copy must not sign out of the platform."""
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SIGN_IN_LASTS = timedelta(hours=12)
"""Longest time of a sign-in, counted from its beginning; a shift never asks twice (desks.md I5)."""
SESSION_COOKIE_AGE = int(SIGN_IN_LASTS.total_seconds())
CSRF_COOKIE_NAME = "training_csrf" if TRAINING else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "urbangrid.ui.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LANGUAGE_CODE = "en" if os.environ.get("URBANGRID_LANGUAGE") == "en" else "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_FINDERS = ["urbangrid.config.static.OwnFiles"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "urbangrid.config.static.HashedFiles"},
}
if TESTING or DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
FILES_ROOT = DATA / "files"
"""Stored photos and papers, named by their SHA-256."""
UPLOADS_ROOT = DATA / "uploads"
"""Files on their way, in parts; cleared a day after their last part."""
EXPORTS_ROOT = DATA / "exports"
"""Ledgers and piles of sheets that the worker made for a person; they live a day."""
HEALTH_ROOT = DATA / "health"
"""Signs of life and short histories for the health page."""
LOGS_ROOT = DATA / "logs"
"""What the processes and the supervisor write."""
DISK_LOW_BYTES = int(os.environ.get("URBANGRID_DISK_LOW_MB", "5120")) * 2**20
"""Free space below which the health page warns."""
DISK_LEAST_BYTES = int(os.environ.get("URBANGRID_DISK_LEAST_MB", "1024")) * 2**20
"""Free space below which the health page is red: a day of photos and the database's journal must still fit."""
BACKUP_HOUR = None if os.environ.get("URBANGRID_BACKUP_HOUR") == "never" else int(os.environ.get("URBANGRID_BACKUP_HOUR", "2"))
"""Hour of the nightly backup in TIME_ZONE; ``never``: none by the worker."""
RESTORE_TEST_DAYS = int(os.environ.get("URBANGRID_RESTORE_TEST_DAYS", "7"))
"""Days between two restore tests by the worker, after the nightly backup; 0: none."""
UPLOAD_LIMIT_BYTES = int(os.environ.get("URBANGRID_UPLOAD_LIMIT", str(20 * 1024 * 1024)))
"""Largest single file; a larger one is refused with a sentence."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_HANDLERS = [
    "urbangrid.core.upload_guard.SizeGuard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 25 * 3600}
"""Seconds: a daily job whose time passed while no worker ran is still done, once."""

SLOW_STATEMENT_SECONDS = int(os.environ.get("URBANGRID_SLOW_MS", "200")) / 1000
"""From here on a statement is noted with its shape (docs/topics/health.md)."""
ACCESS_LOG = os.environ.get("URBANGRID_ACCESS_LOG", "1") == "1"
"""A line in the log for every request; about 300 bytes each."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "urbangrid.core.logs.JsonLines"},
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line" if TESTING or DEBUG else "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django itself prints errors of requests only while debugging; the supervisor keeps what a process prints in DATA/logs.
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},  # a refusal stands in the line of its request
        "weasyprint": {"level": "ERROR"},  # tells each step of each sheet, and every rule of a browser that paper has no use for
        "fontTools": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},  # names every job and blueprint
    },
}
