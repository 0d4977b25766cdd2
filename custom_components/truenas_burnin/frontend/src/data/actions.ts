import type { Translate } from "../i18n/translate";
import { bare, isLost, messageOf } from "./errors";
import type { Hass } from "./hass";
import { DOMAIN, type Choice, type DriveRow, type HealthReply } from "./protocol";
import { isActive } from "./view";

/** An action of Home Assistant on drives that needs no more than naming them. */
export type Simple =
  "pause_burn_in" | "resume_burn_in" | "cancel_burn_in" | "cancel_self_test";

/** Everything that changes something: it goes through actions of Home Assistant. */
export class Actions {
  readonly #hass: () => Hass;
  readonly #t: Translate;

  constructor(hass: () => Hass, t: Translate) {
    this.#hass = hass;
    this.#t = t;
  }

  simple(action: Simple, drives: readonly DriveRow[]): Promise<unknown> {
    return this.#call(action, { device_id: devices(drives) });
  }

  /**
   * Start burn-ins; `serials` are those a person typed or ticked, `content` is what they
   * were shown that lies on each of these: nothing else is overwritten.
   */
  start(
    drives: readonly DriveRow[],
    choice: Choice,
    serials: readonly string[],
    content: Record<string, string[]>,
  ): Promise<unknown> {
    return this.#call("start_burn_in", {
      device_id: devices(drives),
      ...choice,
      confirm_serials: serials,
      confirm_content: content,
    });
  }

  /** Do burn-ins again from where they broke off; `serials` as for `start`. */
  retry(drives: readonly DriveRow[], serials: readonly string[]): Promise<unknown> {
    return this.#call("retry_burn_in", {
      device_id: devices(drives),
      ...(serials.length > 0 && { confirm_serials: serials }),
    });
  }

  cancelAll(entry: string): Promise<unknown> {
    return this.#call("cancel_all_burn_ins", entry ? { config_entry_id: entry } : {});
  }

  selfTest(drives: readonly DriveRow[], type: "short" | "long"): Promise<unknown> {
    return this.#call("start_self_test", { device_id: devices(drives), type });
  }

  /** Have drives say how they are; those that sleep go on sleeping without `wake`. */
  async readHealth(drives: readonly DriveRow[], wake: boolean): Promise<HealthReply> {
    const data = { device_id: devices(drives), wake };
    const reply = await this.#call("read_drive_health", data, true);
    return (reply as { response: HealthReply }).response;
  }

  setInfo(
    drive: DriveRow,
    info: { location?: string; notes?: string },
  ): Promise<unknown> {
    return this.#call("set_drive_info", { device_id: devices([drive]), ...info });
  }

  async #call(
    action: string,
    data: Record<string, unknown>,
    returns = false,
  ): Promise<unknown> {
    const hass = this.#hass();
    try {
      return await hass.callService(
        DOMAIN,
        action,
        data,
        undefined,
        false,
        ...(returns ? [true] : []),
      );
    } catch (error) {
      const text = isLost(error)
        ? this.#t.text("error.lost")
        : await explain(hass, error);
      throw new Error(text, { cause: error });
    }
  }
}

function devices(drives: readonly DriveRow[]): string[] {
  return drives.flatMap((drive) => (drive.device_id ? [drive.device_id] : []));
}

interface Translated {
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string>;
}

/** Return what an error of an action says, in the person's language where known. */
async function explain(hass: Hass, error: unknown): Promise<string> {
  const { translation_domain, translation_key, translation_placeholders } = bare(
    error,
  ) as Translated;
  if (translation_domain && translation_key) {
    await hass.loadBackendTranslation("exceptions", translation_domain);
    const text = hass.localize(
      `component.${translation_domain}.exceptions.${translation_key}.message`,
      translation_placeholders,
    );
    if (text) return text;
  }
  return messageOf(error);
}

/** What may be asked of a drive as it stands; Home Assistant has the last word. */
export const APPLIES = {
  start: (drive: DriveRow) => drive.present && !isActive(drive.burn_in?.state),
  pause: (drive: DriveRow) =>
    drive.burn_in?.state === "running" && drive.burn_in.pause_reason !== "person",
  resume: ({ burn_in }: DriveRow) =>
    burn_in?.state === "paused" || burn_in?.pause_reason === "person",
  cancel: (drive: DriveRow) => isActive(drive.burn_in?.state),
  retry: ({ burn_in }: DriveRow) =>
    burn_in?.state === "failed" ||
    burn_in?.state === "inconclusive" ||
    burn_in?.state === "cancelled",
  selfTest: (drive: DriveRow) =>
    drive.present && !isActive(drive.burn_in?.state) && !testing(drive),
  cancelSelfTest: (drive: DriveRow) =>
    !isActive(drive.burn_in?.state) && testing(drive),
} satisfies Record<string, (drive: DriveRow) => boolean>;

function testing({ short, long }: DriveRow): boolean {
  return short?.state === "running" || long?.state === "running";
}
