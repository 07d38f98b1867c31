"""Addresses of the operator's page, under /settings/operation/."""

from django.urls import path

from assessment.views import operation

app_name = "operation"
urlpatterns = [
    path("", operation.status, name="status"),
    path("alarm/", operation.alarm, name="alarm"),
    path("check/", operation.check, name="check"),
    path("clocks/<uuid:clock_id>/retry/", operation.retry, name="retry"),
]
