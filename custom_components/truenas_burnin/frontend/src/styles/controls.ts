import { css } from "lit";

/** Buttons and fields. Text keeps its contrast; colour comes as a tint and a border. */
export const controls = css`
  button,
  .button {
    --tone: var(--tnb-accent);
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 40px;
    padding: 0 14px;
    border: 1px solid var(--tnb-line);
    border-radius: 10px;
    background: var(--tnb-card);
    color: var(--tnb-text);
    font: inherit;
    font-weight: 500;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover,
  .button:hover {
    background: color-mix(in srgb, var(--tone) 10%, var(--tnb-card));
  }
  button.primary,
  button.danger {
    border-color: color-mix(in srgb, var(--tone) 70%, var(--tnb-card));
    background: color-mix(in srgb, var(--tone) 20%, var(--tnb-card));
  }
  button.primary:hover,
  button.danger:hover {
    background: color-mix(in srgb, var(--tone) 30%, var(--tnb-card));
  }
  button.danger,
  button.quiet {
    --tone: var(--tnb-bad);
  }
  button.quiet svg.icon {
    fill: var(--tone);
  }
  button.plain {
    border-color: transparent;
    background: transparent;
  }
  button.round,
  .button.round {
    width: 40px;
    padding: 0;
    border-color: transparent;
    border-radius: 50%;
    background: transparent;
  }
  button.round:hover,
  .button.round:hover {
    background: color-mix(in srgb, var(--tone) 14%, transparent);
  }
  button:disabled,
  button[aria-disabled="true"] {
    opacity: 0.45;
    cursor: default;
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    min-height: 40px;
    padding: 6px 10px;
    border: 1px solid color-mix(in srgb, var(--tnb-text) 35%, var(--tnb-card));
    border-radius: 10px;
    background: var(--tnb-card);
    color: var(--tnb-text);
    font: inherit;
  }
  input::placeholder {
    color: var(--tnb-muted);
    opacity: 1;
  }
  input[type="checkbox"],
  input[type="radio"] {
    width: 20px;
    height: 20px;
    margin: 0;
    flex: none;
    accent-color: var(--tnb-accent);
  }
  @media (pointer: coarse) {
    button,
    .button,
    input:not([type="checkbox"], [type="radio"]),
    select {
      min-height: 44px;
    }
    button.round,
    .button.round {
      width: 44px;
    }
  }
`;
