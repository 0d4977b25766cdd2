import type { Connection } from "./hass";

/** How long to wait before asking again after the first refusal, and at most, in ms. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * A subscription that comes back.
 *
 * The connection would renew it by itself, but only once: while Home Assistant starts
 * it does not know the command yet, and nobody would hear of the refusal.
 */
export class Subscription<T> {
  #unsubscribe: Promise<() => Promise<void> | void> | null = null;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    readonly connection: Connection,
    readonly command: string,
    readonly receive: (message: T) => void,
    readonly refused: (error: unknown) => void,
  ) {
    connection.addEventListener("ready", this.#renew);
    this.#subscribe();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.connection.removeEventListener("ready", this.#renew);
    // Where it was refused, or went with the connection, nothing is to be undone.
    this.#unsubscribe?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
  }

  #renew = (): void => {
    this.#wait = FIRST_WAIT;
    this.#subscribe();
  };

  #subscribe(): void {
    clearTimeout(this.#timer);
    const told = (message: T): void => {
      if (!this.#closed && this.#unsubscribe === asked) this.receive(message);
    };
    const asked = this.connection.subscribeMessage<T>(
      told,
      { type: this.command },
      { resubscribe: false },
    );
    this.#unsubscribe = asked;
    asked.then(
      () => (this.#wait = FIRST_WAIT),
      (error: unknown) => {
        if (this.#closed || this.#unsubscribe !== asked) return;
        this.#timer = setTimeout(() => this.#subscribe(), this.#wait);
        this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
        this.refused(error);
      },
    );
  }
}
