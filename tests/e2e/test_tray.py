"""The tray in a real browser: nothing saved is lost or doubled, whatever line, session or phone do."""

import json
import os
import re
import signal
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Error, Page, Route, expect

from gridgov.accounts.models import User
from gridgov.sync.models import Attachment, Envelope
from incidents.models import Category, Incident
from tests.e2e.conftest import CHROMIUM, PHONE, QUIET
from tests.sync.conftest import picture

RECORD = re.compile(r"/api/v1/sync/[0-9a-f-]{36}/$")
PHOTO = re.compile(r"/api/v1/sync/[0-9a-f-]{36}/attachments/")
SESSION = re.compile(r"/api/v1/sync/session/$")


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-field-ready]", state="attached")


def code() -> str:
    return Category.objects.exclude(major=None).first().code


def open_form(page: Page) -> None:
    page.goto(f"/field/report/{code()}/")
    ready(page)


@pytest.fixture
def worker(phone: Page, come_in, street_at_work) -> User:
    """The worker, on a phone that has opened the field door once."""
    come_in(phone.context, street_at_work.people["worker"])
    open_form(phone)
    return street_at_work.people["worker"]


def write(page: Page, words: str, photos: int = 0) -> None:
    """Fill the form and hand it in."""
    page.fill("textarea[name=description]", words)
    if photos:
        made = [picture(size=(40 + n, 30)) for n in range(photos)]
        files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": data} for n, data in enumerate(made)]
        page.set_input_files("input[type=file]", files)
        page.wait_for_function("n => document.querySelectorAll('[data-shots] img').length === n", arg=photos)
    page.locator(".thumb button.btn-primary").tap()
    page.wait_for_selector("[data-saved]", state="attached")


def tray(page: Page, call: str, *given):
    """Ask the tray as a page's own script would."""
    return page.evaluate(f"""async (given) => (await import("/static/js/tray.js")).{call}(...given)""", list(given))


def put(page: Page, words: str, photos: int = 0) -> str:
    """Write one record without a form."""
    return page.evaluate(
        """async ([description, category, photos]) => {
             const tray = await import("/static/js/tray.js");
             const draw = (n) => new Promise((done) => {
               const canvas = document.createElement("canvas");
               canvas.width = 40 + n;
               canvas.toBlob(done, "image/jpeg");
             });
             const attachments = await Promise.all(Array.from({ length: photos }, (_, n) => draw(n)));
             return tray.put("incidents.report", { description, category }, { attachments });
           }""",
        [words, code(), photos],
    )


def flush(page: Page) -> None:
    tray(page, "flush", {"now": True})


def states(page: Page) -> list[tuple[str, str]]:
    return [(record["state"], record["reason"]) for record in tray(page, "list")]


def say(capsys: Any, figures: str) -> None:
    """Print a figure whether the test fails or not."""
    with capsys.disabled():
        sys.stdout.write(f"\n  {figures}\n")


@pytest.fixture
def fault(capsys: Any) -> Any:
    """`fault(name, injected, saved)` prints a line of the faults table (`make faults-phone`): what the phone called
    saved and the database lacks is lost, what it has twice is doubled.
    """

    def tell(name: str, injected: int, saved: Any, arrived: Any = None) -> None:
        """`saved`: what they are, or how many."""
        found = list(reported() if arrived is None else arrived)
        once = set(found)
        lost = saved - len(once) if isinstance(saved, int) else len(set(saved) - once)
        doubled = len(found) - len(once)
        say(capsys, f"fault {name:<44} injected {injected:>4}  lost {lost:>2}  doubled {doubled:>2}")
        assert (lost, doubled) == (0, 0)

    return tell


def reported() -> list[str]:
    return sorted(Incident.objects.values_list("description", flat=True))


def test_too_long_a_text_is_refused_beside_its_field_and_stays_whole(worker, phone):
    words = "纸箱" * 1001
    phone.fill("textarea[name=description]", words)
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator(".field-error")).to_have_text("请控制在2000字以内，现有2002字。")
    expect(phone.locator("textarea[name=description]")).to_have_value(words)
    assert tray(phone, "list") == []


def test_saved_offline_survives_closing_the_tab_and_goes_once(phone, worker, fault):
    context = phone.context
    context.set_offline(True)
    write(phone, "三楼堆满纸箱", photos=2)
    expect(phone.locator("[data-tray-count]")).to_contain_text("1 条待上传")
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
        assert states(phone) == [outcome], answer
    wait = phone.evaluate(
        """async () => (await (await import("/static/js/phone-store.js")).database()).getAll("records")"""
    )[0]
    assert wait["tries"] == len(FAULTS)
    flush(phone)
    assert tray(phone, "receipt", number)["became"]["id"] == str(Incident.objects.get().pk)
    fault("something else answers: 500 … HTML 200", len(FAULTS), ["一条记录"])


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
    phone.context.route(PHOTO, lambda route: route.abort(), times=1)
    number = put(phone, "照片没到", photos=3)
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


def test_an_expired_session_holds_it_until_the_same_person_is_back(phone, worker, come_in, street_at_work, fault):
    phone.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    write(phone, "登录已过期")
    phone.wait_for_function("""async () => (await (await import("/static/js/tray.js")).list())[0].state === "held" """)
    come_in(phone.context, street_at_work.people["lead"])  # the same phone, somebody else
    phone.goto("/field/tray/")
    ready(phone)
    flush(phone)
    assert tray(phone, "count") == {"mine": 0, "others": 1}
    expect(phone.locator("[data-others]")).to_contain_text("1")
    assert reported() == []
    come_in(phone.context, worker)
    phone.goto("/field/")
    ready(phone)
    flush(phone)
    assert reported() == ["登录已过期"]
    assert Incident.objects.get().reported_by == worker
    fault("session expired; somebody else signs in", 2, ["登录已过期"])


def test_what_lies_on_the_phone_cannot_be_read_without_the_key(phone, worker):
    phone.context.set_offline(True)
    put(phone, "只有本人能看")
    raw = """async () => {
        const store = await import("/static/js/phone-store.js");
        const db = await store.database();
        const rows = await Promise.all(Array.from(db.objectStoreNames, (name) => db.getAll(name)));
        const bytes = (each) => each instanceof ArrayBuffer || ArrayBuffer.isView(each);
        const many = (each) => Object.values(each).map(text).join(" ");
        const deep = (each) => (each && typeof each === "object" ? many(each) : String(each));
        const text = (each) => (bytes(each) ? new TextDecoder().decode(each) : deep(each));
        return text(rows);
    }"""
    assert "只有本人能看" not in phone.evaluate(raw)
    keys = """async () => {
        const store = await import("/static/js/phone-store.js");
        await store.forgetKeys();
        return (await (await store.database()).getAllKeys("keys")).length;
    }"""
    assert phone.evaluate(keys) == 0
    assert tray(phone, "ready") is False
    assert tray(phone, "count")["mine"] == 1
    phone.context.set_offline(False)
    open_form(phone)  # signed in again: the key comes back, and so does the record
    flush(phone)
    assert reported() == ["只有本人能看"]


OLDER = """() => new Promise((done, failed) => {
    const asked = (request, then) => {
      request.onsuccess = () => then(request.result);
      request.onerror = () => failed(request.error);
    };
    asked(indexedDB.open("gridgov"), (db) => {
      const tx = db.transaction(["records", "facts", "keys"]);
      const kept = {};
      const keep = (name) => asked(tx.objectStore(name).getAll(), (rows) => (kept[name] = rows));
      ["records", "facts", "keys"].forEach(keep);
      tx.oncomplete = () => {
        db.close();
        asked(indexedDB.deleteDatabase("gridgov"), () => {
          const open = indexedDB.open("gridgov", 1);
          open.onupgradeneeded = () => {
            open.result.createObjectStore("records", { keyPath: "id" }).createIndex("owner", "owner");
            open.result.createObjectStore("blobs", { keyPath: "id" }).createIndex("record", "record");
            ["drafts", "keys", "facts"].forEach((name) => open.result.createObjectStore(name, { keyPath: "name" }));
          };
          asked(open, (old) => {
            const write = old.transaction(Object.keys(kept), "readwrite");
            Object.keys(kept).forEach((name) => kept[name].forEach((row) => write.objectStore(name).put(row)));
            write.oncomplete = () => { old.close(); done(kept.records.length); };
          });
        });
      };
    });
  })"""


def test_a_newer_program_and_schema_find_a_full_tray(phone, worker, fault):
    """The phone has the first schema and another version's worker and files, and two records wait."""
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.context.route(RECORD, lambda route: route.abort())
    for words in ("升级前一", "升级前二"):
        put(phone, words)
    phone.goto("/healthz")  # a page of ours without the program
    assert phone.evaluate(OLDER) == 2
    phone.evaluate("""async () => {
        const names = (await caches.keys()).filter((name) => name !== "field-shell");
        await Promise.all(names.map((name) => caches.delete(name)));
        await caches.open("field-000000000001");
        await (await navigator.serviceWorker.getRegistration("/")).unregister();
      }""")
    phone.context.unroute(RECORD)
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    flush(phone)
    assert reported() == ["升级前一", "升级前二"]
    assert tray(phone, "list") == []
    fault("program and schema renewed under a full tray", 2, ["升级前一", "升级前二"])


def test_a_full_phone_says_so_and_keeps_what_was_typed(phone, worker):
    phone.evaluate("""async () => {
        const store = await import("/static/js/phone-store.js");
        const db = await store.database();
        const real = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = function add(row) {
          if (this.name === "records") throw new DOMException("full", "QuotaExceededError");
          return real.call(this, row);
        };
      }""")
    phone.fill("textarea[name=description]", "没有空间了")
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator(".toast-error")).to_contain_text("手机存储已满")
    expect(phone.locator("textarea[name=description]")).to_have_value("没有空间了")
    assert tray(phone, "list") == []


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


def test_a_draft_is_there_again_after_the_tab_was_killed(phone, worker):
    phone.fill("textarea[name=description]", "写到一半")
    phone.set_input_files(
        "input[type=file]", [{"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(50, 30))}]
    )
    expect(phone.locator("[data-shots] img")).to_have_count(1)
    phone.evaluate("""() => document.querySelector("form[data-tray]").keeping""")
    context = phone.context
    phone.close()
    again = context.new_page()
    open_form(again)
    expect(again.locator("textarea[name=description]")).to_have_value("写到一半")
    expect(again.locator("[data-shots] img")).to_have_count(1)
    again.locator(".thumb button.btn-primary").tap()
    expect(again).to_have_url(re.compile(r"/field/cases/"))
    assert Attachment.objects.of(Incident.objects.get()).count() == 1
    open_form(again)
    expect(again.locator("textarea[name=description]")).to_have_value("")


def test_the_plain_form_and_the_tray_hand_in_the_same_record(phone, worker, sign_in):
    """The same number and content, once without scripts and once through the tray: one incident."""
    phone.fill("textarea[name=description]", "同一份记录")
    number = phone.input_value("input[name=client_id]")
    plain = {"client_id": number, "description": "同一份记录"}
    assert sign_in(worker).post(f"/field/report/{code()}/", plain).status_code == 302
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone).to_have_url(re.compile(r"/field/cases/"))
    assert reported() == ["同一份记录"]


def _kill(folder: str) -> None:
    """SIGKILL to every process of the browser that keeps its data in `folder`: no chance to finish anything."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if folder in (entry / "cmdline").read_text(errors="replace"):
                    os.kill(int(entry.name), signal.SIGKILL)


def _own_phone(browser_type: Any, folder: Path, live_server: Any) -> Any:
    return browser_type.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=QUIET, base_url=live_server.url, locale="zh-CN", **PHONE
    )


def test_a_browser_killed_in_mid_write_loses_nothing_it_said_was_saved(
    browser_type, live_server, street_at_work, come_in, tmp_path, fault
):
    folder, said = tmp_path / "phone", []
    context = _own_phone(browser_type, folder, live_server)
    come_in(context, street_at_work.people["worker"])
    page = context.new_page()
    open_form(page)
    context.set_offline(True)
    page.on("console", lambda message: said.append(message.text[6:]) if message.text.startswith("saved ") else None)
    page.evaluate(
        """(category) => {
        import("/static/js/tray.js").then(async (tray) => {
          for (;;) {
            const photo = new Blob([new Uint8Array(200000)], { type: "image/jpeg" });
            const id = await tray.put("incidents.report", { description: "x", category }, { attachments: [photo] });
            console.log(`saved ${id}`);
          }
        });
      }""",
        code(),
    )
    page.wait_for_event("console", lambda message: len(said) >= 15)
    _kill(str(folder))
    promised = list(said)
    with suppress(Error):
        context.close()
    again = _own_phone(browser_type, folder, live_server)
    come_in(again, street_at_work.people["worker"])
    page = again.new_page()
    again.route("**/api/v1/sync/*-*/", lambda route: route.abort())
    page.goto("/field/tray/")
    ready(page)
    records = tray(page, "list")
    assert set(promised) <= {record["id"] for record in records}
    assert all(len(record["attachments"]) == 1 for record in records)
    fault(f"browser killed in mid-write, {len(promised)} saved", 1, promised, [record["id"] for record in records])
    again.close()


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
