import {
  mdiChartBar,
  mdiHarddisk,
  mdiHistory,
  mdiLanDisconnect,
  mdiScriptTextOutline,
} from "@mdi/js";
import {
  css,
  html,
  LitElement,
  nothing,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { property, query, state } from "lit/decorators.js";

import { App, href } from "./app";
import "./components/announcer";
import type { Announcer } from "./components/announcer";
import { bannerStyles } from "./components/banners";
import { link } from "./components/drive-cells";
import { driveName } from "./components/drive-name";
import { icon } from "./components/icon";
import { tell } from "./data/browser-news";
import type { Fleet, Transition } from "./data/fleet";
import type { Hass, Route } from "./data/hass";
import { element } from "./element";
import "./pages/audit";
import "./pages/burn-in";
import "./pages/drives";
import "./pages/history";
import "./pages/statistics";
import { shared } from "./styles/shared";
import { tokens } from "./styles/tokens";

const TABS = [
  ["drives", mdiHarddisk],
  ["history", mdiHistory],
  ["statistics", mdiChartBar],
  ["audit", mdiScriptTextOutline],
] as const;

const PAGES: ReadonlySet<string> = new Set([...TABS.map(([tab]) => tab), "burn-in"]);

/**
 * Return the page and what it is of. Home Assistant makes the panel anew after a
 * restart and tells the route later: until then the address bar knows.
 */
export function place(route: Route | undefined): [page: string, id: string] {
  const path = route?.path ?? location.pathname.slice(href("").length - 1);
  const [, page = "", id = ""] = path.split("/");
  return [page, id];
}

const ENDS: ReadonlySet<string> = new Set(["passed", "failed", "inconclusive"]);

/** Say what happened to drives that have come into one state: one message for a batch. */
export function newsOf(app: App, together: readonly Transition[]): string {
  const { t, f } = app;
  const [first] = together;
  if (!first) return "";
  const state = t.text(`state.${first.to}`);
  return together.length === 1
    ? t.text("announce.state", { drive: driveName(app, first.drive), state })
    : t.text("announce.many", { count: f.number(together.length), state });
}

/** How often elapsed and remaining times move on, in ms. */
const TICK = 20_000;

/** The page "Drive burn-in" in the sidebar of Home Assistant. */
@element("truenas-burnin-panel")
export class BurnInPanel extends LitElement {
  @property({ type: Boolean }) narrow = false;
  @property({ attribute: false }) route: Route | undefined;
  @state() private app: App | null = null;
  @state() private fleet: Fleet | null = null;
  @state() private error: string | null = null;
  @state() private now = Date.now();
  @query("tnb-announcer") private announcer!: Announcer | null;
  #hass: Hass | null = null;
  #stop: (() => void) | null = null;
  #ticking = 0;

  static override styles = [
    tokens,
    shared,
    bannerStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: calc(
          100dvh - var(--safe-area-inset-top, 0px) - var(--safe-area-inset-bottom, 0px)
        );
        background: var(--tnb-page);
      }
      .header {
        display: flex;
        align-items: center;
        flex: none;
        gap: 4px;
        min-height: 56px;
        padding-inline: 8px;
        border-bottom: 1px solid var(--tnb-line);
        background: var(--tnb-card);
      }
      h1 {
        padding-inline: 8px;
        font-size: 20px;
        font-weight: 400;
        white-space: nowrap;
      }
      nav {
        display: flex;
        align-self: stretch;
        margin-inline-start: auto;
        overflow-x: auto;
      }
      nav a {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 44px;
        padding: 0 14px;
        border-bottom: 3px solid transparent;
        color: var(--tnb-muted);
        font-weight: 500;
        text-decoration: none;
      }
      nav a[aria-current] {
        border-bottom-color: var(--tnb-accent);
        color: var(--tnb-text);
      }
      nav a:focus-visible {
        outline-offset: -2px;
      }
      main {
        flex: 1;
        min-height: 0;
      }
      .message {
        padding: 48px 16px;
        text-align: center;
      }
      .lost {
        flex: none;
        margin: 12px 16px 0;
      }
      @media (max-width: 700px) {
        .header {
          flex-wrap: wrap;
          gap: 0;
        }
        h1 {
          line-height: 48px;
        }
        nav {
          flex: 1 0 100%;
          min-height: 44px;
          margin: 0;
        }
        nav a {
          flex: 1;
          justify-content: center;
          padding: 0 4px;
        }
        nav a svg {
          display: none;
        }
      }
      @media print {
        .header,
        tnb-announcer {
          display: none;
        }
        :host {
          position: absolute;
          inset: 0;
          z-index: 1000;
          display: block;
          height: auto;
          /* Paper is white, whatever the theme. */
          --tnb-text: #000;
          --tnb-card: #fff;
          --tnb-page: #fff;
          --tnb-line: #bbb;
        }
      }
    `,
  ];

  /** Home Assistant replaces this on every change of any state; few of them matter here. */
  @property({ attribute: false })
  set hass(hass: Hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (before?.locale !== hass.locale || before.config !== hass.config) {
      this.app = new App(
        () => this.#hass ?? hass,
        (text, tone) => this.announcer?.say(text, tone),
      );
    }
    if (before?.connection !== hass.connection && this.isConnected) this.follow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.follow();
    this.#ticking = window.setInterval(() => (this.now = Date.now()), TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
    this.#stop?.();
    this.#stop = null;
    this.app?.store.disconnect();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!this.app || !(changed as Map<PropertyKey, unknown>).has("app")) return;
    // The texts may be in another language than the page around them, and both
    // languages there are run from left to right.
    this.lang = this.app.t.language;
    this.dir = "ltr";
  }

  override shouldUpdate(changed: PropertyValues<this>): boolean {
    return [...changed.keys()].some((name) => name !== "hass");
  }

  private follow(): void {
    if (!this.app || !this.#hass) return;
    const { store } = this.app;
    this.#stop ??= store.listen((fleet, changed) => {
      this.fleet = store.ready ? fleet : null;
      this.error = store.error;
      const byState = Map.groupBy(changed, ({ to }) => to);
      for (const together of byState.values()) this.announce(together);
    });
    if (store.ready) this.fleet = store.fleet;
    store.connect(this.#hass.connection);
  }

  private announce(together: readonly Transition[]): void {
    const [first] = together;
    if (!this.app || !first) return;
    const news = newsOf(this.app, together);
    this.app.say(news, first.to === "failed" ? "warning" : "info");
    if (ENDS.has(first.to)) tell(news, this.app.t.text("title"), first.drive.id);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { app } = this;
    if (!app) return nothing;
    const [path, id] = place(this.route);
    const name = PAGES.has(path) ? path : "drives";
    return html`<div class="header">
        <ha-menu-button .hass=${this.#hass} .narrow=${this.narrow}></ha-menu-button>
        <h1>${app.t.text("title")}</h1>
        <nav aria-label=${app.t.text("title")}>
          ${TABS.map(([tab, path]) => this.renderTab(app, tab, path, name))}
        </nav>
      </div>
      ${this.fleet && this.error ? this.renderLost(app, this.error) : nothing}
      <main @modal-shown=${() => this.announcer?.raise()}>
        ${this.renderPage(app, name, id)}
      </main>
      <tnb-announcer .app=${app}></tnb-announcer>`;
  }

  private renderTab(
    app: App,
    tab: (typeof TABS)[number][0],
    path: string,
    current: string,
  ): TemplateResult {
    const content = html`${icon(path)}<span>${app.t.text(`page.${tab}`)}</span>`;
    return link(href(tab), content, { current: tab === current });
  }

  private renderLost({ t }: App, error: string): TemplateResult {
    return html`<div class="banner warn lost" role="alert">
      ${icon(mdiLanDisconnect)}
      <div>${t.text("banner.lost", { error })}</div>
    </div>`;
  }

  private renderPage(app: App, name: string, id: string): TemplateResult {
    const { fleet, now } = this;
    if (!fleet) {
      return html`<p class="message" role="status">
        ${this.error ?? app.t.text("loading")}
      </p>`;
    }
    switch (name) {
      case "burn-in":
        return html`<tnb-burn-in-page
          .app=${app}
          .fleet=${fleet}
          .now=${now}
          .burnInId=${id}
        ></tnb-burn-in-page>`;
      case "history":
        return html`<tnb-history-page .app=${app} .fleet=${fleet}></tnb-history-page>`;
      case "statistics":
        return html`<tnb-statistics-page
          .app=${app}
          .fleet=${fleet}
        ></tnb-statistics-page>`;
      case "audit":
        return html`<tnb-audit-page .app=${app} .fleet=${fleet}></tnb-audit-page>`;
      default:
        return html`<tnb-drives-page
          .app=${app}
          .fleet=${fleet}
          .now=${now}
        ></tnb-drives-page>`;
    }
  }
}
