/** Where a browser keeps whether a person wants to hear of ends in it. */
const WANTED = "truenas_burnin_browser_news";

/** Tell whether this browser can show notifications at all: only over https it can. */
export function possible(): boolean {
  return "Notification" in window;
}

/** Tell whether a person wants them here, and the browser lets us. */
export function wanted(): boolean {
  return (
    possible() &&
    localStorage.getItem(WANTED) === "true" &&
    Notification.permission === "granted"
  );
}

/** Ask the browser's leave, and remember; return whether they will be shown. */
export async function want(): Promise<boolean> {
  const granted = (await Notification.requestPermission()) === "granted";
  localStorage.setItem(WANTED, String(granted));
  return granted;
}

export function unwant(): void {
  localStorage.setItem(WANTED, "false");
}

/** Show what happened while nobody looks at the page; `tag` replaces an older one. */
export function tell(text: string, title: string, tag: string): void {
  if (wanted() && document.hidden) new Notification(title, { body: text, tag });
}
