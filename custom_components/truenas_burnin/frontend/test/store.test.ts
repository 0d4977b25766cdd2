import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { drives, system } from "../dev/fleet";
import type { Connection } from "../src/data/hass";
import type { FleetMessage } from "../src/data/protocol";
import { FleetStore } from "../src/data/store";

class FakeConnection implements Connection {
  send: (message: FleetMessage) => void = () => undefined;
  readonly unsubscribe = vi.fn();
  refusal: Error | null = null;
  #ready = new Set<() => void>();

  addEventListener(_event: "ready", listener: () => void): void {
    this.#ready.add(listener);
  }

  removeEventListener(_event: "ready", listener: () => void): void {
    this.#ready.delete(listener);
  }

  /** Be there again after Home Assistant was away. */
  comeBack(): void {
    this.#ready.forEach((listener) => listener());
  }

  subscribeMessage<T>(callback: (message: T) => void): Promise<() => void> {
    if (this.refusal) return Promise.reject(this.refusal);
    this.send = callback as (message: FleetMessage) => void;
    return Promise.resolve(this.unsubscribe);
  }
}

const SNAPSHOT: FleetMessage = {
  v: 1,
  kind: "snapshot",
  systems: [system("one", "tank")],
  drives: drives("one", 3),
};

describe("FleetStore", () => {
  let store: FleetStore;
  let connection: FakeConnection;

  beforeEach(() => {
    store = new FleetStore();
    connection = new FakeConnection();
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells all listeners of one subscription", () => {
    const [one, other] = [vi.fn(), vi.fn()];
    store.listen(one);
    store.listen(other);
    store.connect(connection);
    connection.send(SNAPSHOT);
    expect(store.ready).toBe(true);
    expect(one).toHaveBeenCalledWith(store.fleet, []);
    expect(other).toHaveBeenCalledTimes(1);
  });

  it("subscribes once per connection", () => {
    const subscribe = vi.spyOn(connection, "subscribeMessage");
    store.connect(connection);
    store.connect(connection);
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  it("lets go of the subscription and hears no more of it", async () => {
    store.connect(connection);
    store.disconnect();
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.unsubscribe).toHaveBeenCalledTimes(1);
    connection.send(SNAPSHOT);
    expect(store.ready).toBe(false);
  });

  it("says why it was refused, and asks again by itself", async () => {
    connection.refusal = new Error("Unknown command");
    const subscribe = vi.spyOn(connection, "subscribeMessage");
    store.connect(connection);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.error).toBe("Unknown command");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(subscribe).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(subscribe).toHaveBeenCalledTimes(2);
    connection.refusal = null;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(subscribe).toHaveBeenCalledTimes(3);
    connection.send(SNAPSHOT);
    expect(store.error).toBeNull();
  });

  it("follows on when Home Assistant comes back, however slowly it starts", async () => {
    store.connect(connection);
    connection.send(SNAPSHOT);
    const before = connection.send;
    connection.refusal = new Error("Unknown command");
    connection.comeBack();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.error).toBe("Unknown command");
    expect(store.ready).toBe(true);
    connection.refusal = null;
    await vi.advanceTimersByTimeAsync(1_000);
    connection.send({ ...SNAPSHOT, drives: drives("one", 1) });
    expect(store.fleet.drives.size).toBe(1);
    expect(store.error).toBeNull();
    before(SNAPSHOT);
    expect(store.fleet.drives.size).toBe(1);
  });

  it("asks no more once it has let go", async () => {
    connection.refusal = new Error("Unknown command");
    const subscribe = vi.spyOn(connection, "subscribeMessage");
    store.connect(connection);
    await vi.advanceTimersByTimeAsync(0);
    store.disconnect();
    connection.comeBack();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  it("stops telling who no longer listens", () => {
    const listener = vi.fn();
    store.listen(listener)();
    store.connect(connection);
    connection.send(SNAPSHOT);
    expect(listener).not.toHaveBeenCalled();
  });
});
