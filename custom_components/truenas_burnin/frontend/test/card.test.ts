// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import type { Hass } from "../src/data/hass";
import { BurnInCard } from "../src/lovelace/card";
import { there } from "./drawn";

function home(state: string, attributes: Record<string, unknown>): Hass {
  const entity_id = "sensor.d0_burn_in";
  return {
    locale: {
      language: "en",
      number_format: "language",
      time_format: "24",
      date_format: "language",
      time_zone: "local",
    },
    config: { time_zone: "UTC", unit_system: { temperature: "°C" } },
    devices: {
      nas: { id: "nas", name: "tank" },
      d0: { id: "d0", name: "Drive 0", via_device_id: "nas" },
    },
    entities: {
      [entity_id]: {
        entity_id,
        device_id: "d0",
        platform: "truenas_burnin",
        translation_key: "burn_in",
      },
    },
    states: { [entity_id]: { entity_id, state, last_changed: "", attributes } },
  } as unknown as Hass;
}

async function card(state: string, attributes: Record<string, unknown>) {
  const found = new BurnInCard();
  found.setConfig({ type: "custom:truenas-burnin-card", device_id: "d0" });
  found.hass = home(state, attributes);
  document.body.append(found);
  await found.updateComplete;
  return there(there(found.shadowRoot).querySelector("ha-card"));
}

describe("the card of a drive", () => {
  it("that failed is red and says why", async () => {
    const drawn = await card("failed", { reason: "12 write errors" });
    expect(drawn.classList.contains("failed")).toBe(true);
    expect(drawn.querySelector(".why")?.textContent).toBe("12 write errors");
  });

  it("that passed only in part says so, and has no empty line", async () => {
    const drawn = await card("passed", { extent: "zones", attempt: 1, reason: null });
    expect(drawn.textContent).toContain("Passed (three zones only)");
    expect(drawn.querySelector(".why")).toBeNull();
  });
});
