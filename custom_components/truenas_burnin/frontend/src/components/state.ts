import {
  mdiAlertCircleOutline,
  mdiCancel,
  mdiCheckCircle,
  mdiCheckCircleOutline,
  mdiCircleOutline,
  mdiCloseCircle,
  mdiDebugStepOver,
  mdiFire,
  mdiHelpCircle,
  mdiPauseCircle,
  mdiTimerCancel,
  mdiTrayFull,
} from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";

import type {
  BurnInRow,
  BurnInState,
  SelfTestCell,
  StageState,
} from "../data/protocol";
import type { Translate } from "../i18n/translate";
import { icon } from "./icon";

type Look = [icon: string, tone: "good" | "bad" | "warn" | "busy" | "idle"];

const STATES: Record<BurnInState | StageState, Look> = {
  queued: [mdiTrayFull, "idle"],
  pending: [mdiCircleOutline, "idle"],
  running: [mdiFire, "busy"],
  paused: [mdiPauseCircle, "warn"],
  cancelling: [mdiTimerCancel, "warn"],
  passed: [mdiCheckCircle, "good"],
  failed: [mdiCloseCircle, "bad"],
  cancelled: [mdiCancel, "idle"],
  skipped: [mdiDebugStepOver, "idle"],
  inconclusive: [mdiHelpCircle, "warn"],
};

const SELF_TESTS: Record<SelfTestCell["state"], Look> = {
  running: [mdiFire, "busy"],
  passed: [mdiCheckCircle, "good"],
  failed: [mdiCloseCircle, "bad"],
  aborted: [mdiCancel, "idle"],
  interrupted: [mdiAlertCircleOutline, "warn"],
  inconclusive: [mdiHelpCircle, "warn"],
  unknown: [mdiHelpCircle, "warn"],
};

/** Show a state by icon, colour and word; in brief the word is only read out. */
export function stateBadge(
  t: Translate,
  state: BurnInState | StageState,
  brief = false,
): TemplateResult {
  return badge(STATES[state], t.text(`state.${state}`), brief);
}

function badge([path, tone]: Look, word: string, brief: boolean): TemplateResult {
  return html`<span class="badge ${tone}" title=${brief ? word : nothing}>
    ${icon(path)}<span class=${brief ? "hidden-text" : ""}>${word}</span>
  </span>`;
}

/** What is to be said of a burn-in, wherever it is from. */
export type Verdict = Pick<BurnInRow, "state" | "extent" | "attempt">;

/** Say how a burn-in stands; of a pass also of how little it is one. */
export function verdictText(t: Translate, { state, extent, attempt }: Verdict): string {
  const word = t.text(`state.${state}`);
  const parts = [
    state === "passed" && extent !== "every_sector" ? t.extent(extent) : "",
    attempt > 1 ? t.text("burn_in.attempt", { n: attempt }) : "",
  ].filter(Boolean);
  return parts.length > 0 ? `${word} (${parts.join(", ")})` : word;
}

/** Show how a burn-in stands; a pass of less than every sector does not look like one of all. */
export function verdictBadge(
  t: Translate,
  burnIn: Verdict,
  brief = false,
): TemplateResult {
  const partly = burnIn.state === "passed" && burnIn.extent !== "every_sector";
  const look: Look = partly ? [mdiCheckCircleOutline, "idle"] : STATES[burnIn.state];
  return badge(look, verdictText(t, burnIn), brief);
}

/** Show how a self-test stands; `name` says which. */
export function selfTestBadge(
  t: Translate,
  name: string,
  test: SelfTestCell | null,
): TemplateResult {
  if (test === null) {
    const none = t.text("self_test.none");
    return html`<span class="badge idle" title="${name}: ${none}">
      ${icon(mdiCircleOutline)}<span class="muted">${name}</span>
      <span class="hidden-text">${none}</span>
    </span>`;
  }
  const [path, tone] = SELF_TESTS[test.state];
  const state = t.text(`self_test.${test.state}`);
  const running = test.state === "running" && test.percent !== null;
  return html`<span class="badge ${tone}" title="${name}: ${state}">
    ${icon(path)}
    <span>${name}</span>
    ${
      running
        ? html`<progress
            max="100"
            .value=${test.percent ?? 0}
            aria-label="${name}: ${state}"
          ></progress>`
        : html`<span class="hidden-text">${state}</span>`
    }
  </span>`;
}

export const stateStyles = css`
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    vertical-align: middle;
    white-space: nowrap;
    --tone: var(--tnb-idle);
  }
  .good {
    --tone: var(--tnb-good);
  }
  .bad {
    --tone: var(--tnb-bad);
  }
  .warn {
    --tone: var(--tnb-warn);
  }
  .busy {
    --tone: var(--tnb-accent);
  }
  .badge svg.icon {
    width: 18px;
    height: 18px;
    fill: var(--tone);
  }
  .badge progress {
    width: 36px;
    height: 6px;
    border: 0;
    border-radius: 3px;
    overflow: hidden;
    background: color-mix(in srgb, var(--tone) 25%, var(--tnb-card));
  }
  .badge progress::-webkit-progress-bar {
    background: transparent;
  }
  .badge progress::-webkit-progress-value {
    background: var(--tone);
  }
  .badge progress::-moz-progress-bar {
    background: var(--tone);
  }
`;
