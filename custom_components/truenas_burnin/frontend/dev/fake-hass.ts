import type { Hass } from "../src/data/hass";
import type { DriveRow, FleetMessage, System } from "../src/data/protocol";
import { answer } from "./answers";
import { burnIn, running, sweepAt } from "./fleet";

export interface FakeOptions {
  systems: System[];
  drives: DriveRow[];
  /** Burn-ins that move on at every message. */
  busy: number;
  /** Between two messages, in ms. */
  every: number;
  language: string;
}

type Data = Record<string, unknown>;

/** A pretended Home Assistant: it sends a fleet that moves on, and does as it is told. */
export class FakeHome {
  readonly drives = new Map<string, DriveRow>();
  readonly calls: [action: string, data: Data][] = [];
  readonly #options: FakeOptions;
  #send: ((message: FleetMessage) => void) | null = null;

  constructor(options: FakeOptions) {
    this.#options = options;
    for (const drive of options.drives) this.drives.set(drive.id, drive);
  }

  /** Return a `hass` object; call it again for what a change of state would bring. */
  hass(): Hass {
    const { language } = this.#options;
    return {
      connection: {
        subscribeMessage: (callback) => {
          this.#send = callback as (message: FleetMessage) => void;
          setTimeout(() => this.#begin());
          const timer = setInterval(() => this.#move(), this.#options.every);
          return Promise.resolve(() => clearInterval(timer));
        },
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      },
      locale: {
        language,
        number_format: "language",
        time_format: "language",
        date_format: "language",
        time_zone: "local",
      },
      config: { time_zone: "Europe/Berlin", unit_system: { temperature: "°C" } },
      user: { is_admin: true, name: "Mia" },
      states: {},
      entities: {},
      devices: {},
      callWS: (command) => Promise.resolve(answer(this.drives, command)),
      callService: (_domain, action, data) => this.#act(action, data),
      localize: () => "",
      loadBackendTranslation: () => Promise.resolve(),
    } as Hass;
  }

  #begin(): void {
    const drives = [...this.drives.values()];
    this.#send?.({ v: 1, kind: "snapshot", systems: this.#options.systems, drives });
  }

  #tell(drives: DriveRow[]): void {
    for (const drive of drives) this.drives.set(drive.id, drive);
    this.#send?.({
      v: 1,
      kind: "delta",
      systems: [],
      removed_systems: [],
      drives,
      removed: [],
    });
  }

  #move(): void {
    const under = [...this.drives.values()].filter(
      ({ burn_in }) => burn_in?.state === "running",
    );
    const moved = under.slice(0, this.#options.busy).map((drive) => {
      const { burn_in } = drive;
      if (!burn_in) return drive;
      const percent = Math.min(99.9, burn_in.stage_percent + 0.1);
      const finish = new Date(Date.now() + (100 - percent) * 2_500_000).toISOString();
      return {
        ...drive,
        burn_in: {
          ...burn_in,
          stage_percent: percent,
          percent: 10 + percent * 0.9,
          ...sweepAt(percent),
          finish_time: finish,
        },
      };
    });
    this.#tell(moved);
  }

  async #act(action: string, data: Data): Promise<unknown> {
    this.calls.push([action, data]);
    const ids = new Set(data.device_id as string[] | undefined);
    const drives = [...this.drives.values()].filter(
      ({ device_id }) => device_id !== null && ids.has(device_id),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const effect = EFFECTS[action];
    if (effect) this.#tell(drives.map((drive) => effect(drive, data)));
    return {};
  }
}

const EFFECTS: Record<string, (drive: DriveRow, data: Data) => DriveRow> = {
  start_burn_in: (drive) => ({ ...drive, burn_in: running(`${drive.serial}-new`, 0) }),
  cancel_burn_in: (drive) => ({
    ...drive,
    burn_in: drive.burn_in && {
      ...drive.burn_in,
      state: "cancelled",
      finished: drive.burn_in.created,
    },
  }),
  pause_burn_in: (drive) => ({
    ...drive,
    burn_in: drive.burn_in && {
      ...drive.burn_in,
      state: "paused",
      pause_reason: "person",
    },
  }),
  resume_burn_in: (drive) => ({
    ...drive,
    burn_in: drive.burn_in && {
      ...drive.burn_in,
      state: "running",
      pause_reason: null,
    },
  }),
  retry_burn_in: (drive) => ({
    ...drive,
    burn_in: burnIn(drive.burn_in?.id ?? "again"),
  }),
  set_drive_info: (drive, { location, notes }) => ({
    ...drive,
    location: (location as string | undefined) ?? drive.location,
    notes: (notes as string | undefined) ?? drive.notes,
  }),
};
