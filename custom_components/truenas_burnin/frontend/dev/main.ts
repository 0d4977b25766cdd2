import { BurnInPanel } from "../src/panel";
import { FakeHome } from "./fake-hass";
import { drives, running, system } from "./fleet";
import { SCENES } from "./scenes";

/** `?drives=1350&busy=100&every=500&language=de&theme=dark&scene=offline#/history` */
const options = new URLSearchParams(location.search);
const number = (name: string, otherwise: number): number =>
  Number(options.get(name) ?? otherwise);

const total = number("drives", 15);
const busy = number("busy", 4);
document.documentElement.dataset.theme = options.get("theme") ?? "light";
document.documentElement.lang = options.get("language") ?? "en";
document.documentElement.dir = options.get("dir") ?? "ltr";

const fleet =
  total > 100
    ? [...drives("one", total - 90), ...drives("two", 90)]
    : drives("one", total);
const systems =
  total > 100
    ? [
        system("one", "tank", { max_parallel: 64 }),
        system("two", "attic", { stale: true }),
      ]
    : [system("one", "tank")];
const moving = fleet.map((drive, index) =>
  total > 100 && index < busy
    ? { ...drive, pool: null, unused: true, burn_in: running(drive.id, index / 2) }
    : drive,
);
const arrange = SCENES[options.get("scene") ?? "as_it_is"];
if (!arrange) throw new Error("unknown scene");
const home = new FakeHome({
  ...arrange({ systems, drives: moving }),
  busy,
  every: number("every", 1000),
  language: options.get("language") ?? "en",
});

const panel = new BurnInPanel();
const show = (): void => {
  panel.route = { prefix: "/drive-burn-in", path: location.hash.slice(1) };
};

// Home Assistant goes by the path, this page by the fragment; its options stay before it.
const push = history.pushState.bind(history);
const replace = history.replaceState.bind(history);
history.pushState = (data, unused, url) =>
  push(
    data,
    unused,
    `?${options.toString()}${String(url).replace(/^\/drive-burn-in/, "#")}`,
  );
history.replaceState = (data, unused, url) => {
  const search = new URL(String(url), location.href).searchParams;
  for (const [name, value] of options) search.set(name, value);
  replace(data, unused, `?${search.toString()}${location.hash}`);
};
window.addEventListener("location-changed", show);
window.addEventListener("hashchange", show);
window.addEventListener("popstate", show);

show();
const first = home.hass();
panel.hass = first;
// Home Assistant replaces `hass` at every change of any state.
setInterval(() => (panel.hass = { ...first }), 250);
Object.assign(window, { home });
document.body.append(panel);
