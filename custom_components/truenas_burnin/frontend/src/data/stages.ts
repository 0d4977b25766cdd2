import type { Choice, PanelConfig, StageKind } from "./protocol";

/** A stage of the start dialog's list; `id` stays with it when it moves. */
export interface StageChoice {
  id: string;
  kind: StageKind;
  on: boolean;
}

export const CUSTOM = "custom";

const FIXED: ReadonlySet<StageKind> = new Set(["precheck", "final_check"]);

function own(stages: readonly StageKind[]): StageKind[] {
  return stages.filter((kind) => !FIXED.has(kind));
}

/** Return a profile's stages, ticked, and after them all others there are. */
export function choicesOf(config: PanelConfig, profile: string): StageChoice[] {
  const ticked = own(config.profiles[profile] ?? []);
  const others = own(config.stages.map(({ kind }) => kind)).filter(
    (kind) => !ticked.includes(kind),
  );
  return [
    ...ticked.map((kind, index) => ({ id: `${kind}-${index}`, kind, on: true })),
    ...others.map((kind) => ({ id: kind, kind, on: false })),
  ];
}

/** Return the name of the profile that has exactly the ticked stages. */
export function profileOf(config: PanelConfig, stages: readonly StageChoice[]): string {
  const wanted = tickedOf(stages).join();
  const found = Object.entries(config.profiles).find(
    ([, kinds]) => own(kinds).join() === wanted,
  );
  return found?.[0] ?? CUSTOM;
}

/** Return what to ask Home Assistant for. */
export function choiceOf(profile: string, stages: readonly StageChoice[]): Choice {
  return profile === CUSTOM ? { stages: tickedOf(stages) } : { profile };
}

function tickedOf(stages: readonly StageChoice[]): StageKind[] {
  return stages.filter(({ on }) => on).map(({ kind }) => kind);
}

/** Return a list with one of its items at another place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)];
}
