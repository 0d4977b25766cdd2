import type { ReactiveController, ReactiveControllerHost } from "lit";

import { bare, messageOf } from "./errors";

/** Why there is no answer, in the words of Home Assistant, and its code for it. */
export interface Failure {
  message: string;
  code?: string | undefined;
}

/** Asks Home Assistant something for an element; only the newest answer counts. */
export class Question<T> implements ReactiveController {
  answer: T | null = null;
  error: Failure | null = null;
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
      (error: unknown) => ({ answer: this.answer, error: failureOf(error) }),
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

function failureOf(error: unknown): Failure {
  const { code } = bare(error);
  return {
    message: messageOf(error),
    code: typeof code === "string" ? code : undefined,
  };
}
