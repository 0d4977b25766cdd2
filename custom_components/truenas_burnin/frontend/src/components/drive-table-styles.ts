import { css } from "lit";

/** Heights that the window over many rows counts with, in pixels. */
export const ROW_HEIGHT = 60;
export const COMPACT_HEIGHT = 44;
export const CARD_HEIGHT = 192;

export const tableStyles = css`
  :host {
    display: block;
  }
  table {
    width: 100%;
    table-layout: fixed;
    border-collapse: separate;
    border-spacing: 0;
  }
  th {
    position: sticky;
    top: 0;
    z-index: 1;
    height: 44px;
    padding: 0 6px;
    background: var(--tnb-card);
    border-bottom: 2px solid var(--tnb-line);
    color: var(--tnb-muted);
    font-weight: 500;
    text-align: start;
    white-space: nowrap;
  }
  th:first-child {
    border-start-start-radius: var(--tnb-radius);
  }
  th:last-child {
    border-start-end-radius: var(--tnb-radius);
  }
  th button {
    min-height: 36px;
    padding: 0 4px;
    gap: 2px;
    border: 0;
    background: transparent;
    color: inherit;
  }
  th button.sorted {
    color: var(--tnb-text);
  }
  th button svg.icon {
    width: 16px;
    height: 16px;
  }
  tbody tr.drive {
    height: ${ROW_HEIGHT}px;
  }
  table.compact tbody tr.drive {
    height: ${COMPACT_HEIGHT}px;
  }
  table.compact tbody tr.drive > td {
    padding-block: 0;
  }
  table.compact :is(td > .second, .meter, .tests) {
    display: inline;
  }
  table.compact .meter > :not(.value),
  table.compact td.location ~ td .sweeps {
    display: none;
  }
  table.compact .burn-in {
    display: flex;
    gap: 8px;
  }
  tbody tr.drive > td {
    padding: 4px 10px;
    border-bottom: 1px solid var(--tnb-line);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  tr.drive:hover {
    background: var(--tnb-tint);
  }
  tr.drive.selected {
    background: color-mix(in srgb, var(--tnb-accent) 10%, var(--tnb-card));
  }
  tr.drive.failed > td:first-child {
    box-shadow: inset 4px 0 var(--tnb-bad);
  }
  tr.drive.absent {
    opacity: 0.75;
  }
  td.device a {
    font-weight: 500;
  }
  td.actions {
    padding-inline: 6px !important;
  }
  td.location {
    padding-inline: 2px !important;
  }
  td > .second {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  td.time > span {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  td.select {
    padding: 0 !important;
    overflow: visible;
  }
  td.select,
  th.select {
    padding: 0;
    text-align: center;
  }
  .hit {
    display: inline-grid;
    place-items: center;
    width: 44px;
    height: 44px;
  }
  .tests {
    display: grid;
    gap: 2px;
  }
  .burn-in {
    display: block;
  }
  .line {
    display: flex;
    gap: 8px;
  }
  .stage {
    overflow: hidden;
    text-overflow: ellipsis;
    min-width: 0;
  }
  .row-actions {
    display: flex;
    justify-content: flex-end;
  }
  .nothing {
    padding: 40px 16px;
    text-align: center;
  }
`;
