import type { ReactiveController, ReactiveControllerHost } from "lit";

export interface Rows {
  count: number;
  /** Of every row, in pixels. */
  height: number;
}

const OVERSCAN = 5;
/** Until it is known what is in view, so that the first paint shows rows. */
const FIRST_GUESS = 30;

/** Tells which of many rows of equal height are in view of a scrolling page. */
export class RowWindow implements ReactiveController {
  first = 0;
  last = FIRST_GUESS;
  /** The most rows there ever are at once: a row that leaves makes room for one that comes. */
  size = FIRST_GUESS;
  #scroller: HTMLElement | null = null;
  #frame = 0;
  readonly #resized = new ResizeObserver(() => this.#look());

  /** `anchor` finds the element that begins where the first row begins. */
  constructor(
    readonly host: ReactiveControllerHost,
    readonly rows: () => Rows,
    readonly anchor: () => HTMLElement | null,
  ) {
    host.addController(this);
  }

  /** Follow the scrolling of another element. */
  follow(scroller: HTMLElement | null): void {
    if (scroller === this.#scroller) return;
    this.hostDisconnected();
    this.#scroller = scroller;
    scroller?.addEventListener("scroll", this.#scrolled, { passive: true });
    if (scroller) this.#resized.observe(scroller);
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#scroller?.removeEventListener("scroll", this.#scrolled);
    this.#resized.disconnect();
    this.#scroller = null;
  }

  hostUpdated(): void {
    this.#look();
  }

  #scrolled = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#look();
    });
  };

  #look(): void {
    const anchor = this.anchor();
    if (!this.#scroller || !anchor) return;
    const view = this.#scroller.getBoundingClientRect();
    const above = view.top - anchor.getBoundingClientRect().top;
    const rows = this.rows();
    const { first, last } = inView(rows, above, view.height);
    if (first === this.first && last === this.last) return;
    this.first = first;
    this.last = last;
    this.size = Math.ceil(view.height / rows.height) + 1 + 2 * OVERSCAN;
    this.host.requestUpdate();
  }
}

/** Return the rows to draw where `above` pixels of them are above a view. */
export function inView(
  { count, height }: Rows,
  above: number,
  view: number,
): { first: number; last: number } {
  const from = Math.floor(above / height) - OVERSCAN;
  const to = Math.ceil((above + view) / height) + OVERSCAN;
  const first = Math.min(Math.max(0, from), count);
  return { first, last: Math.min(count, Math.max(first, to)) };
}
