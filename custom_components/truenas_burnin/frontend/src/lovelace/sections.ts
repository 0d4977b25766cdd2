import { BURN_IN_STATES } from "../data/protocol";
import { isActive } from "../data/view";
import type { Translate } from "../i18n/translate";
import type { Device } from "./devices";

/** A card, badge or section as a dashboard keeps it. */
export type Config = Record<string, unknown>;

/** With more drives than this, cards per drive would slow a dashboard down. */
export const MANY = 60;

const ACTIVE = BURN_IN_STATES.filter(isActive);

const COUNTS: readonly [key: string, color: string][] = [
  ["sensor.running", "blue"],
  ["sensor.queued", "grey"],
  ["sensor.passed", "green"],
  ["sensor.failed", "red"],
];

/** One system: how many drives stand where, and what holds for all of them. */
export function systemSection(t: Translate, system: Device): Config {
  const counts = COUNTS.flatMap(([key, color]) => {
    const entity = system.entities[key];
    return entity ? [{ entity, color, name: OWN_NAME }] : [];
  });
  const tiles = [
    ...counts.map(({ entity, ...look }) => tile(entity, look)),
    tile(system.entities["number.max_parallel"], { name: OWN_NAME }),
    tile(system.entities["switch.hold"], {
      name: OWN_NAME,
      features: [{ type: "toggle" }],
    }),
    cancelAll(t, system.entities["button.cancel_all"]),
  ].filter((card) => card !== null);
  return section(system.name, "mdi:nas", [
    ...(counts.length > 0
      ? [
          {
            type: "distribution",
            title: t.text("dashboard.distribution"),
            entities: counts,
            visibility: [
              {
                condition: "or",
                conditions: counts.map(({ entity }) => ({
                  condition: "numeric_state",
                  entity,
                  above: 0,
                })),
              },
            ],
          },
        ]
      : []),
    ...tiles,
  ]);
}

/** Cancels everything: never at one touch, as a button's tile would by itself. */
function cancelAll(t: Translate, entity: string | undefined): Config | null {
  if (!entity) return null;
  const press = {
    action: "perform-action",
    perform_action: "button.press",
    target: { entity_id: entity },
    confirmation: {
      title: t.text("cancel_all.title"),
      text: t.text("dashboard.cancel_all"),
    },
  };
  return tile(entity, {
    name: OWN_NAME,
    hide_state: true,
    color: "red",
    tap_action: press,
    icon_tap_action: press,
  });
}

/** An entity's name without that of its device, which the heading tells. */
const OWN_NAME = [{ type: "entity" }];

/** One line: what it is at the left, the feature at the right. */
const ONE_LINE = { features_position: "inline", grid_options: { columns: "full" } };

/** Drives that have a problem; an alert shows only while there is one. */
export function problemSection(t: Translate, drives: readonly Device[]): Config | null {
  const entities = all(drives, "binary_sensor.problem");
  if (entities.length === 0) return null;
  const title = t.text("dashboard.problems");
  if (entities.length > MANY) {
    const cards = [filtered(entities, [{ condition: "state", state: "on" }])];
    return section(title, "mdi:alert", cards);
  }
  const on = entities.map((entity) => ({ condition: "state", entity, state: "on" }));
  const cards = on.map((condition) => ({
    type: "alert",
    entity: condition.entity,
    name: [{ type: "device" }],
    visibility: [condition],
    grid_options: { columns: "full" },
  }));
  return {
    ...section(title, "mdi:alert", cards),
    visibility: [{ condition: "or", conditions: on }],
  };
}

/** Burn-ins that wait or run, with a bar and the temperature's course. */
export function underWaySection(t: Translate, drives: readonly Device[]): Config {
  const title = t.text("dashboard.under_way");
  if (drives.length > MANY) {
    const entities = all(drives, "sensor.burn_in");
    return section(title, "mdi:fire", [
      filtered(entities, [{ condition: "state", state: ACTIVE }]),
    ]);
  }
  const runs = (entity: string): Config => ({
    condition: "state",
    entity,
    state: ACTIVE,
  });
  const nothing: Config = {
    type: "markdown",
    content: t.text("dashboard.nothing"),
    text_only: true,
    grid_options: { columns: "full" },
    visibility: [
      {
        condition: "not",
        conditions: [
          { condition: "or", conditions: all(drives, "sensor.burn_in").map(runs) },
        ],
      },
    ],
  };
  return section(title, "mdi:fire", [
    nothing,
    ...drives.flatMap(({ entities, label }) => {
      const state = entities["sensor.burn_in"];
      const visibility = state ? [runs(state)] : [];
      return [
        tile(entities["sensor.progress"], {
          name: label,
          icon: "mdi:fire",
          features: [{ type: "bar-gauge", min: 0, max: 100 }],
          ...ONE_LINE,
          visibility,
        }),
        tile(entities["sensor.temperature"], {
          name: label,
          features: [{ type: "trend-graph", hours_to_show: 24 }],
          ...ONE_LINE,
          visibility,
        }),
      ].filter((card) => card !== null);
    }),
  ]);
}

/** Every drive by the state of its newest burn-in. */
export function driveSection(t: Translate, drives: readonly Device[]): Config {
  const title = t.text("dashboard.drives");
  if (drives.length > MANY) {
    return section(title, "mdi:harddisk", [
      {
        type: "entities",
        show_header_toggle: false,
        entities: all(drives, "sensor.burn_in").map((entity) => ({
          entity,
          name: [{ type: "device" }],
        })),
        grid_options: { columns: "full" },
      },
    ]);
  }
  return section(
    title,
    "mdi:harddisk",
    drives.flatMap(({ entities }) => {
      const card = tile(entities["sensor.burn_in"], {
        name: [{ type: "device" }],
        grid_options: { columns: "full" },
      });
      return card ? [card] : [];
    }),
  );
}

/** How warm the drives were. */
export function heatSection(t: Translate, drives: readonly Device[]): Config {
  return section(t.text("dashboard.temperatures"), "mdi:thermometer", [
    {
      type: "history-graph",
      hours_to_show: 48,
      entities: all(drives.slice(0, MANY), "sensor.temperature").map((entity) => ({
        entity,
        name: [{ type: "device" }],
      })),
      grid_options: { columns: "full" },
    },
  ]);
}

function section(heading: string, icon: string, cards: readonly Config[]): Config {
  return { type: "grid", cards: [{ type: "heading", heading, icon }, ...cards] };
}

function tile(entity: string | undefined, more: Config): Config | null {
  return entity ? { type: "tile", entity, ...more } : null;
}

function filtered(entities: readonly string[], conditions: readonly Config[]): Config {
  return {
    type: "entity-filter",
    entities: entities.map((entity) => ({ entity, name: [{ type: "device" }] })),
    conditions,
    card: { type: "entities", show_header_toggle: false },
    grid_options: { columns: "full" },
  };
}

function all(drives: readonly Device[], key: string): string[] {
  return drives.flatMap(({ entities }) => entities[key] ?? []);
}
