"""Addresses under /areas/plans/."""

from django.urls import path

from grids.views import (
    exports,
    plan_document,
    plan_editor,
    plan_limits,
    plan_page,
    plan_past,
    plan_steps,
    plans,
    proposals,
)

app_name = "plans"
urlpatterns = [
    path("", plans.plans, name="list"),
    path("new/", plans.new, name="new"),
    path("limits/", plan_limits.limits, name="limits"),
    path("limits/<int:area_id>/<slug:kind>/forget/", plan_limits.forget_limits, name="forget_limits"),
    path("propose/<int:area_id>/", proposals.propose, name="propose"),
    path("proposals/<uuid:proposal_id>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:proposal_id>/take/<int:nth>/", proposals.take, name="take_proposal"),
    path("days/<int:area_id>/", plan_past.days, name="days"),
    path("<uuid:plan_id>/", plan_page.plan, name="plan"),
    path("<uuid:plan_id>/compare/", plan_past.compare, name="compare"),
    path("<uuid:plan_id>/edit/", plan_editor.editor, name="editor"),
    path("<uuid:plan_id>/document/", plan_document.document, name="document"),
    path("<uuid:plan_id>/check/", plan_document.check, name="check"),
    path("<uuid:plan_id>/fix/", plan_document.fix, name="fix"),
    path("<uuid:plan_id>/export/", exports.export_plan, name="export"),
    path("<uuid:plan_id>/submit/", plan_steps.submit, name="submit"),
    path("<uuid:plan_id>/approve/", plan_steps.approve, name="approve"),
    path("<uuid:plan_id>/send-back/", plan_steps.send_back, name="send_back"),
    path("<uuid:plan_id>/withdraw/", plan_steps.withdraw, name="withdraw"),
    path("<uuid:plan_id>/take-up/", plan_steps.take_up, name="take_up"),
    path("<uuid:plan_id>/take-effect/", plan_steps.take_effect, name="take_effect"),
    path("<uuid:plan_id>/publish/", plan_steps.publish, name="publish"),
    path("<uuid:plan_id>/revert/", plan_steps.revert, name="revert"),
    path("<uuid:plan_id>/rebase/", plan_steps.rebase, name="rebase"),
    path("<uuid:plan_id>/describe/", plan_steps.describe, name="describe"),
    path("<uuid:plan_id>/restore/<int:revision>/", plan_steps.restore, name="restore"),
    path("<uuid:plan_id>/confirm/<uuid:row_id>/", plan_steps.confirm, name="confirm"),
]
