/** Request bodies: of one kind, of bounded size, from this site. Everything else is a refusal with its status. */
import { currentExchange } from "./exchange.server.ts";
import { BadRequest } from "./refusals.server.ts";

/** Largest body in bytes. */
const LIMIT = 16 * 1024;
/** What is still read, and for how long, of a body that is too large: a socket closed at once would lose the answer. */
const DRAIN = { bytes: 4 * 1024 * 1024, milliseconds: 2_000 };

/** The fields of a form, each as text; of a repeated field the last. */
export async function readForm(request: Request): Promise<Record<string, string>> {
  const text = await readText(request, "application/x-www-form-urlencoded");
  return Object.fromEntries(new URLSearchParams(text));
}

/** A JSON body; undefined when it is empty. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request, "application/json");
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequest("malformed", "The body is not JSON.");
  }
}

async function readText(request: Request, mediaType: string): Promise<string> {
  // Remix runs an action for PUT, PATCH and DELETE, too.
  if (request.method !== "POST")
    throw new BadRequest("method-not-allowed", "Only POST works here.", new Headers({ Allow: "POST" }));
  if (currentExchange().crossSite)
    throw new BadRequest("cross-site", "Another site asked for this, so nothing was done.");
  const bytes = await readBytes(request);
  const coding = request.headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity")
    throw new BadRequest(
      "unsupported-media-type",
      `Send the body as it is, not as ${coding}.`,
      new Headers({ "Accept-Encoding": "identity" }),
    );
  const sent = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (bytes.length > 0 && sent !== mediaType) {
    throw new BadRequest("unsupported-media-type", `Send ${mediaType}${sent ? `, not ${sent}` : ""}.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BadRequest("malformed", "The body is not UTF-8.");
  }
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const until = Date.now() + DRAIN.milliseconds;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new BadRequest("malformed", "The body did not arrive.");
    });
    if (done) break;
    size += value.length;
    if (size <= LIMIT) chunks.push(value);
    else if (size > DRAIN.bytes || Date.now() > until) break;
  }
  if (size <= LIMIT) return Buffer.concat(chunks);
  // The rest of the body may never end: the connection ends with the answer.
  if (!currentExchange().request.complete) currentExchange().response.setHeader("Connection", "close");
  throw new BadRequest("too-large", `The body is larger than ${LIMIT / 1024} KiB.`);
}
