"""The tray and the line: whatever answers, is lost, is slow or asks to wait, each record arrives once."""

import json
import re
import time
from datetime import timedelta
from typing import Any

from playwright.sync_api import Route, expect

from gridgov.sync.models import Attachment, Envelope
from incidents.models import Incident
from tests.e2e.phone import PHOTO, RECORD, SESSION, code, flush, put, ready, reported, say, states, tray, write


def test_saved_offline_survives_closing_the_tab_and_goes_once(phone, worker, fault):
    context = phone.context
    context.set_offline(True)
    write(phone, "三楼堆满纸箱", photos=2)
    expect(phone.locator("[data-tray-count]")).to_contain_text("1条待上传")
    phone.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/field/")
    ready(again)
    again.wait_for_function("() => document.querySelector('[data-tray-count]').hidden")
    assert reported() == ["三楼堆满纸箱"]
    assert Attachment.objects.of(Incident.objects.get()).count() == 2
    assert tray(again, "list") == []
    fault("no signal, then the tab closed", 2, ["三楼堆满纸箱"])


def test_an_answer_that_is_lost_is_asked_for_again_and_two_tabs_send_once(phone, worker, fault):
    lost = []

    def lose(route: Route) -> None:
        """The server takes it in; the phone never hears of it."""
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    phone.context.route(RECORD, lose, times=1)
    put(phone, "回执丢失")
    flush(phone)
    assert (len(lost), states(phone)) == (1, [("waiting", "offline")])
    other = phone.context.new_page()
    other.goto("/field/tray/")
    ready(other)
    put(other, "两个标签页")
    for page in (phone, other):
        page.evaluate("""() => { import("/static/js/tray.js").then((tray) => tray.flush({ now: true })); }""")
    for page in (phone, other):
        flush(page)
    assert tray(phone, "list") == []
    assert reported() == ["两个标签页", "回执丢失"]
    assert Envelope.objects.count() == 2
    fault("an answer lost; two tabs send at once", len(lost) + 1, ["两个标签页", "回执丢失"])


FAULTS = [
    ({"status": 500, "body": "<html>oops"}, ("waiting", "server")),
    ({"status": 200, "body": "<html>Wi-Fi", "content_type": "text/html"}, ("waiting", "not_ours")),
    ({"status": 200, "body": "{}", "content_type": "application/json"}, ("waiting", "not_ours")),
    ({"status": 302, "headers": {"Location": "/accounts/login/"}}, ("waiting", "not_ours")),
    ({"status": 413, "body": "{}", "content_type": "application/problem+json"}, ("attention", "too_large")),
    ({"status": 422, "body": "{}", "content_type": "application/problem+json"}, ("attention", "refused")),
    ({"status": 429, "headers": {"Retry-After": "3600"}}, ("waiting", "asked")),
    ({"status": 503, "headers": {"Retry-After": "3600"}}, ("waiting", "asked")),
    ({"status": 401, "body": "{}", "content_type": "application/problem+json"}, ("held", "signed_out")),
    ({"status": 403, "body": "{}", "content_type": "application/problem+json"}, ("held", "denied")),
]


def answering(answer: dict[str, Any]) -> Any:
    """Something that answers in the server's place."""
    return lambda route: route.fulfill(**answer)


def test_whatever_answers_in_its_place_nothing_is_deleted(phone, worker, fault):
    number = put(phone, "一条记录")
    for answer, outcome in FAULTS:
        phone.context.route(RECORD, answering(answer), times=1)
        flush(phone)
        tray(phone, "flush", {})  # it is too early to try again by itself
        if outcome[0] == "attention":  # and without a session it keeps its reason
            phone.context.route(SESSION, lambda route: route.abort(), times=1)
            flush(phone)
        assert states(phone) == [outcome], answer
    wait = phone.evaluate(
        """async () => (await (await import("/static/js/phone-store.js")).database()).getAll("records")"""
    )[0]
    assert wait["tries"] == len(FAULTS)
    flush(phone)
    assert tray(phone, "receipt", number)["became"]["id"] == str(Incident.objects.get().pk)
    fault("something else answers: 500 … HTML 200", len(FAULTS), ["一条记录"])


def test_it_goes_by_itself_when_the_line_the_page_or_the_minute_is_there(phone, worker):
    phone.clock.install()
    nothing_waits = "() => document.querySelector('[data-tray-count]').hidden"
    phone.reload()
    ready(phone)
    wake = {
        "有信号了": lambda: phone.context.set_offline(False),
        "回到页面": lambda: phone.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))"),
        "过了一分钟": lambda: phone.clock.run_for(61_000),
    }
    for words, come_back in wake.items():
        phone.context.set_offline(words == "有信号了")
        phone.context.route(SESSION, lambda route: route.abort(), times=1)
        put(phone, words)
        flush(phone)
        phone.context.unroute(SESSION)
        assert states(phone) == [("waiting", "offline")]
        come_back()
        phone.wait_for_function(nothing_waits)
    assert reported() == sorted(wake)


def test_a_server_that_asks_to_wait_is_not_asked_before(phone, worker):
    asked = []
    phone.context.on("request", lambda request: asked.append(request.url) if RECORD.search(request.url) else None)
    phone.context.route(RECORD, lambda route: route.fulfill(status=429, headers={"Retry-After": "3600"}), times=1)
    put(phone, "稍后再来")
    for how in ({"now": True}, {}, {"woken": True}):
        tray(phone, "flush", how)
    assert len(asked) == 1
    flush(phone)  # a person asked
    assert reported() == ["稍后再来"]


def test_a_photo_that_does_not_arrive_keeps_the_record(phone, worker, fault):
    def incomplete(route: Route) -> None:
        """The server is not sure of it, though it names no photo."""
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "complete": False, "missing": []})

    number = put(phone, "照片没到", photos=3)
    phone.context.route(RECORD, incomplete, times=1)
    flush(phone)
    assert states(phone) == [("waiting", "photos_missing")]
    phone.context.route(PHOTO, lambda route: route.abort(), times=1)
    flush(phone)
    incident = Incident.objects.get()
    assert states(phone) == [("waiting", "offline")]
    assert Attachment.objects.of(incident).count() == 0
    flush(phone)
    assert Attachment.objects.of(incident).count() == 3
    assert tray(phone, "receipt", number)["became"]["id"] == str(incident.pk)
    fault("a photo lost on the way, of three", 1, 3, Attachment.objects.of(incident).values_list("sha256", flat=True))


def test_an_edited_replay_needs_attention_and_can_be_exported(phone, worker):
    number = put(phone, "原来的内容")
    flush(phone)
    phone.evaluate(
        """async ([id, category]) => (await import("/static/js/tray.js")).put(
             "incidents.report", { description: "改过的内容", category }, { id })""",
        [number, code()],
    )
    flush(phone)
    assert states(phone) == [("attention", "conflict")]
    assert reported() == ["原来的内容"]
    phone.goto("/field/tray/")
    expect(phone.locator("[data-records]")).to_contain_text("同一编号下已收到不同的内容")
    with phone.expect_download() as download:
        phone.locator("[data-export]").tap()
    file = json.loads(download.value.path().read_text())
    assert [record["payload"]["description"] for record in file["records"]] == ["改过的内容"]


def test_the_plain_form_and_the_tray_hand_in_the_same_record(phone, worker, sign_in):
    """The same number and content, once without scripts and once through the tray: one incident."""
    phone.fill("textarea[name=description]", "同一份记录")
    number = phone.input_value("input[name=client_id]")
    plain = {"client_id": number, "description": "同一份记录"}
    assert sign_in(worker).post(f"/field/report/{code()}/", plain).status_code == 302
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone).to_have_url(re.compile(r"/field/cases/"))
    assert reported() == ["同一份记录"]


def test_a_clock_that_is_a_day_ahead_is_written_down_and_refused_by_nobody(phone, worker, fault):
    phone.clock.install()
    phone.clock.set_system_time(time.time() + 86400)
    put(phone, "时钟快一天")
    flush(phone)
    row = Envelope.objects.get()
    assert row.captured_at - row.received_at > timedelta(hours=23)
    assert abs(row.corrected_at - row.received_at) < timedelta(minutes=1)
    assert row.offset < timedelta(hours=-23)
    fault("the clock a day ahead", 1, ["时钟快一天"])


def test_two_hundred_records_on_a_slow_line(phone, worker, capsys, fault):
    """300 ms and 50 kB/s each way, a tenth of the answers lost: all arrive, each once."""
    devtools = phone.context.new_cdp_session(phone)
    slow = {"offline": False, "latency": 20, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    asked: list[str] = []

    def unsteady(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) % 10 == 0:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.evaluate(
        """async (incident) => {
        const tray = await import("/static/js/tray.js");
        for (let n = 0; n < 200; n += 1) await tray.put("incidents.comment", { incident, words: `第 ${n} 条` });
      }""",
        "none",
    )
    phone.context.route(RECORD, unsteady)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", slow)
    began = time.monotonic()
    for _round in range(60):
        flush(phone)
        if not tray(phone, "count")["mine"]:
            break
    took = time.monotonic() - began
    assert tray(phone, "count")["mine"] == 0
    assert Envelope.objects.count() == 200
    fault(
        "200 records on a slow line, answers lost",
        len(asked) // 10,
        200,
        map(bytes, Envelope.objects.values_list("digest", flat=True)),
    )
    say(capsys, f"200 records: {took:.0f} s, {len(asked)} requests, {len(asked) // 10} answers lost, duplicates 0")
