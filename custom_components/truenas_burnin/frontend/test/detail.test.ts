import { describe, expect, it } from "vitest";

import { burnIn, running } from "../dev/fleet";
import { withRow } from "../src/data/detail";
import type { BurnInDetail, StageDetail, StageKind } from "../src/data/protocol";

function stage(kind: StageKind, state: StageDetail["state"]): StageDetail {
  return {
    kind,
    state,
    percent: 100,
    attempt: 1,
    weight: 60,
    started: null,
    finished: null,
    reason: null,
    reasons: [],
    result: null,
    errors: null,
  };
}

describe("withRow", () => {
  const stages = [
    stage("short_smart", "passed"),
    stage("surface_validate", "running"),
    stage("surface_validate", "pending"),
  ];
  const detail = { ...burnIn("one"), stages } as BurnInDetail;

  it("takes over what was told since, and the progress of the stage that runs", () => {
    const found = withRow(detail, running("one", 34.5));
    expect(found.state).toBe("running");
    expect(found.stages.map(({ percent }) => percent)).toEqual([100, 34.5, 100]);
    expect(stages[1]?.percent).toBe(100);
  });
});
