/** Request bodies: of one kind, of bounded size and time, from this site. Everything else is a refusal with its status. */
import type { Exchange } from "./exchange.server.ts";
import { BadRequest } from "./refusals.server.ts";

/** What a route takes: bytes at most, and milliseconds in which all of them must have come. */
export interface BodyLimits {
  bytes: number;
  within: number;
  /** The body's own, where it is not DRAIN. */
  drain?: Omit<BodyLimits, "drain">;
}

/** A form's or a purchase's few fields. */
const SMALL: BodyLimits = { bytes: 16 * 1024, within: 10_000 };
/** What is still read, and for how long, of a body that is too large: a socket closed at once would lose the answer. */
const DRAIN: BodyLimits = { bytes: 4 * 1024 * 1024, within: 2_000 };

/** The fields of a form, each as text; of a repeated field the last. */
export async function readForm(exchange: Exchange, limits = SMALL): Promise<Record<string, string>> {
  const text = await readText(exchange, "application/x-www-form-urlencoded", limits);
  return Object.fromEntries(new URLSearchParams(text));
}

/** A JSON body; undefined when it is empty. */
export async function readJson(exchange: Exchange, limits = SMALL): Promise<unknown> {
  const text = await readText(exchange, "application/json", limits);
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequest("malformed", "The body is not JSON.");
  }
}

/** What a program has signed, byte for byte, whatever it says of its kind. */
export function readSigned(exchange: Exchange, limits: BodyLimits): Promise<Uint8Array> {
  return readBytes(exchange, limits);
}

/** The bytes of a form with files, which multipart.server.ts takes apart. Its kind is looked at before any of it is read. */
export function readParts(exchange: Exchange, limits: BodyLimits): Promise<Uint8Array> {
  assertSentHere(exchange);
  assertKind(exchange, "multipart/form-data");
  return readBytes(exchange, limits);
}

async function readText(exchange: Exchange, mediaType: string, limits: BodyLimits): Promise<string> {
  assertSentHere(exchange);
  const bytes = await readBytes(exchange, limits);
  assertKind(exchange, bytes.length > 0 ? mediaType : undefined);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BadRequest("malformed", "The body is not UTF-8.");
  }
}

function assertSentHere({ request: { method }, crossSite }: Exchange): void {
  // Remix runs a page's action for PUT, PATCH and DELETE, too. An address for programs has refused them before.
  if (method !== "POST")
    throw new BadRequest("method-not-allowed", "Only GET and POST work here.", { Allow: "GET, HEAD, POST, OPTIONS" });
  if (crossSite) throw new BadRequest("cross-site", "Another site asked for this, so nothing was done.");
}

/** `mediaType`: undefined where nothing was sent, and any will do. */
function assertKind({ request: { headers } }: Exchange, mediaType: string | undefined): void {
  const coding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity")
    throw new BadRequest("unsupported-media-type", `Send the body as it is, not as ${coding}.`, {
      "Accept-Encoding": "identity",
    });
  const sent = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== undefined && sent !== mediaType)
    throw new BadRequest("unsupported-media-type", `Send ${mediaType}${sent ? `, not ${sent}` : ""}.`);
}

function readBytes(
  { body, request, response }: Exchange,
  { bytes, within, drain = DRAIN }: BodyLimits,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Buffer[] = [];
  let size = 0;
  const refuse = (refusal: BadRequest) => {
    body.off("data", take);
    // The rest of the body may never end: the connection ends with the answer.
    if (!request.complete && !response.headersSent) response.setHeader("Connection", "close");
    reject(refusal);
  };
  const tooLarge = () => refuse(new BadRequest("too-large", `The body is larger than ${bytes / 1024} KiB.`));
  let late = setTimeout(
    () => refuse(new BadRequest("too-slow", `The body did not arrive within ${within / 1_000} s.`)),
    within,
  );
  const take = (chunk: Buffer) => {
    const before = size;
    size += chunk.length;
    if (size <= bytes) return void chunks.push(chunk);
    if (size > drain.bytes) return tooLarge();
    if (before > bytes) return;
    clearTimeout(late);
    late = setTimeout(tooLarge, drain.within);
  };
  body.on("data", take);
  body.once("end", () => (size <= bytes ? resolve(Buffer.concat(chunks)) : tooLarge()));
  // One that breaks off closes without its end.
  for (const event of ["error", "close"])
    body.once(event, () => {
      if (!body.readableEnded) reject(new BadRequest("malformed", "The body did not arrive."));
    });
  return promise.finally(() => clearTimeout(late));
}
