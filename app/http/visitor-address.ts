/** From which address a visitor comes, for limits that count visitors by it. */
import { type BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * The visitor's own address. `peer` is who opened the connection; when that is a trusted proxy, X-Forwarded-For says
 * who asked it, and so on from the right, up to the first address that is no trusted proxy's: whatever stands left of
 * that one is the visitor's own invention. An IPv6 visitor is a /64, of which a household has at least one whole.
 */
export function visitorAddress(
  peer: string | undefined,
  forwardedFor: string | string[] | undefined,
  trusted: BlockList,
): string {
  let address = parseAddress(peer ?? "");
  const hops = forwardedFor === undefined ? [] : String(forwardedFor).split(",");
  while (hops.length > 0 && address !== undefined && isTrusted(address, trusted)) {
    const before = parseAddress(hops.pop() ?? "");
    if (before === undefined) break;
    address = before;
  }
  return address === undefined ? "" : networkOf(address);
}

/** Whether X-Forwarded-For from this peer counts. */
export function isTrustedPeer(peer: string | undefined, trusted: BlockList): boolean {
  const address = parseAddress(peer ?? "");
  return address !== undefined && isTrusted(address, trusted);
}

function isTrusted(address: string, trusted: BlockList): boolean {
  return trusted.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/** Of `10.0.0.7`, `10.0.0.7:5000`, `::1`, `[::1]`, `[::1]:5000` and `fe80::1%eth0` the address alone; IPv4 in IPv6 as IPv4. */
function parseAddress(text: string): string | undefined {
  const [, bracketed, plain = bracketed ?? ""] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+)(?::\d+)?)$/.exec(text.trim()) ?? [
    "",
    undefined,
    text.trim(),
  ];
  const address = plain.replace(/%.*$/, "").toLowerCase();
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? groups.slice(6).flatMap(bytesOf).join(".") : address;
}

function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  return `${groupsOf(address)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [left, right] = address.split("::").map((half) => half.split(":").filter(Boolean).flatMap(groupsOfPart));
  const [head = [], tail = []] = [left, right];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsOfPart(part: string): number[] {
  if (!part.includes(".")) return [Number.parseInt(part, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
  return [a * 256 + b, c * 256 + d];
}

function bytesOf(group: number): number[] {
  return [group >> 8, group & 0xff];
}
