import { css } from "lit";

/** What all parts of the panel look like: boxes, text, focus. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  :focus-visible {
    outline: 2px solid var(--tnb-accent);
    outline-offset: 2px;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2 {
    font-size: 18px;
    font-weight: 500;
  }
  h3 {
    font-size: 15px;
    font-weight: 500;
  }
  a {
    color: inherit;
    text-decoration-color: var(--tnb-accent);
    text-underline-offset: 2px;
  }
  .card {
    background: var(--tnb-card);
    border: 1px solid var(--tnb-line);
    border-radius: var(--tnb-radius);
    padding: 16px;
  }
  .muted {
    color: var(--tnb-muted);
  }
  .mono {
    font-family: var(--tnb-mono);
    font-size: 0.93em;
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .hidden-text {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  svg.icon {
    width: 20px;
    height: 20px;
    fill: currentColor;
    flex: none;
    vertical-align: middle;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;
