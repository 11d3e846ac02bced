/** What a request asks for, read as RFC 9112 has it, before anything else does: others stumble over what is odd here. */
import type { IncomingHttpHeaders } from "node:http";
import { publicHost } from "./forwarded.ts";
import type { ProblemType } from "./problem-types.ts";

/** Remix answers these; it refuses some of them itself, address by address. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export interface RequestHead {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingHttpHeaders;
  /** Names and values in turn: `headers` shows only the first of two Hosts. */
  rawHeaders: string[];
}

export type RequestTarget =
  | { kind: "resource"; path: string; host: string | undefined }
  /** `OPTIONS *` */
  | { kind: "server" }
  | { kind: "refused"; problem: ProblemType; detail: string };

export function readTarget({ method = "", url = "", headers, rawHeaders }: RequestHead): RequestTarget {
  if (!METHODS.has(method)) return refused("not-implemented", `This shop has no method ${method}.`);
  if (countHosts(rawHeaders) > 1) return refused("malformed", "The request has more than one Host.");
  // A request for an absolute address names the host in it, and its Host counts for nothing (RFC 9112, 3.2.2).
  const [, authority, rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const host = publicHost(authority === undefined ? headers : { ...headers, host: authority });
  if (host !== undefined && !isHost(host)) return refused("malformed", "The request's host is not valid.");

  if (url === "*" && method === "OPTIONS") return { kind: "server" };
  const path = authority === undefined ? url : rest.startsWith("/") ? rest : `/${rest}`;
  if (!path.startsWith("/")) return refused("malformed", "The request's target is not an address.");
  if (path.includes("#")) return refused("malformed", "The request's target has a fragment.");
  return { kind: "resource", path: withoutData(isDecodable(path) ? path : path.replaceAll("%", "%25")), host };
}

function countHosts(rawHeaders: string[]): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts;
}

function refused(problem: ProblemType, detail: string): RequestTarget {
  return { kind: "refused", problem, detail };
}

/** A name or an address, and perhaps a port: nothing that would end up as another part of a URL. */
function isHost(text: string): boolean {
  if (text === lastHost) return true;
  if (!/^[^\s/?#@\\]+$/.test(text) || !URL.canParse(`http://${text}`)) return false;
  lastHost = text;
  return true;
}

/** The last one that was one: a shop has one name, and nearly every request comes with it. */
let lastHost: string | undefined;

/** Express would answer what is not with a page of its own, and write a stack to the log. So it is made one more address that nothing is at. */
function isDecodable(path: string): boolean {
  if (!path.includes("%")) return true;
  try {
    decodeURIComponent(path.split("?")[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

/** `_data` asks Remix for something that this shop's pages never ask for, and that it would report as a fault. */
function withoutData(path: string): string {
  if (!path.includes("?")) return path;
  const [address = "", ...query] = path.split("?");
  const parameters = new URLSearchParams(query.join("?"));
  if (!parameters.has("_data")) return path;
  parameters.delete("_data");
  return parameters.size > 0 ? `${address}?${String(parameters)}` : address;
}
