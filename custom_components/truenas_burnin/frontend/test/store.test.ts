import { beforeEach, describe, expect, it, vi } from "vitest";

import { drives, system } from "../dev/fleet";
import type { Connection } from "../src/data/hass";
import type { FleetMessage } from "../src/data/protocol";
import { FleetStore } from "../src/data/store";

class FakeConnection implements Connection {
  send: (message: FleetMessage) => void = () => undefined;
  readonly unsubscribe = vi.fn();
  refusal: Error | null = null;

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
    await vi.waitFor(() => expect(connection.unsubscribe).toHaveBeenCalledTimes(1));
    connection.send(SNAPSHOT);
    expect(store.ready).toBe(false);
  });

  it("says why it was refused, and tries again when asked", async () => {
    connection.refusal = new Error("Unauthorized");
    const listener = vi.fn();
    store.listen(listener);
    store.connect(connection);
    await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    expect(store.error).toBe("Unauthorized");
    connection.refusal = null;
    store.connect(connection);
    connection.send(SNAPSHOT);
    expect(store.error).toBeNull();
  });

  it("stops telling who no longer listens", () => {
    const listener = vi.fn();
    store.listen(listener)();
    store.connect(connection);
    connection.send(SNAPSHOT);
    expect(listener).not.toHaveBeenCalled();
  });
});
