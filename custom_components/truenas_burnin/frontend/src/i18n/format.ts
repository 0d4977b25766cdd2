import type { Locale } from "../data/hass";
import { Dates } from "./dates";

const NUMBER_LANGUAGES: Record<string, string[] | undefined> = {
  comma_decimal: ["en-US"],
  decimal_comma: ["de"],
  space_comma: ["fr"],
  quote_decimal: ["de-CH"],
  none: ["en-US"],
  system: undefined,
};

const DASH = "–";
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Writes numbers, sizes, times and temperatures as the person set it in Home Assistant. */
export class Format {
  readonly #locale: Locale;
  readonly #numbers: string[] | undefined;
  readonly #dates: Dates;
  readonly #fahrenheit: boolean;

  constructor(locale: Locale, timeZone: string, temperatureUnit: string) {
    this.#locale = locale;
    this.#numbers =
      locale.number_format in NUMBER_LANGUAGES
        ? NUMBER_LANGUAGES[locale.number_format]
        : [locale.language];
    this.#dates = new Dates(locale, timeZone);
    this.#fahrenheit = temperatureUnit === "°F";
  }

  number(value: number, digits = 0): string {
    return value.toLocaleString(this.#numbers, {
      maximumFractionDigits: digits,
      useGrouping: this.#locale.number_format !== "none",
    });
  }

  percent(value: number): string {
    const digits = value > 0 && value < 100 ? 1 : 0;
    const text = value.toLocaleString(this.#numbers, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return `${text} %`;
  }

  /** Write bytes in decimal units, as drives are sold. */
  size(bytes: number): string {
    const step = bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0;
    const power = Math.min(step, UNITS.length - 1);
    const value = bytes / 1000 ** power;
    return `${this.number(value, value < 10 ? 1 : 0)} ${UNITS[power] ?? ""}`;
  }

  speed(bytesPerSecond: number): string {
    const mega = bytesPerSecond / 1e6;
    return mega < 10_000
      ? `${this.number(mega)} MB/s`
      : `${this.number(mega / 1000)} GB/s`;
  }

  temperature(celsius: number | null): string {
    if (celsius === null) return DASH;
    return this.#fahrenheit
      ? `${this.number((celsius * 9) / 5 + 32)} °F`
      : `${this.number(celsius)} °C`;
  }

  /** Write seconds by their two largest units: "3 d 4 h". */
  duration(seconds: number | null): string {
    if (seconds === null) return DASH;
    if (seconds < 60) return this.#units([[seconds, "second"]]);
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return this.#units([[minutes, "minute"]]);
    const hours = Math.floor(minutes / 60);
    if (hours < 24) {
      return this.#units([
        [hours, "hour"],
        [minutes % 60, "minute"],
      ]);
    }
    const rounded = Math.round(minutes / 60);
    return this.#units([
      [Math.floor(rounded / 24), "day"],
      [rounded % 24, "hour"],
    ]);
  }

  /** Write how long it is from `now` (ms) to a time, or a dash. */
  until(time: string | null, now: number): string {
    if (time === null) return DASH;
    return this.duration(Math.max(0, (Date.parse(time) - now) / 1000));
  }

  time(time: string | null): string {
    return time === null ? DASH : this.#dates.minute(time);
  }

  exactTime(time: string | null): string {
    return time === null ? DASH : this.#dates.second(time);
  }

  /** Write a calendar day `YYYY-MM-DD` shortly. */
  day(day: string): string {
    return this.#dates.day(day);
  }

  #units(parts: [number, string][]): string {
    return parts
      .filter(([value], index) => value > 0 || index === 0)
      .map(([value, unit]) =>
        Math.round(value).toLocaleString(this.#locale.language, {
          style: "unit",
          unit,
          unitDisplay: "narrow",
        }),
      )
      .join(" ");
  }
}
