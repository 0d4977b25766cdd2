// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";

import { queryFromAddress, queryToAddress } from "../src/data/query-address";
import { EVERYTHING, type Query } from "../src/data/view";

const FAILED: Query = {
  ...EVERYTHING,
  entry: "01ABC",
  text: "WD80 & shelf 1",
  state: "failed",
  sort: "temperature",
  descending: true,
};

describe("the address of the drives", () => {
  beforeEach(() => {
    history.replaceState(null, "", "/drive-burn-in/drives");
  });

  it("leads to the same drives again", () => {
    queryToAddress(FAILED);
    expect(queryFromAddress()).toEqual(FAILED);
  });

  it("says nothing of what is as ever", () => {
    queryToAddress(EVERYTHING);
    expect(location.search).toBe("");
    expect(queryFromAddress()).toBeNull();
  });

  it("is no place for values there are not", () => {
    history.replaceState(null, "", "?state=exploded&sort=__proto__&order=up&x=1");
    expect(queryFromAddress()).toEqual(EVERYTHING);
  });

  it("keeps what Home Assistant noted of the page", () => {
    history.replaceState({ root: true }, "", "/drive-burn-in/drives");
    queryToAddress(FAILED);
    expect(history.state).toEqual({ root: true });
  });
});
