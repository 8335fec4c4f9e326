"""Django's settings: one database that works, one that is down."""

SECRET_KEY = "corpus"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "shop"]
MIDDLEWARE = ["shop.middleware.TenantMiddleware", "shop.middleware.timing"]
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
    {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": ["shop/jinja"], "NAME": "jinja"},
]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
    "ledger": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": 9, "NAME": "ledger", "USER": "shop"},
}
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [], "UNAUTHENTICATED_USER": None}
USE_TZ = True
