/** Sends a form, and tells what came of it in calm words. A filled form keeps one id, so that it never arrives twice. */

const PATIENCE = 30_000; // milliseconds: a slow phone gets through, and nobody looks at "Sending" for minutes
const KEPT = "Everything you typed is still here.";

/** Gives the form its id once; the same one goes with every try. */
export function giveId(form) {
  const given = form.querySelector("input[name=_id]");
  if (given) return;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "_id", value: newId() });
  form.append(input);
}

export function forgetId(form) {
  form.querySelector("input[name=_id]")?.remove();
}

/** A random UUID; a page that is served without TLS has no crypto.randomUUID. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Gives `{url}` of the receipt, or `{problems}`, or a notice: `{title, text, again}`, with `signIn` when a code would
 * help and `anew` when another try has to be a new sheet. Never throws.
 */
export async function send(form) {
  giveId(form);
  let response;
  let body;
  try {
    response = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(PATIENCE),
    });
    body = await response.json().catch(() => ({}));
  } catch {
    return unreachable();
  }
  if (response.ok && body.url) return { url: new URL(body.url, location.href).href };
  if (response.status === 422 && body.problems?.length) return { problems: body.problems };
  return notice(response, body);
}

function unreachable() {
  return {
    title: "We could not reach the clinic",
    text: `Your phone or computer may be offline. ${KEPT} Try again when you are online. It will not arrive twice.`,
    again: "Try again",
  };
}

function notice(response, body) {
  const wait = waitOf(response.headers.get("Retry-After"));
  switch (response.status) {
    case 403:
      return {
        title: body.title || "This sheet needs your link",
        text: `${body.detail || "Open the link or type the code from your therapist, then come back here."} ${KEPT}`,
        again: "Try again",
        signIn: true,
      };
    case 409:
      return {
        title: "This sheet has arrived before",
        text: `It was received as it was before you changed it. That one is safe. ${KEPT} You can send it as a new sheet.`,
        again: "Send as a new sheet",
        anew: true,
      };
    case 413:
      return {
        title: "This is too long to send in one go",
        text: `${KEPT} Shorten the longest answer, or leave some of it for another sheet.`,
        again: "Try again",
      };
    case 429:
      return {
        title: "Please wait a moment",
        text: `A lot has arrived at once. ${KEPT} Try again ${wait}.`,
        again: "Try again",
      };
    case 503:
      return {
        title: "We cannot keep this safe just now",
        text: `It has not been received. ${KEPT} Try again ${wait}.`,
        again: "Try again",
      };
    default:
      return {
        title: "This did not work",
        text: `It has not been received, and it is not your fault. ${KEPT} Try again in a moment, or print it.`,
        again: "Try again",
      };
  }
}

function waitOf(seconds) {
  const number = Number.parseInt(seconds ?? "", 10);
  if (!(number > 1)) return "in a moment"; // so that there is never one second, nor, below, one minute
  return number < 90 ? `in ${number} seconds` : `in ${Math.ceil(number / 60)} minutes`;
}
