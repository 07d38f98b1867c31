"""Production names every static file by its content; a file that cannot be named stops the release here, not there."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


def test_every_static_file_gets_its_production_name(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "gridgov.assets.PlainStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
    assert staticfiles_storage.url("django_htmx/htmx-2.min.js") != "/static/django_htmx/htmx-2.min.js"
