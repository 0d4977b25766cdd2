import {
  css,
  html,
  LitElement,
  nothing,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { property, state } from "lit/decorators.js";

import { href, navigate } from "../app";
import { stateStyles, verdictBadge, type Verdict } from "../components/state";
import type { EntityState, Hass } from "../data/hass";
import { BURN_IN_STATES, DOMAIN, EXTENTS, type BurnInState } from "../data/protocol";
import { element, emit } from "../element";
import { Format } from "../i18n/format";
import { Translate } from "../i18n/translate";
import { shared } from "../styles/shared";
import { tokens } from "../styles/tokens";
import { devices, type Device } from "./devices";
import type { Config } from "./sections";

const TAG = "truenas-burnin-card";

interface CardConfig {
  type: string;
  device_id?: string;
}

const STATES: ReadonlySet<string> = new Set(BURN_IN_STATES);

/** One drive on a dashboard: its burn-in's state, progress and temperature. */
@element(TAG)
export class BurnInCard extends LitElement {
  @property({ attribute: false }) hass!: Hass;
  @state() private config: CardConfig | null = null;

  static override styles = [
    tokens,
    shared,
    stateStyles,
    css`
      ha-card {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: center;
        gap: 6px;
        box-sizing: border-box;
        height: 100%;
        min-height: 88px;
        padding: 12px 16px;
        border: 1px solid var(--tnb-line);
        border-radius: var(--tnb-radius);
        background: var(--tnb-card);
        cursor: pointer;
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      .name {
        overflow: hidden;
        font-weight: 500;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      ha-card.failed {
        border-color: var(--tnb-bad);
        box-shadow: inset 4px 0 var(--tnb-bad);
      }
      .why {
        overflow: hidden;
        color: var(--tnb-bad);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .failed .bar {
        --tnb-accent: var(--tnb-bad);
      }
      .bar {
        height: 8px;
        overflow: hidden;
        border-radius: 4px;
        background: color-mix(in srgb, var(--tnb-accent) 22%, var(--tnb-card));
      }
      .bar > span {
        display: block;
        height: 100%;
        background: var(--tnb-accent);
      }
    `,
  ];

  static getConfigForm(): Config {
    return {
      schema: [
        {
          name: "device_id",
          required: true,
          selector: { device: { filter: [{ integration: DOMAIN }] } },
        },
      ],
    };
  }

  static getStubConfig(hass: Hass): Config {
    return { device_id: devices(hass).drives[0]?.id };
  }

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  getCardSize(): number {
    return 2;
  }

  getGridOptions(): Config {
    return { columns: 6, rows: 2, min_columns: 4, min_rows: 2 };
  }

  /** Most changes of `hass` are of entities that are not shown here. */
  override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("hass");
    const others = [...changed.keys()].some((name) => name !== "hass");
    if (others || before === undefined) return true;
    if (before.locale !== this.hass.locale || before.entities !== this.hass.entities) {
      return true;
    }
    const shown = Object.values(this.drive?.entities ?? {});
    return shown.some((id) => id && before.states[id] !== this.hass.states[id]);
  }

  private get drive(): Device | undefined {
    return devices(this.hass).drives.find(({ id }) => id === this.config?.device_id);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.config) return nothing;
    const { hass, drive } = this;
    const t = new Translate(hass.locale.language);
    if (!drive) {
      return html`<ha-card
        ><span class="muted">${t.text("card.no_drive")}</span></ha-card
      >`;
    }
    const { locale, config } = hass;
    const f = new Format(locale, config.time_zone, config.unit_system.temperature);
    const burnIn = this.stateOf(drive, "sensor.burn_in");
    const measured = this.stateOf(drive, "sensor.progress");
    const progress = Number(measured?.state);
    // The sensor of the finish time is disabled unless somebody wants it.
    const finish = measured?.attributes.finish_time;
    const known = typeof finish === "string" && !Number.isNaN(Date.parse(finish));
    const left = known ? f.until(finish, Date.now()) : "";
    const failed = burnIn?.state === "failed";
    const why = failed ? burnIn.attributes.reason : null;
    return html`<ha-card
      class=${failed ? "failed" : nothing}
      tabindex="0"
      role="link"
      @click=${this.open}
      @keydown=${this.key}
    >
      <div class="line">
        <span class="name" title=${drive.name}>${drive.label}</span>
        <span class="muted">${this.shown(drive, "sensor.temperature")}</span>
      </div>
      <div class="line">
        ${
          burnIn && STATES.has(burnIn.state)
            ? verdictBadge(t, verdict(burnIn))
            : html`<span class="muted">${this.shown(drive, "sensor.burn_in")}</span>`
        }
        <span class="muted">
          ${left ? t.text("time.left", { time: left }) : this.shown(drive, "sensor.stage")}
        </span>
      </div>
      ${
        typeof why === "string" && why
          ? html`<div class="why" title=${why}>${why}</div>`
          : nothing
      }
      ${
        Number.isNaN(progress)
          ? nothing
          : html`<div
              class="bar"
              role="progressbar"
              aria-label=${t.text("meter.progress")}
              aria-valuemin="0"
              aria-valuemax="100"
              aria-valuenow=${progress}
            >
              <span style="width:${progress}%"></span>
            </div>`
      }
    </ha-card>`;
  }

  private stateOf(drive: Device, key: string): EntityState | undefined {
    const entity = drive.entities[key];
    return entity === undefined ? undefined : this.hass.states[entity];
  }

  /** The state as Home Assistant words it; nothing where there is none to tell. */
  private shown(drive: Device, key: string): string {
    const found = this.stateOf(drive, key);
    if (!found || found.state === "unknown") return "";
    return this.hass.formatEntityState?.(found) ?? found.state;
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.open();
  }

  private open(): void {
    const { drive } = this;
    const burnIn = drive && this.stateOf(drive, "sensor.burn_in");
    if (!drive || !burnIn) return;
    const id = burnIn.attributes.burn_in_id;
    if (this.hass.user?.is_admin && typeof id === "string") {
      navigate(href(`burn-in/${id}`));
    } else {
      emit(this, "hass-more-info", { entityId: burnIn.entity_id });
    }
  }
}

/** What a sensor tells of its burn-in. */
export function verdict({ state, attributes }: EntityState): Verdict {
  const { extent, attempt } = attributes;
  return {
    state: state as BurnInState,
    extent: EXTENTS.find((known) => known === extent) ?? "every_sector",
    attempt: typeof attempt === "number" ? attempt : 1,
  };
}

/** Offer the card in the dashboard's card picker, and for a drive's burn-in. */
export function offerCard(): void {
  const t = new Translate(document.documentElement.lang || "en");
  const offers = ((window as { customCards?: Config[] }).customCards ??= []);
  if (offers.some(({ type }) => type === TAG)) return;
  offers.push({
    type: TAG,
    name: t.text("card.name"),
    description: t.text("card.description"),
    preview: true,
    getEntitySuggestion: suggestion,
  });
}

/** Return the card for the drive whose burn-in an entity shows, or null. */
export function suggestion(
  hass: Pick<Hass, "devices" | "entities">,
  entity: string,
): { config: Config } | null {
  const drive = devices(hass).drives.find(
    ({ entities }) => entities["sensor.burn_in"] === entity,
  );
  return drive ? { config: { type: `custom:${TAG}`, device_id: drive.id } } : null;
}
