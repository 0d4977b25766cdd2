import type { Locale } from "../data/hass";

/** Orders of day, month and year that a person can choose in Home Assistant. */
const ORDERS: Record<string, readonly Part[] | undefined> = {
  DMY: ["day", "month", "year"],
  MDY: ["month", "day", "year"],
  YMD: ["year", "month", "day"],
};

type Part = "day" | "month" | "year";
type Options = Intl.DateTimeFormatOptions;

/** Writes points in time as the person set it in Home Assistant. */
export class Dates {
  readonly #locale: Locale;
  readonly #zone: Options;

  constructor(locale: Locale, timeZone: string) {
    this.#locale = locale;
    this.#zone = locale.time_zone === "server" ? { timeZone } : {};
  }

  /** Write day and minute. */
  minute(time: string): string {
    return this.#write(new Date(time), "medium", "short");
  }

  /** Write day and second. */
  second(time: string): string {
    return this.#write(new Date(time), "short", "medium");
  }

  /** Write a calendar day `YYYY-MM-DD` shortly. */
  day(day: string): string {
    const noon = new Date(`${day}T12:00:00Z`);
    return noon.toLocaleDateString(this.#locale.language, {
      day: "numeric",
      month: "short",
      timeZone: "UTC",
    });
  }

  #write(
    at: Date,
    dateStyle: Options["dateStyle"],
    timeStyle: Options["timeStyle"],
  ): string {
    const { language } = this.#locale;
    const order = ORDERS[this.#locale.date_format];
    const clock = { timeStyle, ...this.#hours, ...this.#zone };
    if (!order) return at.toLocaleString(language, { dateStyle, ...clock });
    return `${this.#inOrder(at, order)}, ${at.toLocaleTimeString(language, clock)}`;
  }

  #inOrder(at: Date, order: readonly Part[]): string {
    const parts = new Intl.DateTimeFormat(this.#locale.language, {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      ...this.#zone,
    }).formatToParts(at);
    const between = parts.find(({ type }) => type === "literal")?.value.trim() ?? "/";
    const values = order.map((wanted) => parts.find(({ type }) => type === wanted));
    return values.map((part) => part?.value).join(between);
  }

  /** The clock of 12 or 24 hours; that of the language where none was chosen. */
  get #hours(): Options {
    const { time_format } = this.#locale;
    if (time_format === "12") return { hourCycle: "h12" };
    if (time_format === "24") return { hourCycle: "h23" };
    if (time_format !== "system") return {};
    const { hourCycle } = new Intl.DateTimeFormat(undefined, {
      hour: "numeric",
    }).resolvedOptions();
    return hourCycle ? { hourCycle } : {};
  }
}
