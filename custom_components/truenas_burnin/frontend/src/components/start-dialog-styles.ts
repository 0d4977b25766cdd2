import { css } from "lit";

export const startStyles = css`
  .spin::before {
    content: "";
    display: inline-block;
    width: 14px;
    height: 14px;
    margin-inline-end: 8px;
    border: 2px solid var(--tnb-line);
    border-top-color: var(--tnb-accent);
    border-radius: 50%;
    vertical-align: -2px;
    animation: spin 1s linear infinite;
  }
  @keyframes spin {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spin::before {
      animation: none;
    }
  }
  .profiles {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .profiles label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 14px 0 10px;
    border: 1px solid var(--tnb-line);
    border-radius: 22px;
    cursor: pointer;
  }
  .profiles label:has(:checked) {
    border-color: var(--tnb-accent);
    background: color-mix(in srgb, var(--tnb-accent) 14%, var(--tnb-card));
  }
  legend,
  .label {
    margin-bottom: 6px;
    padding: 0;
    font-weight: 500;
  }
  .fact {
    display: flex;
    gap: 10px;
  }
  .good svg.icon {
    fill: var(--tnb-good);
  }
  .refused {
    display: grid;
    gap: 6px;
    padding: 12px 14px;
    border: 1px solid var(--tnb-line);
    border-inline-start: 4px solid var(--tnb-bad);
    border-radius: 10px;
  }
  .refused ul {
    display: grid;
    gap: 6px;
    max-height: 180px;
    overflow: auto;
  }
  .error {
    display: flex;
    gap: 8px;
    white-space: pre-line;
  }
  .error svg.icon {
    fill: var(--tnb-bad);
  }
`;
