import { Actions } from "./data/actions";
import { Api } from "./data/api";
import { messageOf } from "./data/errors";
import type { Hass } from "./data/hass";
import type { PanelConfig } from "./data/protocol";
import { FleetStore } from "./data/store";
import { Format } from "./i18n/format";
import { Translate } from "./i18n/translate";

const BASE = "/drive-burn-in";

/** One for the page's life: a panel that Home Assistant makes anew finds its data here. */
const store = new FleetStore();

/** What every part of the panel needs, made anew only for another language or format. */
export class App {
  readonly store = store;
  readonly api: Api;
  readonly actions: Actions;
  readonly t: Translate;
  readonly f: Format;
  #config: Promise<PanelConfig> | null = null;

  constructor(
    readonly hass: () => Hass,
    readonly say: (text: string, tone: Tone) => void,
  ) {
    const { locale, config } = hass();
    this.api = new Api(hass);
    const f = new Format(locale, config.time_zone, config.unit_system.temperature);
    this.f = f;
    this.t = new Translate(locale.language, (value) => f.number(value));
    this.actions = new Actions(hass, this.t);
  }

  /** Return the profiles and stages there are. */
  config(): Promise<PanelConfig> {
    this.#config ??= this.api.config();
    return this.#config;
  }

  /** Do something that may fail; say how it ended. Return whether it worked. */
  async attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      this.say(messageOf(error), "error");
      return false;
    }
    if (done) this.say(done, "info");
    return true;
  }
}

/** An error stays until it is closed; the others go by themselves. */
export type Tone = "info" | "warning" | "error";

/** Return the address of a page of the panel. */
export function href(page: string): string {
  return `${BASE}/${page}`;
}

/** Go to a page as Home Assistant's own links do. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  window.dispatchEvent(
    new CustomEvent("location-changed", { detail: { replace: false } }),
  );
}

/** Return the address of a drive's device page in Home Assistant. */
export function deviceHref(deviceId: string): string {
  return `/config/devices/device/${deviceId}`;
}
