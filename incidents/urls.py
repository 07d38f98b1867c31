"""Addresses under /incidents/, /field/ and /r/."""

from django.urls import include, path

from incidents.views import (
    case,
    catalogue,
    deadline,
    export,
    field,
    findings,
    lateness,
    lists,
    many,
    public,
    reporting,
    steps,
    supervision,
)

app_name = "incidents"
desk = [
    path("", lists.incidents, name="list"),
    path("points/", lists.points, name="points"),
    path("find/", lists.find, name="find"),
    path("views/save/", many.save_view, name="save_view"),
    path("views/<int:pk>/", many.edit_view, name="edit_view"),
    path("views/<int:pk>/delete/", many.delete_view, name="delete_view"),
    path("views/<int:pk>/restore/", many.restore_view, name="restore_view"),
    path("many/", many.outcome, name="bulk_outcome"),
    path("many/<str:name>/", many.take, name="bulk"),
    path("export/<str:form>/", export.export, name="export"),
    path("new/", reporting.report, name="report"),
    path("buildings/", reporting.buildings, name="buildings"),
    path("found-on/<uuid:key>/", findings.patrol_findings, name="patrol_findings"),
    path("supervision/", lateness.supervision, name="supervision"),
    path("supervision/records/", supervision.supervisions, name="supervisions"),
    path("supervision/units/", lateness.unit_sums, name="unit_sums"),
    path("supervision/waits/", lateness.waits, name="waits"),
    path("supervision/further/", lateness.referrals, name="referrals"),
    path("supervision/<uuid:pk>/sheet/", supervision.sheet, name="supervision_sheet"),
    path("supervision/<uuid:pk>/answer/", supervision.answer, name="answer_supervision"),
    path("supervision/<uuid:pk>/lift/", supervision.lift, name="lift_supervision"),
    path("requests/<uuid:pk>/answer/", steps.answer, name="answer"),
    path("requests/<uuid:pk>/take-back/", steps.take_back, name="take_back"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/load/", catalogue.load_default, name="load_catalogue"),
    path("catalogue/new/", catalogue.create, name="create_category"),
    path("catalogue/<str:code>/", catalogue.edit, name="edit_category"),
    path("catalogue/<str:code>/duty/", catalogue.add_duty, name="add_duty"),
    path("catalogue/duty/<int:duty_id>/remove/", catalogue.remove_duty, name="remove_duty"),
    path("<uuid:pk>/", case.detail, name="detail"),
    path("<uuid:pk>/sheet/", case.sheet, name="sheet"),
    path("<uuid:pk>/deadline/", deadline.deadline, name="deadline"),
    path("<uuid:pk>/supervise/", lateness.supervise, name="supervise"),
    path("<uuid:pk>/refer/", lateness.refer, name="refer"),
    path("<uuid:pk>/background/", supervision.background, name="background"),
    path("<uuid:pk>/comment/", steps.comment, name="comment"),
    path("<uuid:pk>/reveal/<str:field>/", steps.reveal, name="reveal"),
    path("<uuid:pk>/ask/<str:kind>/", steps.ask, name="ask"),
    path("<uuid:pk>/<str:name>/", steps.move, name="move"),
]
phone = [
    path("report/", field.choose, name="field_report"),
    path("report/<str:code>/", field.report, name="field_form"),
    path("reports/", field.mine, name="my_reports"),
    path("cases/<uuid:pk>/", field.case, name="field_case"),
]
residents = [
    path("", public.streets, name="public"),
    path("follow/", public.follow, name="public_follow"),
    path("<str:street>/", public.choose, name="public_street"),
    path("<str:street>/<str:code>/", public.report, name="public_report"),
]
urlpatterns = [
    path("incidents/", include(desk)),
    path("field/", include(phone)),
    path("r/", include(residents)),
]
