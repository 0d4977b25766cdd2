import type { App } from "../app";

/** Write the detail of an event, which is JSON of any shape, in one line. */
export function eventDetail({ t }: App, detail: unknown): string {
  if (detail === null || detail === undefined) return "";
  if (typeof detail !== "object") return valueText(detail);
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== "")
    .map(([key, value]) => `${t.name("attribute", key)}: ${valueText(value)}`)
    .join(" · ");
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value.replaceAll("_", " ");
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return JSON.stringify(value);
}
