import type { ReactiveController, ReactiveControllerHost } from "lit";

import { messageOf } from "./store";

/** Asks Home Assistant something for an element; only the newest answer counts. */
export class Question<T> implements ReactiveController {
  answer: T | null = null;
  error: string | null = null;
  pending = false;
  #asked = 0;

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#asked += 1;
    this.pending = false;
  }

  async ask(question: () => Promise<T>): Promise<void> {
    const asked = ++this.#asked;
    this.pending = true;
    this.host.requestUpdate();
    const outcome = await question().then(
      (answer) => ({ answer, error: null }),
      (error: unknown) => ({ answer: this.answer, error: messageOf(error) }),
    );
    if (asked !== this.#asked) return;
    Object.assign(this, outcome, { pending: false });
    this.host.requestUpdate();
  }

  /** Forget the answer, as it is one to another question. */
  clear(): void {
    this.answer = null;
    this.error = null;
  }
}
