import { mdiAlert, mdiCheckCircle, mdiClockOutline, mdiCloseCircle } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../data/errors";
import type { DriveRow, PanelConfig, PlannedDrive, StageKind } from "../data/protocol";
import {
  choiceOf,
  choicesOf,
  CUSTOM,
  profileOf,
  type StageChoice,
} from "../data/stages";
import { element, emit } from "../element";
import { driveName } from "./drive-name";
import "./erase-consent";
import { icon } from "./icon";
import { Modal } from "./modal";
import "./stage-order";
import { startStyles } from "./start-dialog-styles";

const FIRST_PROFILE = "full";

/** Chooses what is done to drives, shows what that means, and starts it. */
@element("tnb-start-dialog")
export class StartDialog extends Modal {
  @state() private drives: readonly DriveRow[] = [];
  @state() private config: PanelConfig | null = null;
  @state() private profile = FIRST_PROFILE;
  @state() private stages: readonly StageChoice[] = [];
  @state() private planned: readonly PlannedDrive[] | null = null;
  @state() private serials: readonly string[] = [];
  @state() private error = "";
  @state() private planning = false;
  @state() private starting = false;
  /** Counts the questions asked, so that a late answer to an older one is dropped. */
  #asked = 0;

  static override styles = [...Modal.styles, startStyles];

  /** Open for drives; they are taken as they stand now. */
  async start(drives: readonly DriveRow[]): Promise<void> {
    this.drives = drives;
    this.serials = [];
    this.error = "";
    this.planned = null;
    this.config = null;
    await this.show();
    try {
      this.config = await this.app.config();
      this.choose(FIRST_PROFILE);
    } catch (error) {
      this.error = messageOf(error);
    }
  }

  protected override get heading(): string {
    const [drive, ...others] = this.drives;
    return drive && others.length === 0
      ? this.app.t.text("start.title_drive", {
          drive: driveName(this.app, drive),
        })
      : this.app.t.count("start.title", this.drives.length);
  }

  /** Drives that the gate lets through. */
  private get accepted(): readonly DriveRow[] {
    const refused = new Set(this.refused.map(({ id }) => id));
    return this.planned ? this.drives.filter(({ id }) => !refused.has(id)) : [];
  }

  private get refused(): readonly PlannedDrive[] {
    return this.planned?.filter(({ refusals }) => refusals.length > 0) ?? [];
  }

  private get destructive(): boolean {
    return this.planned?.some(({ destructive }) => destructive) ?? false;
  }

  private choose(profile: string): void {
    if (this.config && profile !== CUSTOM) {
      this.stages = choicesOf(this.config, profile);
    }
    this.profile = profile;
    void this.plan();
  }

  private arrange(stages: readonly StageChoice[]): void {
    this.stages = stages;
    this.profile = this.config ? profileOf(this.config, stages) : CUSTOM;
    void this.plan();
  }

  private async plan(): Promise<void> {
    const question = ++this.#asked;
    this.planning = true;
    const ids = this.drives.map(({ id }) => id);
    try {
      const reply = await this.app.api.plan(ids, choiceOf(this.profile, this.stages));
      if (question !== this.#asked) return;
      this.planned = reply.drives;
      this.error = "";
    } catch (error) {
      if (question !== this.#asked) return;
      this.planned = null;
      this.error = messageOf(error);
    }
    this.planning = false;
    if (!this.destructive) this.serials = [];
  }

  protected override renderBody(): TemplateResult {
    const { t } = this.app;
    if (!this.config) {
      return this.error
        ? this.renderError()
        : html`<p role="status">${t.text("loading")}</p>`;
    }
    const destructive = new Set<StageKind>(
      this.config.stages.filter((stage) => stage.destructive).map(({ kind }) => kind),
    );
    return html`<fieldset class="profiles">
        <legend>${t.text("start.profile")}</legend>
        ${[...Object.keys(this.config.profiles), CUSTOM].map((name) =>
          this.renderProfile(name),
        )}
      </fieldset>
      <div>
        <p class="label">${t.text("start.stages")}</p>
        <tnb-stage-order
          .app=${this.app}
          .stages=${this.stages}
          .destructive=${destructive}
          @stages-changed=${(event: CustomEvent<StageChoice[]>) =>
            this.arrange(event.detail)}
        ></tnb-stage-order>
      </div>
      ${this.error ? this.renderError() : nothing} ${this.renderPlan()}`;
  }

  private renderError(): TemplateResult {
    return html`<p class="error" role="alert">
      ${icon(mdiCloseCircle)} ${this.error}
    </p>`;
  }

  private renderProfile(name: string): TemplateResult {
    return html`<label>
      <input
        type="radio"
        name="profile"
        value=${name}
        .checked=${this.profile === name}
        @change=${() => this.choose(name)}
      />
      ${this.app.t.name("profile", name)}
    </label>`;
  }

  private renderPlan(): TemplateResult | typeof nothing {
    const { t, f } = this.app;
    if (!this.planned) return nothing;
    const accepted = this.accepted;
    if (accepted.length === 0) return this.renderRefused();
    const seconds = new Map(this.planned.map((drive) => [drive.id, drive.seconds]));
    const longest = Math.max(...accepted.map(({ id }) => seconds.get(id) ?? 0));
    return html`<div class="fact">
        ${icon(mdiClockOutline)}
        <p>
          ${
            this.planning
              ? html`<span role="status" class="spin"
                  >${t.text("start.planning")}</span
                >`
              : html`${t.count("start.takes", accepted.length, { time: f.duration(longest) })}
                ${this.waiting()}`
          }
        </p>
      </div>
      ${this.renderRefused()}${this.renderWarnings()}
      ${
        this.destructive
          ? html`${this.renderBlind()}${this.renderContents()}<tnb-erase-consent
                .app=${this.app}
                .drives=${accepted}
                @consent=${(event: CustomEvent<string[]>) => (this.serials = event.detail)}
              ></tnb-erase-consent>`
          : html`<div class="fact good">
              ${icon(mdiCheckCircle)}
              <p>${t.text("start.harmless")}</p>
            </div>`
      }`;
  }

  /** Say of each system with more drives than places that some will wait. */
  private waiting(): string {
    const { systems } = this.app.store.fleet;
    return [...Map.groupBy(this.accepted, ({ entry_id }) => entry_id)]
      .flatMap(([entry, drives]) => {
        const system = systems.get(entry);
        if (!system || drives.length <= system.max_parallel) return [];
        return this.app.t.count("start.parallel", system.max_parallel, {
          nas: system.title,
        });
      })
      .join(" ");
  }

  /** Warn of systems that would let the drives of an exported pool be erased. */
  private renderBlind(): readonly TemplateResult[] {
    const { t, store } = this.app;
    const entries = new Set(this.accepted.map(({ entry_id }) => entry_id));
    return [...entries].flatMap((entry) => {
      const system = store.fleet.systems.get(entry);
      if (!system || system.exported_pools) return [];
      return html`<div class="fact" data-fact="blind">
        ${icon(mdiAlert)}
        <p>${t.text("start.blind", { nas: system.title })}</p>
      </div>`;
    });
  }

  /** What is known to speak against a drive, before days are spent on it. */
  private renderWarnings(): readonly TemplateResult[] {
    const byId = new Map(this.planned?.map((drive) => [drive.id, drive]));
    return this.accepted.flatMap(({ id, name, serial }) => {
      const warnings = byId.get(id)?.warnings ?? [];
      if (warnings.length === 0) return [];
      return html`<div class="fact" data-fact="warnings">
        ${icon(mdiAlert)}
        <p>${name} (${serial}): ${warnings.join("; ")}</p>
      </div>`;
    });
  }

  /** What lies on each drive that is about to be erased. */
  private renderContents(): (TemplateResult | typeof nothing)[] {
    const { t } = this.app;
    const byId = new Map(this.planned?.map((drive) => [drive.id, drive]));
    return this.accepted.map((drive) => {
      const content = byId.get(drive.id)?.content;
      if (content?.length === 0) return nothing;
      const said = {
        drive: driveName(this.app, drive),
        content: content?.join(", ") ?? "",
      };
      return html`<div class="fact" data-fact="content">
        ${icon(mdiAlert)}
        <p>${t.text(content ? "start.content" : "start.content_unknown", said)}</p>
      </div>`;
    });
  }

  /** What was shown that lies on each accepted drive, by serial number. */
  private contents(): Record<string, string[]> {
    const byId = new Map(this.planned?.map((drive) => [drive.id, drive]));
    return Object.fromEntries(
      this.accepted.map(({ id, serial }) => [serial, byId.get(id)?.content ?? []]),
    );
  }

  private renderRefused(): TemplateResult | typeof nothing {
    const { t } = this.app;
    const refused = this.refused;
    if (refused.length === 0) return nothing;
    const byId = new Map(this.drives.map((drive) => [drive.id, drive]));
    const none = refused.length === this.drives.length;
    const heading = t.count(none ? "start.none" : "start.refused", refused.length);
    return html`<section class="refused" role="status">
      <h3>${heading}</h3>
      <ul tabindex="0" aria-label=${heading}>
        ${refused.map(({ id, refusals }) => {
          const drive = byId.get(id);
          return html`<li>
            <strong>${drive ? driveName(this.app, drive) : id}</strong>
            ${refusals.map(({ text }) => html`<div>${text}</div>`)}
          </li>`;
        })}
      </ul>
    </section>`;
  }

  protected override renderFooter(): TemplateResult {
    const { t } = this.app;
    const count = this.accepted.length;
    const agreed = this.accepted.every(({ serial }) => this.serials.includes(serial));
    const ready = count > 0 && !this.planning && (agreed || !this.destructive);
    return html`<button type="button" @click=${this.close}>
        ${t.text("dialog.back")}
      </button>
      <button
        type="button"
        class=${this.destructive ? "danger" : "primary"}
        data-action="start"
        ?disabled=${!ready || this.starting}
        @click=${this.go}
      >
        ${count === 0 ? t.text("action.start") : t.count("start.go", count)}
      </button>`;
  }

  private async go(): Promise<void> {
    const drives = this.accepted;
    this.starting = true;
    try {
      const choice = choiceOf(this.profile, this.stages);
      await this.app.actions.start(drives, choice, this.serials, this.contents());
    } catch (error) {
      // What lies on the drives may be something else by now: show that first.
      await this.plan();
      this.error = messageOf(error);
      // Whoever has closed the dialog meanwhile is to hear of it all the same.
      if (!this.shown) this.app.say(this.error, "error");
      return;
    } finally {
      this.starting = false;
    }
    this.app.say(this.app.t.count("start.started", drives.length), "info");
    emit(this, "pick-none", null);
    this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-start-dialog": StartDialog;
  }
}
