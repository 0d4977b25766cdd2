import {
  mdiAlertCircleOutline,
  mdiCancel,
  mdiCheckCircle,
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

import type { BurnInState, SelfTestCell, StageState } from "../data/protocol";
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
  const [path, tone] = STATES[state];
  const word = t.text(`state.${state}`);
  return html`<span class="badge ${tone}" title=${brief ? word : nothing}>
    ${icon(path)}<span class=${brief ? "hidden-text" : ""}>${word}</span>
  </span>`;
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
