import type { Hass } from "./hass";
import {
  DOMAIN,
  type AuditReply,
  type AuditVerdict,
  type BurnInDetail,
  type CertificateFormat,
  type Choice,
  type HistoryQuery,
  type HistoryReply,
  type PanelConfig,
  type PlanReply,
  type Statistics,
} from "./protocol";

/** The questions that the integration answers. */
export class Api {
  readonly #hass: () => Hass;

  constructor(hass: () => Hass) {
    this.#hass = hass;
  }

  config(): Promise<PanelConfig> {
    return this.#ask("config");
  }

  plan(drives: string[], choice: Choice): Promise<PlanReply> {
    const { language } = this.#hass().locale;
    return this.#ask("plan", { drives, ...choice, language });
  }

  async burnIn(id: string): Promise<BurnInDetail> {
    return (await this.#ask<{ burn_in: BurnInDetail }>("burn_in", { burn_in_id: id }))
      .burn_in;
  }

  history(query: HistoryQuery): Promise<HistoryReply> {
    return this.#ask("history", { ...query });
  }

  statistics(entry: string): Promise<Statistics> {
    return this.#ask("statistics", ofEntry(entry));
  }

  audit(limit: number, offset: number, entry: string): Promise<AuditReply> {
    return this.#ask("audit", { limit, offset, ...ofEntry(entry) });
  }

  verifyAudit(): Promise<AuditVerdict> {
    return this.#ask("audit/verify");
  }

  /** Return an address under which a browser may fetch `path` for a short time. */
  async signed(path: string): Promise<string> {
    const reply = await this.#hass().callWS<{ path: string }>({
      type: "auth/sign_path",
      path,
      expires: 60,
    });
    return reply.path;
  }

  #ask<T>(name: string, data: Record<string, unknown> = {}): Promise<T> {
    return this.#hass().callWS<T>({ type: `${DOMAIN}/${name}`, ...data });
  }
}

function ofEntry(entry: string): { entry_id?: string } {
  return entry ? { entry_id: entry } : {};
}

export function certificatePath(id: string, format: CertificateFormat): string {
  return `/api/${DOMAIN}/certificate/${encodeURIComponent(id)}.${format}`;
}

export function certificatesPath(ids: readonly string[]): string {
  return `/api/${DOMAIN}/certificates.pdf?ids=${ids.map(encodeURIComponent).join(",")}`;
}

export function historyPath(entry: string): string {
  const query = entry ? `?entry_id=${encodeURIComponent(entry)}` : "";
  return `/api/${DOMAIN}/history.csv${query}`;
}
