import {
  mdiCodeJson,
  mdiFileDelimitedOutline,
  mdiFilePdfBox,
  mdiLanguageHtml5,
  mdiPrinter,
} from "@mdi/js";
import { css, html, type TemplateResult } from "lit";

import type { App } from "../app";
import { certificatePath } from "../data/api";
import { download, print } from "../data/download";
import type { CertificateFormat } from "../data/protocol";
import { icon } from "./icon";

const FORMATS: readonly [CertificateFormat, string][] = [
  ["pdf", mdiFilePdfBox],
  ["html", mdiLanguageHtml5],
  ["json", mdiCodeJson],
  ["csv", mdiFileDelimitedOutline],
];

/** The certificate of a burn-in: to print, or to keep in one of its formats. */
export function papers(app: App, burnInId: string): TemplateResult {
  const { t, api } = app;
  const path = (format: CertificateFormat): string => certificatePath(burnInId, format);
  return html`<div class="papers" role="group" aria-label=${t.text("burn_in.papers")}>
    <span class="muted" aria-hidden="true">${t.text("burn_in.papers")}</span>
    <button
      type="button"
      data-action="print"
      @click=${() => app.attempt(() => print(api, path("html")))}
    >
      ${icon(mdiPrinter)} ${t.text("burn_in.print")}
    </button>
    ${FORMATS.map(([format, shape]) => {
      const label = t.text("burn_in.download", { format: format.toUpperCase() });
      return html`<button
        type="button"
        data-download=${format}
        title=${label}
        aria-label=${label}
        @click=${() => app.attempt(() => download(api, path(format)))}
      >
        ${icon(shape)} ${format.toUpperCase()}
      </button>`;
    })}
  </div>`;
}

export const papersStyles = css`
  .papers {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .papers span {
    margin-inline-end: 4px;
  }
  @media (max-width: 700px) {
    .papers span {
      flex: 1 1 100%;
    }
    .papers button {
      flex: 1;
      padding: 0 10px;
    }
  }
  @media print {
    .papers {
      display: none;
    }
  }
`;
