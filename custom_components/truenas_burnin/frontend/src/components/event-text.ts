import type { App } from "../app";
import type { Reason } from "../data/protocol";
import type { Translate } from "../i18n/translate";

/** Write the detail of an event, which is JSON of any shape, in one line. */
export function eventDetail({ t }: Pick<App, "t">, detail: unknown): string {
  if (detail === null || detail === undefined) return "";
  if (typeof detail !== "object") return valueText(t, detail);
  return Object.entries(detail)
    .map(([key, value]) => [key, valueText(t, value)])
    .filter(([, text]) => text !== "")
    .map(([key, text]) => `${t.name("attribute", key ?? "")}: ${text}`)
    .join(" · ");
}

function valueText(t: Translate, value: unknown): string {
  if (value === null) return "";
  if (typeof value === "string") return value.replaceAll("_", " ");
  if (Array.isArray(value)) return value.map((each) => valueText(t, each)).join(", ");
  const text = isReason(value) ? t.reason(value) : null;
  return text ?? JSON.stringify(value);
}

function isReason(value: unknown): value is Reason {
  return (
    typeof value === "object" &&
    value !== null &&
    "placeholders" in value &&
    "key" in value
  );
}
