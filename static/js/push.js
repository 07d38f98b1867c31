// Switches browser notifications on: asks the browser for a subscription and hands it over with the form.
const form = document.querySelector("[data-push-key]");

function bytes(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (c) => c.charCodeAt(0));
}

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.subscription.value) return;
    event.preventDefault();
    if ((await Notification.requestPermission()) !== "granted") return;
    const worker = await navigator.serviceWorker.register(form.dataset.pushWorker);
    await new Promise((ready) => {
      const state = worker.installing || worker.waiting;
      if (!state) return ready();
      state.addEventListener("statechange", () => state.state === "activated" && ready());
    });
    const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.pushKey) };
    form.subscription.value = JSON.stringify(await worker.pushManager.subscribe(options));
    form.requestSubmit();
  });
}
