// What the code on a poster opens: confirm here, on the patrol that runs on this phone.
import { toast } from "./app.js";
import * as patrol from "./patrol.js";
import * as tray from "./tray.js";

const root = document.querySelector("[data-here]");
const part = (name) => root.querySelector(`[data-${name}]`);
const stop = { id: Number(root.dataset.here), name: root.dataset.name };

async function begin() {
  const state = (await tray.ready()) ? await patrol.running() : null;
  const fits = Boolean(state && state.stops.some((each) => each.id === stop.id));
  part("confirm").hidden = !fits;
  part("start").hidden = fits;
  part("other").hidden = !state || fits;
  part("confirm-button").addEventListener("click", async () => {
    try {
      await patrol.mark(stop, { how: "code" });
    } catch (error) {
      toast(root.dataset.failed, "error");
      return;
    }
    part("confirm").hidden = true;
    part("done").hidden = false;
    part("back").href = state.url;
    toast(root.dataset.saved);
    tray.flush({ woken: true });
  });
  root.dataset.ready = "";
}
if ("fieldReady" in document.documentElement.dataset) begin();
else document.addEventListener("field:ready", begin, { once: true });
