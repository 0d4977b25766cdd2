// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import type { RegistryDevice, RegistryEntity } from "../src/data/hass";
import { suggestion } from "../src/lovelace/card";
import { devices } from "../src/lovelace/devices";
import { MANY, type Config } from "../src/lovelace/sections";
import { dashboard } from "../src/lovelace/strategy";

const KINDS = [
  "sensor.burn_in",
  "event.burn_in",
  "sensor.progress",
  "sensor.temperature",
  "binary_sensor.problem",
];
const OF_SYSTEM = [
  "sensor.running",
  "sensor.failed",
  "switch.hold",
  "button.cancel_all",
];

function home(count: number) {
  const entities: Record<string, RegistryEntity> = {};
  const registry: Record<string, RegistryDevice> = {
    other: { id: "other", name: "Lamp" },
  };
  const add = (
    device: RegistryDevice,
    kinds: string[],
    platform = "truenas_burnin",
  ): void => {
    registry[device.id] = device;
    for (const kind of kinds) {
      const [domain, key] = kind.split(".");
      const entity_id = `${domain}.${device.id}_${key}`;
      entities[entity_id] = {
        entity_id,
        device_id: device.id,
        platform,
        translation_key: key ?? null,
      };
    }
  };
  add({ id: "nas", name: "tank" }, OF_SYSTEM);
  add({ id: "other", name: "Lamp" }, ["sensor.burn_in"], "another");
  for (let index = 0; index < count; index++) {
    add({ id: `d${index}`, name: `Drive ${index}`, via_device_id: "nas" }, KINDS);
  }
  const locale = {
    language: "en",
    number_format: "language",
    time_format: "24",
    date_format: "language",
    time_zone: "local",
  };
  return { entities, devices: registry, locale };
}

describe("devices", () => {
  it("finds ours by platform and translation key", () => {
    const found = devices(home(11));
    expect(found.systems.map(({ name }) => name)).toEqual(["tank"]);
    expect(found.drives).toHaveLength(11);
    expect(found.drives.at(-1)?.name).toBe("Drive 10");
    expect(found.drives[0]?.entities["event.burn_in"]).toBe("event.d0_burn_in");
  });

  it("leaves out hidden entities", () => {
    const hass = home(1);
    const entity = hass.entities["sensor.d0_burn_in"];
    if (entity) entity.hidden = true;
    expect(devices(hass).drives).toEqual([]);
  });
});

function cards(config: Config): Config[] {
  const views = config.views as { sections: { cards: Config[] }[] }[];
  return views.flatMap(({ sections }) => sections.flatMap((section) => section.cards));
}

describe("dashboard", () => {
  it("has cards of every drive in a small fleet", () => {
    const found = cards(dashboard(home(3)));
    const bars = found.filter(({ features }) =>
      JSON.stringify(features ?? null).includes("bar-gauge"),
    );
    expect(bars.map(({ entity }) => entity)).toEqual([
      "sensor.d0_progress",
      "sensor.d1_progress",
      "sensor.d2_progress",
    ]);
    expect(found.filter(({ type }) => type === "alert")).toHaveLength(3);
  });

  it("filters instead of drawing a card per drive in a large one", () => {
    const found = cards(dashboard(home(MANY + 1)));
    expect(found.length).toBeLessThan(20);
    const filters = found.filter(({ type }) => type === "entity-filter");
    expect(filters.map(({ entities }) => (entities as unknown[]).length)).toEqual([
      MANY + 1,
      MANY + 1,
    ]);
  });

  it("asks before everything is cancelled, wherever the tile is touched", () => {
    const tile = cards(dashboard(home(1))).find(
      ({ entity }) => entity === "button.nas_cancel_all",
    );
    for (const action of [tile?.tap_action, tile?.icon_tap_action]) {
      expect(action).toHaveProperty("perform_action", "button.press");
      expect(action).toHaveProperty("confirmation.text");
    }
  });

  it("says that nothing is under way, as long as nothing is", () => {
    const text = cards(dashboard(home(2))).find(({ type }) => type === "markdown");
    const runs = (entity: string) => ({
      condition: "state",
      entity,
      state: ["queued", "running", "paused", "cancelling"],
    });
    const conditions = [runs("sensor.d0_burn_in"), runs("sensor.d1_burn_in")];
    expect(text?.visibility).toEqual([
      { condition: "not", conditions: [{ condition: "or", conditions }] },
    ]);
  });

  it("is there without a drive", () => {
    expect(cards(dashboard({ ...home(0), entities: {} })).length).toBeGreaterThan(0);
  });
});

describe("suggestion", () => {
  it("offers the card for the state of a burn-in only", () => {
    const hass = home(1);
    expect(suggestion(hass, "sensor.d0_burn_in")).toEqual({
      config: { type: "custom:truenas-burnin-card", device_id: "d0" },
    });
    expect(suggestion(hass, "sensor.d0_temperature")).toBeNull();
    expect(suggestion(hass, "sensor.other_burn_in")).toBeNull();
  });
});
