/** How an answer goes out. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.server.ts";
import { SECURITY_HEADERS } from "./security-headers.server.ts";

/** Bytes from which packing an answer is worth its time. */
const WORTH_PACKING = 1_024;
const PACKABLE = /^(text\/|application\/((problem|manifest)\+)?json)/;
const pack = promisify(gzip);

/** Names and values in turn, as Node takes them at once. */
type RawHeaders = string[];

export function send(exchange: Exchange, { status, headers, body }: Answer): void {
  const raw: RawHeaders = [];
  for (const [name, value] of Object.entries(headers)) raw.push(name, value);
  sendRaw(exchange, status, raw, body);
}

/** Likewise, of an answer whose headers may have one name twice. */
export function sendRaw(exchange: Exchange, status: number, headers: RawHeaders, body: string | Buffer): void {
  const size = Buffer.byteLength(body);
  if (!PACKABLE.test(valueOf(headers, "content-type") ?? "")) return write(exchange, status, headers, body, size);
  const varied = valueOf(headers, "vary")?.startsWith("Accept-Encoding")
    ? headers
    : headers.concat("Vary", "Accept-Encoding");
  if (size < WORTH_PACKING || valueOf(headers, "content-encoding") !== undefined || !exchange.acceptsGzip)
    return write(exchange, status, varied, body, size);
  void pack(body).then((packed) =>
    write(exchange, status, [...varied, "Content-Encoding", "gzip"], packed, packed.length),
  );
}

function write(
  { request, response }: Exchange,
  status: number,
  headers: RawHeaders,
  body: string | Buffer,
  size: number,
): void {
  const isPage = valueOf(headers, "content-security-policy") !== undefined;
  const all = (isPage ? SECURITY_HEADERS.ofPages : SECURITY_HEADERS.ofAll).concat(headers);
  // What Remix answers to HEAD has lost its body, and with it the length.
  const isKnown = size > 0 || request.method !== "HEAD";
  if (status !== 204 && status !== 304 && isKnown) all.push("Content-Length", String(size));
  response.writeHead(status, all);
  response.end(body);
}

function valueOf(headers: RawHeaders, name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) if (isSame(headers[index], name)) return headers[index + 1];
  return undefined;
}

function isSame(sent: string | undefined, name: string): boolean {
  return sent?.length === name.length && sent.toLowerCase() === name;
}
