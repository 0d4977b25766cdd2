import type { SortKey } from "../data/view";

/** What the table is about: burn-ins, or what drives say of themselves. */
export type Columns = "burn_ins" | "health";

type Fixed = "select" | "device" | "drive" | "actions";

export type HealthColumn =
  | "grade"
  | "hours"
  | "farm_hours"
  | "reallocated"
  | "pending"
  | "crc"
  | "used"
  | "last_test"
  | "content";

export type ColumnName =
  | Fixed
  | HealthColumn
  | "location"
  | "size"
  | "temperature"
  | "smart"
  | "self_tests"
  | "burn_in"
  | "time";

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

const SELECT: Column = { name: "select", width: 48, grow: 0, from: 0, sorts: [] };
const DEVICE: Column = { name: "device", width: 88, grow: 1, from: 0, sorts: ["name"] };
const ACTIONS: Column = { name: "actions", width: 100, grow: 0, from: 0, sorts: [] };

const COLUMNS: Record<Columns, readonly Column[]> = {
  burn_ins: [
    SELECT,
    DEVICE,
    { name: "location", width: 124, grow: 2, from: 0, sorts: ["location"] },
    { name: "drive", width: 160, grow: 4, from: 0, sorts: ["model", "serial"] },
    { name: "size", width: 76, grow: 0, from: 956, sorts: ["size"] },
    { name: "temperature", width: 76, grow: 0, from: 800, sorts: ["temperature"] },
    { name: "smart", width: 84, grow: 0, from: 1280, sorts: ["smart"] },
    { name: "self_tests", width: 108, grow: 1, from: 1120, sorts: ["self_tests"] },
    { name: "burn_in", width: 176, grow: 6, from: 0, sorts: ["burn_in"] },
    { name: "time", width: 104, grow: 1, from: 890, sorts: ["elapsed", "finish_time"] },
    ACTIONS,
  ],
  health: [
    SELECT,
    DEVICE,
    { name: "drive", width: 140, grow: 2, from: 0, sorts: ["model", "serial"] },
    { name: "grade", width: 92, grow: 2, from: 0, sorts: ["grade"] },
    number("hours", 76, 0),
    number("reallocated", 72, 0),
    number("pending", 72, 0),
    number("crc", 64, 800),
    number("used", 64, 880),
    { name: "last_test", width: 104, grow: 1, from: 1000, sorts: ["last_test"] },
    number("farm_hours", 84, 1100),
    { name: "content", width: 120, grow: 3, from: 1240, sorts: ["content"] },
    ACTIONS,
  ],
};

function number(name: ColumnName & SortKey, width: number, from: number): Column {
  return { name, width, grow: 0, from, sorts: [name] };
}

export interface PlacedColumn extends Column {
  pixels: number;
}

/** Return the columns that a table of `width` pixels has room for. */
export function place(width: number, columns: Columns = "burn_ins"): PlacedColumn[] {
  const shown = COLUMNS[columns].filter((column) => width >= column.from);
  const least = shown.reduce((sum, column) => sum + column.width, 0);
  const shares = shown.reduce((sum, column) => sum + column.grow, 0);
  const share = Math.max(0, width - least) / shares;
  return shown.map((column) => ({
    ...column,
    pixels: Math.floor(column.width + column.grow * share),
  }));
}
