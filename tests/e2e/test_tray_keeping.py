"""What lies in the tray: sealed, its owner’s alone, through a new program, a full phone and a killed browser."""

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Error, expect

from gridgov.sync.models import Attachment
from incidents.models import Incident
from tests.e2e.conftest import CHROMIUM, PHONE, QUIET
from tests.e2e.phone import RECORD, code, flush, open_form, put, ready, reported, tray, write
from tests.sync.conftest import picture


def test_too_long_a_text_is_refused_beside_its_field_and_stays_whole(worker, phone):
    words = "纸箱" * 1001
    phone.fill("textarea[name=description]", words)
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator(".field-error")).to_have_text("请控制在2000字以内，现有2002字。")
    expect(phone.locator("textarea[name=description]")).to_have_value(words)
    assert tray(phone, "list") == []


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
    phone.clock.set_system_time(time.time() + 100 * 86400)  # no time deletes what has not arrived
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


RECORDER = """
window.MediaRecorder = class {
  static isTypeSupported() { return true; }
  constructor() { Object.assign(this, { state: "inactive", mimeType: "audio/webm" }); }
  start() { this.state = "recording"; }
  stop() {
    this.state = "inactive";
    setTimeout(() => { this.ondataavailable({ data: new Blob(["sound"]) }); this.onstop(); }, 50);
  }
};
navigator.mediaDevices.getUserMedia = async ({ video }) => {
  if (!video) return { getTracks: () => [] };
  const [tray, { nameOf }] = await Promise.all([import("/static/js/tray.js"), import("/static/js/capture.js")]);
  window.draft = await tray.draft(nameOf(document.querySelector("form[data-tray]")));
  throw new DOMException("refused", "NotAllowedError");
};
"""


def test_the_draft_lies_there_before_the_camera_and_what_is_still_being_made_goes_along(phone, worker):
    """A microphone that needs a moment to end, and a camera that looks for the draft and refuses."""
    phone.add_init_script(RECORDER)
    open_form(phone)
    phone.fill("textarea[name=description]", "先存草稿")
    phone.locator("[data-camera]").tap()
    phone.wait_for_function("() => window.draft !== undefined")
    assert phone.evaluate("() => window.draft && window.draft.fields.description") == "先存草稿"
    phone.context.set_offline(True)
    phone.locator("[data-voice]").tap()
    expect(phone.locator("[data-voice]")).to_have_attribute("aria-pressed", "true")
    large = {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(2400, 1800))}
    phone.set_input_files("input[type=file]", [large])
    phone.locator(".thumb button.btn-primary").tap()
    phone.wait_for_selector("[data-saved]", state="attached")
    (record,) = tray(phone, "list")
    assert sorted(one["mime"] for one in record["attachments"]) == ["audio/webm", "image/jpeg"]
    sides = """async () => {
        const { records } = JSON.parse(await (await (await import("/static/js/tray.js")).exported()).text());
        const { mime, base64 } = records[0].files.find((file) => file.mime === "image/jpeg");
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const made = await createImageBitmap(new Blob([bytes], { type: mime }));
        return [made.width, made.height];
      }"""
    assert phone.evaluate(sides) == [1600, 1200]


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


KEPT_THREE_TIMES = """async () => {
  const tray = await import("/static/js/tray.js");
  const photos = ["1", "2", "3"].map((text) => new Blob([text], { type: "image/jpeg" }));
  let sealed = 0;
  const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
  crypto.subtle.encrypt = (...given) => (sealed++, encrypt(...given));
  const times = [];
  for (const [words, taken] of [["a", photos], ["ab", photos], ["abc", photos.slice(1)]]) {
    await tray.keepDraft("photos", { words }, taken);
    times.push(sealed);
  }
  const { fields, attachments } = await tray.draft("photos");
  return [times, fields.words, await Promise.all(attachments.map((one) => one.text()))];
}"""


def test_photos_of_a_draft_are_sealed_once_and_keep_their_order(phone, worker):
    """Three photos and the words; then the words alone, twice; the photo that was taken out is gone."""
    assert phone.evaluate(KEPT_THREE_TIMES) == [[4, 5, 6], "abc", ["2", "3"]]


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
