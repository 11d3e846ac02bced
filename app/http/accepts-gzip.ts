import Negotiator from "negotiator";

/** Browsers send a handful of these. Whoever makes up others must not fill the memory. */
const MOST_KNOWN = 200;
const known = new Map<string, boolean>();

/** Whether whoever sent this Accept-Encoding takes an answer packed by gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  const before = known.get(header);
  if (before !== undefined) return before;
  const accepts = new Negotiator({ headers: { "accept-encoding": header } }).encoding(["gzip"]) === "gzip";
  if (known.size < MOST_KNOWN) known.set(header, accepts);
  return accepts;
}
