import type { DriveRow, System } from "../src/data/protocol";

export interface Scene {
  systems: System[];
  drives: DriveRow[];
}

/** Situations that a fleet comes into, by the name that `?scene=` asks for them. */
export const SCENES: Record<string, (scene: Scene) => Scene> = {
  as_it_is: (scene) => scene,
  empty: ({ systems }) => ({ systems, drives: [] }),
  no_system: () => ({ systems: [], drives: [] }),
  offline: ({ systems, drives }) => ({
    systems: systems.map((system) => ({
      ...system,
      online: false,
      stale: true,
      last_success: new Date(Date.now() - 7 * 60_000).toISOString(),
    })),
    drives,
  }),
  never_seen: ({ systems }) => ({
    systems: systems.map((system) => ({
      ...system,
      online: false,
      stale: true,
      last_success: null,
    })),
    drives: [],
  }),
  hold: ({ systems, drives }) => ({
    systems: systems.map((system) => ({ ...system, hold: true })),
    drives,
  }),
  no_rights: ({ systems, drives }) => ({
    systems: systems.map((system) => ({ ...system, commands: false })),
    drives,
  }),
  in_use: ({ systems, drives }) => ({
    systems,
    drives: drives.map((drive) => ({
      ...drive,
      pool: "tank",
      unused: false,
      burn_in: null,
    })),
  }),
  hostile: ({ systems, drives }) => ({
    systems: systems.map((system) => ({
      ...system,
      title: "the-storage-server-in-the-basement.home.example",
    })),
    drives: drives.map((drive, index) => ({
      ...drive,
      name: `multipath/disk${index}<b>`,
      model: `"><img src=x onerror=alert(1)> WDC WUH722424ALE6L4 Ultrastar`,
      location: "Room 2.17, rack 4, shelf 12, bay 21 (rear, behind the fan)",
      burn_in: drive.burn_in && {
        ...drive.burn_in,
        reason: "<script>alert(1)</script> ".repeat(6),
        operator: "Dr. Maximiliane Musterfrau-Beispielhausen",
      },
    })),
  }),
};
