/** The part of the frontend's `hass` object that this bundle relies on. */

export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    command: { type: string; [key: string]: unknown },
    options?: { resubscribe: boolean },
  ): Promise<() => Promise<void> | void>;
  /** "ready" comes whenever the connection is there again. */
  addEventListener(event: "ready", listener: () => void): void;
  removeEventListener(event: "ready", listener: () => void): void;
}

export interface Locale {
  language: string;
  number_format: string;
  time_format: string;
  date_format: string;
  time_zone: string;
}

export interface RegistryEntity {
  entity_id: string;
  device_id?: string | null;
  platform?: string;
  translation_key?: string | null;
  hidden?: boolean;
}

export interface RegistryDevice {
  id: string;
  name?: string | null;
  name_by_user?: string | null;
  serial_number?: string | null;
  via_device_id?: string | null;
}

export interface EntityState {
  entity_id: string;
  state: string;
  last_changed: string;
  attributes: Record<string, unknown>;
}

export interface Hass {
  connection: Connection;
  locale: Locale;
  config: { time_zone: string; unit_system: { temperature: string } };
  user?: { is_admin: boolean; name: string };
  states: Record<string, EntityState | undefined>;
  entities: Record<string, RegistryEntity>;
  devices: Record<string, RegistryDevice>;
  callWS<T>(command: { type: string; [key: string]: unknown }): Promise<T>;
  callService(
    domain: string,
    service: string,
    data: Record<string, unknown>,
    target?: undefined,
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ): Promise<unknown>;
  localize(key: string, placeholders?: Record<string, string>): string;
  loadBackendTranslation(category: string, integration: string): Promise<unknown>;
  formatEntityState?(state: EntityState): string;
}

export interface Route {
  prefix: string;
  path: string;
}
