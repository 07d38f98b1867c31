"""The API describes itself completely, and the page that shows it obeys the content policy."""

from django.core.management import call_command


def test_description_is_valid_and_without_gaps(db, tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_description_is_for_whoever_is_signed_in(worker, sign_in):
    answer = sign_in(worker).get("/api/v1/schema/")
    assert answer.status_code == 200
    assert "/api/v1/incidents/{id}/{move}/" in answer.json()["paths"]


def test_page_has_no_inline_code(worker, sign_in):
    answer = sign_in(worker).get("/api/v1/docs/")
    assert "swagger-ui-bundle" in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_there_is_no_browsable_api(worker, sign_in):
    answer = sign_in(worker).get("/api/v1/incidents/", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")
