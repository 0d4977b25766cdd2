import { css } from "lit";

/** Plain tables of the pages that list things. */
export const table = css`
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    color: var(--tnb-muted);
    font-weight: 500;
    text-align: start;
    white-space: nowrap;
  }
  th,
  td {
    padding: 8px 10px;
    border-bottom: 1px solid var(--tnb-line);
    vertical-align: middle;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  th.number {
    text-align: end;
  }
  th[scope="row"] {
    color: var(--tnb-text);
    font-weight: 400;
  }
  td.time,
  td.number {
    white-space: nowrap;
  }
  td.action {
    padding-block: 0;
  }
  @media print {
    /* Paper does not scroll: all columns are to be read. */
    .scroll {
      overflow: visible;
    }
    table {
      font-size: 10px;
    }
    th,
    td,
    td.time,
    td.number {
      min-width: 0;
      padding: 3px 5px;
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
`;
