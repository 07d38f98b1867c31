"""Addresses under /areas/plans/."""

from django.urls import path

from grids.views import plan_document, plan_editor, plans

app_name = "plans"
urlpatterns = [
    path("", plans.plans, name="list"),
    path("new/", plans.new, name="new"),
    path("<uuid:plan_id>/", plans.plan, name="plan"),
    path("<uuid:plan_id>/edit/", plan_editor.editor, name="editor"),
    path("<uuid:plan_id>/document/", plan_document.document, name="document"),
    path("<uuid:plan_id>/check/", plan_document.check, name="check"),
    path("<uuid:plan_id>/fix/", plan_document.fix, name="fix"),
]
