"""Where a watcher asks whether everything lives."""

from django.urls import path

from gridgov.health import views

app_name = "health"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
]
