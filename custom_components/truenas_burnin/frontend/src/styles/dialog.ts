import { css } from "lit";

/** Native dialogs; on phones they take the whole screen. */
export const dialogStyles = css`
  dialog {
    width: min(640px, calc(100vw - 32px));
    max-height: min(860px, calc(100dvh - 32px));
    padding: 0;
    border: 1px solid var(--tnb-line);
    border-radius: var(--tnb-radius);
    background: var(--tnb-card);
    color: var(--tnb-text);
    box-shadow: 0 12px 40px rgb(0 0 0 / 35%);
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  dialog > header,
  dialog > footer {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 12px 20px;
  }
  dialog > header {
    justify-content: space-between;
    border-bottom: 1px solid var(--tnb-line);
  }
  dialog > footer {
    flex-wrap: wrap;
    justify-content: flex-end;
    border-top: 1px solid var(--tnb-line);
  }
  .body {
    display: grid;
    align-content: start;
    gap: 16px;
    padding: 16px 20px;
    overflow: auto;
  }
  @media (max-width: 600px) {
    dialog {
      width: 100vw;
      max-width: 100vw;
      height: 100dvh;
      max-height: 100dvh;
      margin: 0;
      border: 0;
      border-radius: 0;
    }
    .body {
      flex: 1;
    }
  }
`;
