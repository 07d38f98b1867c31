"""Addresses of the door under /api/v1/sync/."""

from django.urls import path

from gridgov.sync import api, phone

app_name = "sync_api"

urlpatterns = [
    path("session/", phone.SessionView.as_view(), name="session"),
    path("key/", phone.KeyView.as_view(), name="key"),
    path("<uuid:envelope_id>/", api.EnvelopeView.as_view(), name="envelope"),
    path("<uuid:envelope_id>/attachments/<str:sha256>/", api.PhotoView.as_view(), name="photo"),
]
