"""Static files under names that change with their content, also where one script imports another."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    """Leaves out what we never load: other versions of htmx, and extensions whose comments look like imports."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*", "django_htmx/*-4*"]


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which otherwise leaves `import "./words.js"` at a name browsers keep too long."""

    support_js_module_import_aggregation = True


class PlainStorage(ManifestStaticFilesStorage):
    """The same names without the compressed copies, for a trial on one machine."""

    support_js_module_import_aggregation = True
