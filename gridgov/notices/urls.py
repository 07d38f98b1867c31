"""Addresses of the inbox."""

from django.urls import path

from gridgov.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read_all, name="read_all"),
    path("<uuid:id>/open/", views.open_notice, name="open"),
    path("<uuid:id>/read/", views.read, name="read"),
    path("<uuid:id>/unread/", views.unread, name="unread"),
]
