import type { BurnInDetail, BurnInRow } from "./protocol";

/** Return a burn-in as it was asked for, with what the subscription told since. */
export function withRow(detail: BurnInDetail, row: BurnInRow): BurnInDetail {
  const stages = detail.stages.map((stage) =>
    stage.kind === row.stage && stage.state === "running"
      ? { ...stage, percent: row.stage_percent }
      : stage,
  );
  return { ...detail, ...row, stages };
}
