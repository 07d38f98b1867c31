"""Addresses of the inbox."""

from django.urls import path

from gridgov.notices import setting_views, views

app_name = "notices"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("bell/", views.bell, name="bell"),
    path("settings/", setting_views.desk, name="settings"),
    path("settings/phone/", setting_views.phone, name="settings_phone"),
    path("settings/mail/", setting_views.mailbox, name="mailbox"),
    path("settings/mail/confirm/", setting_views.confirm, name="confirm_mailbox"),
    path("settings/mail/remove/", setting_views.remove_mailbox, name="remove_mailbox"),
    path("settings/browser/", setting_views.add_device, name="add_device"),
    path("settings/browser/<uuid:id>/remove/", setting_views.remove_device, name="remove_device"),
    path("read/", views.read_all, name="read_all"),
    path("<uuid:id>/open/", views.open_notice, name="open"),
    path("<uuid:id>/read/", views.read, name="read"),
    path("<uuid:id>/unread/", views.unread, name="unread"),
]
