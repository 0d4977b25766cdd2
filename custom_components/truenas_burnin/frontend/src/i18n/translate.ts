import { common as backendDe } from "../../../translations/de.json";
import { common as backendEn } from "../../../translations/en.json";
import type { Explained, Extent, Finding, Reason, SmartRow } from "../data/protocol";
import de from "../translations/de.json";
import en from "../translations/en.json";

export type Key = keyof typeof en;

type Prefix<Suffix extends string> = {
  [K in Key]: K extends `${infer P}.${Suffix}` ? P : never;
}[Key];

/** Keys with a text for one and a text for many. */
export type CountKey = Prefix<"one"> & Prefix<"other">;

/** The part after a dot of keys of a group, such as the states of `state.*`. */
export type Member<Group extends string> = {
  [K in Key]: K extends `${Group}.${infer M}` ? M : never;
}[Key];

const LANGUAGES: Record<string, Record<Key, string>> = { en, de };

/** Where the backend has its own words, for reasons and counters. */
const BACKEND: Record<string, Record<string, string>> = {
  en: backendEn,
  de: backendDe,
};

type Values = Record<string, string | number>;

/** Looks up texts in one language; English stands in for languages there are none of. */
export class Translate {
  /** The language that the texts are in. */
  readonly language: string;
  readonly #texts: Record<Key, string>;
  readonly #backend: Record<string, string>;
  readonly #plural: Intl.PluralRules;
  readonly #number: (value: number) => string;

  /** `number` writes numbers as the person set it; without it as the language does. */
  constructor(language: string, number?: (value: number) => string) {
    const base = language.split("-")[0] ?? "en";
    this.#texts = LANGUAGES[language] ?? LANGUAGES[base] ?? en;
    this.language = this.#texts === en ? "en" : base;
    this.#backend = BACKEND[this.language] ?? backendEn;
    this.#plural = new Intl.PluralRules(this.language);
    const { format } = new Intl.NumberFormat(this.language);
    this.#number = number ?? format;
  }

  /** Return a text with `{name}` replaced by values. */
  text(key: Key, values: Values = {}): string {
    return fill(this.#texts[key], values);
  }

  /** Return the text for `count` things; `{count}` is the number. */
  count(key: CountKey, count: number, values: Values = {}): string {
    const form = this.#plural.select(count) === "one" ? "one" : "other";
    return this.text(`${key}.${form}` as Key, {
      count: this.#number(count),
      ...values,
    });
  }

  /** Return why something is so, "" where there is nothing to say. */
  why({ reasons, reason }: Explained): string {
    const told = reasons.map((each) => this.reason(each));
    return told.includes(null) ? (reason ?? "") : told.join("; ");
  }

  /** Return what speaks against a drive. */
  finding({ reason, text }: Finding): string {
    return this.reason(reason) ?? text;
  }

  /** Return one reason; null for one that only another version knows. */
  reason({ key, placeholders }: Reason): string | null {
    const text = this.#backend[`reason_${key}`];
    if (text === undefined) return null;
    const { counter } = placeholders;
    const values =
      counter === undefined
        ? placeholders
        : { ...placeholders, counter: this.#counter(counter) ?? counter };
    return fill(text, values);
  }

  /** Return what a value of the SMART record is called. */
  smart({ key, name, own_name }: SmartRow): string {
    return own_name ?? this.#counter(key) ?? name;
  }

  /** Return how much of a drive is checked. */
  extent(extent: Extent): string {
    return this.#backend[`extent_${extent}`] ?? extent;
  }

  #counter(key: string): string | undefined {
    return this.#backend[`counter_${key}`];
  }

  /** Return the text of `group.name`, or the name itself where there is none. */
  name(group: "stage" | "profile" | "event" | "attribute", name: string): string {
    const key = `${group}.${name}`;
    return key in this.#texts ? this.#texts[key as Key] : name.replaceAll("_", " ");
  }
}

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
