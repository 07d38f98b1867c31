"""Addresses of photos."""

from django.urls import path

from gridgov.sync import views

app_name = "sync"

urlpatterns = [path("<uuid:id>/<str:size>/", views.attachment, name="attachment")]
