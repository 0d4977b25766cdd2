import { css } from "lit";

/** A page scrolls by itself, below the panel's header. */
export const page = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 12px;
    height: 100%;
    padding: 16px;
    overflow: auto;
  }
  :host > * {
    flex: none;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .grow {
    flex: 1;
  }
  @media (max-width: 700px) {
    :host {
      padding: 10px;
    }
  }
`;
