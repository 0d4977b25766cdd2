/** What the connection rejects with: a reply of its own around the error, or the error. */
interface Rejected {
  message?: unknown;
  code?: unknown;
  error?: unknown;
}

/** `ERR_CONNECTION_LOST` of home-assistant-js-websocket: the socket closed under a question. */
const CONNECTION_LOST = 3;

/** Return the error itself: a connection that breaks rejects with a whole reply. */
export function bare(error: unknown): Rejected {
  const found = isObject(error) && isObject(error.error) ? error.error : error;
  return isObject(found) ? found : { message: found };
}

/** Tell whether Home Assistant went away before it answered. */
export function isLost(error: unknown): boolean {
  return bare(error).code === CONNECTION_LOST || error === CONNECTION_LOST;
}

/** Return what an error of the connection says. */
export function messageOf(error: unknown): string {
  if (isLost(error)) return "Connection lost";
  const { message, code } = bare(error);
  const found = [message, code].find((text) => typeof text === "string" && text !== "");
  return typeof found === "string" ? found : "Unknown error";
}

function isObject(value: unknown): value is Rejected {
  return typeof value === "object" && value !== null;
}
