"""Addresses of the dictionaries, under /settings/."""

from django.urls import path

from incidents.views import dictionaries

app_name = "dictionaries"
urlpatterns = [
    path("", dictionaries.dictionaries, name="list"),
    path("<slug:group>/", dictionaries.labels, name="labels"),
    path("<slug:group>/reset/", dictionaries.reset, name="reset"),
]
