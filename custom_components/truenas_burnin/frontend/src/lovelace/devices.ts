import type { Hass, RegistryDevice } from "../data/hass";
import { DOMAIN } from "../data/protocol";

/** A device of ours; its entities by `<domain>.<translation key>`. */
export interface Device {
  id: string;
  name: string;
  /** Short, and not the same for all drives of a model. */
  label: string;
  entities: Readonly<Record<string, string | undefined>>;
}

/** What only the device of a system has, and only that of a drive. */
const OF_SYSTEM = "sensor.running";
const OF_DRIVE = "sensor.burn_in";

/** Return our devices as the registries know them now, by name. */
export function devices(hass: Pick<Hass, "devices" | "entities">): {
  systems: Device[];
  drives: Device[];
} {
  const entities = new Map<string, Record<string, string>>();
  for (const entity of Object.values(hass.entities)) {
    const { platform, device_id, entity_id, translation_key, hidden } = entity;
    if (platform !== DOMAIN || !device_id || !translation_key || hidden) continue;
    const domain = entity_id.slice(0, entity_id.indexOf("."));
    const found = entities.get(device_id) ?? {};
    found[`${domain}.${translation_key}`] = entity_id;
    entities.set(device_id, found);
  }
  const known = [...entities].flatMap(([id, found]) => {
    const device = hass.devices[id];
    return device ? [deviceOf(device, found)] : [];
  });
  known.sort((one, other) => one.name.localeCompare(other.name, undefined, NUMERIC));
  return {
    systems: known.filter((device) => device.entities[OF_SYSTEM]),
    drives: known.filter((device) => device.entities[OF_DRIVE]),
  };
}

const NUMERIC = { numeric: true };

function deviceOf(device: RegistryDevice, entities: Record<string, string>): Device {
  return {
    id: device.id,
    name: device.name_by_user ?? device.name ?? device.id,
    label: device.name_by_user ?? device.serial_number ?? device.name ?? device.id,
    entities,
  };
}
