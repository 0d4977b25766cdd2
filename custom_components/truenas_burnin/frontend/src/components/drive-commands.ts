import { css, html, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";

import type { Simple } from "../data/actions";
import type { DriveRow } from "../data/protocol";
import type { CountKey } from "../i18n/translate";
import { element, PanelElement } from "../element";
import "./confirm-dialog";
import type { ConfirmDialog } from "./confirm-dialog";
import { driveName } from "./drive-name";
import "./drive-dialog";
import type { DriveDialog } from "./drive-dialog";
import type { ActionRequest, DriveAction } from "./row-actions";
import "./start-dialog";
import type { StartDialog } from "./start-dialog";

const SIMPLE: Partial<Record<DriveAction, [Simple, CountKey]>> = {
  pause: ["pause_burn_in", "done.pause"],
  resume: ["resume_burn_in", "done.resume"],
  cancel_test: ["cancel_self_test", "done.cancel_test"],
};

/** Carries out what buttons inside it ask for, after asking back where it matters. */
@element("tnb-drive-commands")
export class DriveCommands extends PanelElement {
  @query("tnb-start-dialog") private starting!: StartDialog;
  @query("tnb-confirm-dialog") private confirming!: ConfirmDialog;
  @query("tnb-drive-dialog") private drive!: DriveDialog;

  static override styles = css`
    :host {
      display: contents;
    }
  `;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("drive-action", this.requested);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("drive-action", this.requested);
  }

  protected override render(): TemplateResult {
    const { app } = this;
    return html`<slot></slot>
      <tnb-start-dialog .app=${app}></tnb-start-dialog>
      <tnb-confirm-dialog .app=${app}></tnb-confirm-dialog>
      <tnb-drive-dialog .app=${app}></tnb-drive-dialog>`;
  }

  private requested = (event: Event): void => {
    event.stopPropagation();
    const { action, drives } = (event as CustomEvent<ActionRequest>).detail;
    void this.carryOut(action, drives);
  };

  private async carryOut(
    action: DriveAction,
    drives: readonly DriveRow[],
  ): Promise<unknown> {
    const { actions, t } = this.app;
    const count = drives.length;
    switch (action) {
      case "open":
        return drives[0] && this.drive.open(drives[0]);
      case "start":
        return this.starting.start(drives);
      case "retry":
        return this.retry(drives);
      case "cancel":
        return this.cancel(drives);
      case "short_test":
      case "long_test":
        return this.app.attempt(
          () => actions.selfTest(drives, action === "short_test" ? "short" : "long"),
          t.count("done.self_test", count),
        );
      default: {
        const [name, done] = SIMPLE[action] ?? [];
        if (!name || !done) return;
        return this.app.attempt(
          () => actions.simple(name, drives),
          t.count(done, count),
        );
      }
    }
  }

  /** Cancel everything of a system, or of all, after asking back. */
  async cancelAll(entry: string, count: number): Promise<void> {
    const { actions, t } = this.app;
    const sure = await this.confirming.ask({
      title: t.text("cancel_all.title"),
      text: t.count("cancel_all.text", count),
      yes: t.text("cancel_all.yes"),
    });
    if (!sure) return;
    await this.app.attempt(
      () => actions.cancelAll(entry),
      t.count("done.cancel", count),
    );
  }

  private async cancel(drives: readonly DriveRow[]): Promise<void> {
    const { actions, t } = this.app;
    const names = drives.map((drive) => driveName(this.app, drive)).join(", ");
    const sure = await this.confirming.ask({
      title: t.count("cancel.title", drives.length),
      text: t.text("cancel.text", { drives: names }),
      yes: t.count("cancel.yes", drives.length),
    });
    if (!sure) return;
    await this.app.attempt(
      () => actions.simple("cancel_burn_in", drives),
      t.count("done.cancel", drives.length),
    );
  }

  private async retry(drives: readonly DriveRow[]): Promise<void> {
    const { actions, t } = this.app;
    const serials = await this.confirming.ask({
      title: t.count("retry.title", drives.length),
      text: t.text("retry.text"),
      yes: t.text("action.retry"),
      erases: drives.filter(({ burn_in }) => burn_in?.destructive),
    });
    if (!serials) return;
    await this.app.attempt(
      () => actions.retry(drives, serials),
      t.count("done.retry", drives.length),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-drive-commands": DriveCommands;
  }
}
