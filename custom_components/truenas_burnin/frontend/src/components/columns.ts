import type { SortKey } from "../data/view";

export type ColumnName =
  | "select"
  | "device"
  | "location"
  | "drive"
  | "size"
  | "temperature"
  | "smart"
  | "self_tests"
  | "burn_in"
  | "time"
  | "actions";

interface Column {
  name: ColumnName;
  /** Narrowest, in pixels. */
  width: number;
  /** Share of what is left over. */
  grow: number;
  /** The table's width from which the column is shown. */
  from: number;
  sorts: readonly SortKey[];
}

const COLUMNS: readonly Column[] = [
  { name: "select", width: 48, grow: 0, from: 0, sorts: [] },
  { name: "device", width: 88, grow: 1, from: 0, sorts: ["name"] },
  { name: "location", width: 124, grow: 2, from: 0, sorts: ["location"] },
  { name: "drive", width: 160, grow: 2, from: 0, sorts: ["model", "serial"] },
  { name: "size", width: 76, grow: 0, from: 1000, sorts: ["size"] },
  { name: "temperature", width: 76, grow: 0, from: 800, sorts: ["temperature"] },
  { name: "smart", width: 84, grow: 0, from: 1280, sorts: ["smart"] },
  { name: "self_tests", width: 108, grow: 1, from: 1120, sorts: ["self_tests"] },
  { name: "burn_in", width: 176, grow: 6, from: 0, sorts: ["burn_in"] },
  { name: "time", width: 104, grow: 1, from: 890, sorts: ["elapsed", "finish_time"] },
  { name: "actions", width: 100, grow: 0, from: 0, sorts: [] },
];

export interface PlacedColumn extends Column {
  pixels: number;
}

/** Return the columns that a table of `width` pixels has room for. */
export function place(width: number): PlacedColumn[] {
  const shown = COLUMNS.filter((column) => width >= column.from);
  const least = shown.reduce((sum, column) => sum + column.width, 0);
  const shares = shown.reduce((sum, column) => sum + column.grow, 0);
  const share = Math.max(0, width - least) / shares;
  return shown.map((column) => ({
    ...column,
    pixels: Math.floor(column.width + column.grow * share),
  }));
}
