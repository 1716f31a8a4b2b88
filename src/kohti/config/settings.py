"""Django's settings, from a handful of environment variables (docs/reference/settings.md).

The command line (`kohti.config.command`) finds or starts the database first and sets the addresses.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django
from csp.constants import SELF
from django.utils.translation import gettext_lazy as _

from kohti.config import addresses, providers
from kohti.kernel import logs

SOURCE = Path(__file__).resolve().parent.parent
DATA = addresses.data_folder()
ROOMS = (
    "kernel",
    "design",
    "team",
    "people",
    "diary",
    "journeys",
    "frontdesk",
    "partners",
    "outreach",
    "workbench",
)

DEBUG = False
SECRET_KEY = addresses.secret_key(DATA)
ALLOWED_HOSTS = os.environ.get("KOHTI_HOSTS", "localhost 127.0.0.1 [::1] testserver").split()
CSRF_TRUSTED_ORIGINS = os.environ.get("KOHTI_ORIGINS", "").split()
HTTPS = os.environ.get("KOHTI_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "procrastinate.contrib.django",
    *(f"kohti.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kohti.config.looks.before_the_door",
    "kohti.config.middleware.at_the_door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kohti.config.sessions.WhoseSession",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kohti.config.middleware.AsTheMember",
]

ROOT_URLCONF = "kohti.config.urls"
ASGI_APPLICATION = "kohti.config.asgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            *(SOURCE / room / "templates" for room in ("config", *ROOMS)),
            Path(django.__file__).parent / "forms" / "jinja2",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "kohti.config.templates.environment",
            "context_processors": ["kohti.config.templates.frame"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = addresses.databases(DATA)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_ROUTERS = ["kohti.kernel.database.router.OwnerMigrates"]
CACHES = {
    "default": {"BACKEND": "kohti.config.cache.Cache", "LOCATION": "kohti_cache"},
}

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["kohti.config.sign_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kohti.config.sign_in.Adapter"
ACCOUNT_FORMS = {
    "change_password": "kohti.config.passwords.ChangePasswordForm",
    "set_password": "kohti.config.passwords.SetPasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "front_door"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "unlock": "30/m/ip,10/300s/key",
    "way_back": "10/m/ip,5/300s/key",
    "elsewhere": "30/m/ip",
    "device": "10/m/ip",
    "kiosk": "12/300s/key",
    "kiosk_code": "5/300s/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "login_webauthn": "kohti.config.passkeys.LoginForm",
    "authenticate_webauthn": "kohti.config.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "kohti.config.passkeys.ReauthenticateForm",
    "add_webauthn": "kohti.config.passkeys.AddForm",
}
MFA_TOTP_ISSUER = "Kohti"
MFA_TOTP_TOLERANCE = 1  # half a minute: telephones are a little early or late, and people type
MFA_ADAPTER = "kohti.config.sign_in.CodeAdapter"
PROVIDERS = providers.read(DATA, os.environ)
SOCIALACCOUNT_ADAPTER = "kohti.config.elsewhere.Adapter"
REQUIRE_CODE = os.environ.get("KOHTI_REQUIRE_CODE", "1") == "1"

SESSION_ENGINE = "kohti.config.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
IDLE_S = int(os.environ.get("KOHTI_IDLE_MINUTES", "60")) * 60
IDLE_AT_COUNTER_S = int(os.environ.get("KOHTI_COUNTER_MINUTES", "15")) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kohti.config.views.form_too_old"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF, *providers.origins_of(PROVIDERS)],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fi", _("Finnish")),
    ("da", _("Danish")),
    ("nl", _("Dutch")),
    ("pl", _("Polish")),
]
LOCALE_PATHS = [SOURCE / "locale"]
LANGUAGE_COOKIE_NAME = "kohti_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = sorted(SOURCE.glob("*/static"))
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 12_000_000

EMAIL_BACKEND = "kohti.kernel.outbox.backend.Backend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("KOHTI_MAIL_FROM", "") or "kohti@localhost"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = [
    "kohti.config.housekeeping",
    "kohti.config.post",
    "kohti.diary.jobs",
    "kohti.journeys.jobs",
]
SILENCED_SYSTEM_CHECKS = [
    "postgres.E005"
]  # its app asks for hstore at every connection; we need its constraints alone

LOGGING_CONFIG = None
logs.set_up()
