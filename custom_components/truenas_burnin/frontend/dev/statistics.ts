import type { Statistics } from "../src/data/protocol";

const TB = 1e12;

export const STATISTICS: Statistics = {
  total: 214,
  passed: 181,
  failed: 17,
  inconclusive: 4,
  cancelled: 12,
  by_model: [
    { model: "ST12000NM0008", total: 88, passed: 82, failed: 3, rate: 0.965 },
    { model: "WD80EFAX", total: 54, passed: 44, failed: 7, rate: 0.863 },
    { model: "ST16000NM001G", total: 40, passed: 37, failed: 2, rate: 0.949 },
    { model: "ST6000DM003", total: 8, passed: 3, failed: 5, rate: 0.375 },
  ],
  by_size: [
    { size: 6 * TB, total: 8, passed: 3, failed: 5, rate: 0.375 },
    { size: 8 * TB, total: 54, passed: 44, failed: 7, rate: 0.863 },
    { size: 12 * TB, total: 88, passed: 82, failed: 3, rate: 0.965 },
    { size: 16 * TB, total: 40, passed: 37, failed: 2, rate: 0.949 },
  ],
  daily: Array.from({ length: 14 }, (_, index) => ({
    day: new Date(Date.now() - (13 - index) * 86_400_000).toISOString().slice(0, 10),
    passed: (index * 7) % 9,
    failed: index % 5 === 2 ? 2 : 0,
    other: index % 4 === 1 ? 1 : 0,
  })),
  seconds_per_tb: 46_800,
  failures_by_stage: [
    { stage: "surface_validate", count: 12 },
    { stage: "long_smart", count: 4 },
    { stage: "precheck", count: 1 },
  ],
};
