import { css } from "lit";

/**
 * The panel's colours, made from the theme of Home Assistant.
 *
 * Status colours of themes are too pale to be read as text: text always takes the
 * text colour, and a status shows as an icon, a border or a tint behind it.
 */
export const tokens = css`
  :host {
    --tnb-text: var(--primary-text-color, #1a1c1e);
    --tnb-card: var(--card-background-color, #ffffff);
    --tnb-page: var(--primary-background-color, #f4f5f7);
    --tnb-line: var(--divider-color, #d9dce0);
    --tnb-accent: var(--primary-color, #0288d1);
    --tnb-muted: color-mix(in srgb, var(--tnb-text) 74%, var(--tnb-card));
    --tnb-good: var(--success-color, #2e7d32);
    --tnb-bad: var(--error-color, #c62828);
    --tnb-warn: var(--warning-color, #ef8f00);
    --tnb-idle: color-mix(in srgb, var(--tnb-text) 45%, var(--tnb-card));
    --tnb-tint: color-mix(in srgb, var(--tnb-text) 5%, var(--tnb-card));
    --tnb-radius: var(--ha-card-border-radius, 12px);
    --tnb-mono: ui-monospace, "Roboto Mono", "SF Mono", Menlo, monospace;
    color: var(--tnb-text);
    font-family: var(--ha-font-family-body, Roboto, system-ui, sans-serif);
    font-size: 14px;
    line-height: 1.4;
  }
`;
