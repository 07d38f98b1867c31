"""What a phone captures with, in one browser: photo, camera, voice note, position; and the PIN that locks the day.

All of it without a signal, in the shell's form; then the line is mended and everything must arrive.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.browsers.drivers import Browser
from tests.browsers.line import Line
from tests.browsers.walk import ONE, SHOWN, Walk

PIN, WRONG = "204713", "204714"
# A picture of 2400 × 1800, made in the page and handed to the field as a person's choice of a file would be.
CHOOSE = """
const canvas = document.createElement("canvas");
canvas.width = 2400; canvas.height = 1800;
const pen = canvas.getContext("2d");
for (let i = 0; i < 400; i += 1) { pen.fillStyle = `hsl(${(i * 47) % 360}, 70%, 50%)`; pen.fillRect((i * 97) % 2400, (i * 61) % 1800, 160, 120); }
return new Promise((done) => canvas.toBlob((blob) => {
  const list = new DataTransfer();
  list.items.add(new File([blob], "a.png", { type: "image/png" }));
  const input = document.querySelector("[data-capture] input[type=file]");
  input.files = list.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  done(blob.size);
}, "image/png"));
"""  # noqa: E501
SOUNDS = "return ['audio/webm', 'audio/mp4', 'audio/ogg'].some((kind) => MediaRecorder.isTypeSupported(kind));"
SIZE = """
const image = document.querySelector("[data-shots] img");
return image && image.complete && image.naturalWidth ? [image.naturalWidth, image.naturalHeight] : null;
"""
FOUND = """
const said = document.querySelector("form[data-tray]").elements;
return said.lon.value && [said.lon.value, said.lat.value, said.accuracy.value];
"""
# The phone was left alone for an hour: what its own clock would say then.
LEAVE_ALONE = """
return new Promise((done, failed) => {
  const asked = indexedDB.open("gridgov");
  asked.onerror = failed;
  asked.onsuccess = () => {
    const store = asked.result.transaction("keys", "readwrite").objectStore("keys");
    store.getAll().onsuccess = ({ target }) => {
      const lock = target.result.find((row) => row.name.startsWith("lock:"));
      if (!lock) { asked.result.close(); done(false); return; }
      store.put({ ...lock, seen: Date.now() - 3600000, until: Date.now() - 1000 }).onsuccess = () => { asked.result.close(); done(Boolean(lock.secret)); };
    };
  };
});
"""  # noqa: E501


class Capture(Walk):
    """The steps after those of Walk, in one form that stays open from `photo` to `sent`."""

    def __init__(self, browser: Browser, line: Line, worker: str, password: str) -> None:
        super().__init__(browser, line, worker)
        self.password = password

    @contextmanager
    def without_signal(self) -> Iterator[None]:
        """The line is cut, and mended whatever happens."""
        self.line.cut()
        try:
            yield
        finally:
            self.line.mend()

    def photo(self) -> str:
        self.go("/field/report/")
        path = self.browser.run("return document.querySelector('[data-narrow-words] a').getAttribute('href');")
        with self.without_signal():
            self.go(path, "[data-shell-view] form[data-tray]")
            self.until(ONE + "return Boolean(e);", "html[data-field-ready]")
        before = self.browser.run(CHOOSE)
        width, height = self.until(SIZE)
        return f"2400 × 1800 of {before // 1024} kB became {width} × {height}"

    def camera(self) -> str:
        self.press("[data-camera]")
        self.until("const e = document.querySelector('.finder video'); return Boolean(e && e.videoWidth);")
        had = self.browser.run("return document.querySelectorAll('[data-shots] img').length;")
        self.press("[data-shutter]")
        self.until("return document.querySelectorAll('[data-shots] img').length > arguments[0];", had)
        self.press(".finder [data-done]")
        self.until("return !document.querySelector('.finder');")
        return "opened in the page, one photo taken, closed"

    def voice(self) -> str:
        if not self.browser.run(SHOWN, "[data-voice]"):
            known = self.browser.run(SOUNDS)
            assert not known, "no button, though this browser records sound"
            return "not offered: this build has no encoder for sound"
        self.press("[data-voice]")
        self.until("return Boolean(document.querySelector('[data-voice][aria-pressed=true]'));")
        self.until("return performance.now() > (window.until = window.until || performance.now() + 1500);")
        self.press("[data-voice]")
        self.until("return document.querySelectorAll('[data-shots] audio').length === 1;")
        return "recorded and stopped"

    def position(self) -> str:
        self.press("[data-position]")
        found = self.until(FOUND)
        return f"{found[0]}, {found[1]} ± {found[2]} m"

    def sent(self) -> str:
        shots = self.browser.run("return document.querySelectorAll('[data-shots] li').length;")
        self.browser.run(ONE + "e.value = arguments[1];", "textarea[name=description]", "试用拍照和语音")
        with self.without_signal():
            self.press(".thumb button.btn-primary")
            self.until(SHOWN, "[data-saved]")
        self.go("/field/tray/")
        if self.browser.run(SHOWN, "[data-send]"):
            self.press("[data-send]")
        self.until(SHOWN, "[data-none]")
        return f"a report with {shots} attachments, each confirmed by the server"

    def pin(self) -> str:
        self.go("/accounts/pin/")
        for name, value in (("password", self.password), ("pin", PIN)):
            self.browser.run(ONE + "e.value = arguments[1];", f"form[data-pin-form] [name={name}]", value)
        self.press("form[data-pin-form] button")
        self.until("return location.pathname === '/accounts/me/';")
        self.go("/field/", "html[data-field-kept]")
        return "chosen; the day is sealed for it"

    def locked(self) -> str:
        if not self.browser.run(LEAVE_ALONE):
            raise AssertionError("no pair of keys lies on the phone")
        with self.without_signal():
            self.go("/field/", "#shell-pin")
            self._try(WRONG)
            self.until("return document.querySelector('[data-lock-said]').textContent.includes('PIN');")
            self._try(PIN)
            cards = self.until("return document.querySelectorAll('[data-card]').length;")
        return f"a wrong PIN refused, the right one brought back {cards} cards, without a signal"

    def _try(self, digits: str) -> None:
        self.until(SHOWN, "#shell-pin")
        self.browser.run(ONE + "e.value = arguments[1]; e.form.querySelector('button').click();", "#shell-pin", digits)
