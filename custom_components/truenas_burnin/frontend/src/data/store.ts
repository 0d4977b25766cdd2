import { apply, EMPTY, transitions, type Fleet, type Transition } from "./fleet";
import { messageOf } from "./errors";
import type { Connection } from "./hass";
import { DOMAIN, type FleetMessage } from "./protocol";
import { Subscription } from "./subscription";

export type Listener = (fleet: Fleet, changed: readonly Transition[]) => void;

/** The fleet, kept current by one subscription however many look at it. */
export class FleetStore {
  fleet: Fleet = EMPTY;
  /** Whether the first message has come. */
  ready = false;
  /** Why there is no subscription, in the words of Home Assistant. */
  error: string | null = null;

  readonly #listeners = new Set<Listener>();
  #subscription: Subscription<FleetMessage> | null = null;

  /** Follow the fleet over a connection. */
  connect(connection: Connection): void {
    if (connection === this.#subscription?.connection) return;
    this.disconnect();
    this.#subscription = new Subscription<FleetMessage>(
      connection,
      `${DOMAIN}/subscribe`,
      (message) => this.#receive(message),
      (error) => {
        this.error = messageOf(error);
        this.#tell([]);
      },
    );
  }

  /** Let go of the subscription; what is known stays until the next one tells more. */
  disconnect(): void {
    this.#subscription?.close();
    this.#subscription = null;
  }

  /** Be told of every change; returns how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #receive(message: FleetMessage): void {
    const changed = transitions(this.fleet, message);
    this.fleet = apply(this.fleet, message);
    this.ready = true;
    this.error = null;
    this.#tell(changed);
  }

  #tell(changed: readonly Transition[]): void {
    for (const listener of this.#listeners) listener(this.fleet, changed);
  }
}
