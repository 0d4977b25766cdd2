import type { Api } from "./api";

/** Have the browser save what is at a path of Home Assistant that needs a login. */
export async function download(api: Api, path: string): Promise<void> {
  const link = document.createElement("a");
  link.href = await api.signed(path);
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}

/** Print a page of Home Assistant that needs a login, without leaving this one. */
export async function print(api: Api, path: string): Promise<void> {
  const response = await fetch(await api.signed(path));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const frame = document.createElement("iframe");
  frame.style.cssText =
    "position:fixed;inset-inline-start:-9999px;width:210mm;height:297mm";
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.srcdoc = await response.text();
  document.body.append(frame);
  await new Promise((resolve) =>
    frame.addEventListener("load", resolve, { once: true }),
  );
  const page = frame.contentWindow;
  page?.addEventListener("afterprint", () => frame.remove(), { once: true });
  page?.print();
}
