"""Addresses of the delivery log, under /settings/."""

from django.urls import path

from teams.views import deliveries

app_name = "deliveries"
urlpatterns = [
    path("deliveries/", deliveries.log, name="log"),
    path("deliveries/to/", deliveries.find, name="find"),
    path("deliveries/resend-failed/", deliveries.resend_failed, name="resend_failed"),
    path("deliveries/cancel-waiting/", deliveries.cancel_waiting, name="cancel_waiting"),
    path("deliveries/ways/", deliveries.ways, name="ways"),
    path("deliveries/ways/<slug:channel>/try/", deliveries.try_out, name="try_out"),
    path("deliveries/<uuid:id>/resend/", deliveries.resend, name="resend"),
    path("deliveries/<uuid:id>/cancel/", deliveries.cancel, name="cancel"),
]
