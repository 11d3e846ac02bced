import { expect, test } from "vitest";
import { parseNetworks } from "#app/networks.server.ts";
import { isTrustedPeer, visitorAddress } from "./visitor-address.ts";

const trusted = parseNetworks("127.0.0.1, 10.0.0.0/8, ::1, fd00::/8");
const from = (peer: string | undefined, forwardedFor?: string | string[]) =>
  trusted && visitorAddress(peer, forwardedFor, trusted);

test.each<[string, string | undefined, string | string[] | undefined, string]>([
  ["without a proxy the peer", "203.0.113.9", undefined, "203.0.113.9"],
  ["an IPv6 peer as its /64", "2001:db8:1:2:3:4:5:6", undefined, "2001:db8:1:2::/64"],
  ["a neighbour in the same /64", "2001:db8:1:2::ffff", undefined, "2001:db8:1:2::/64"],
  ["an IPv4 peer of a socket for both", "::ffff:203.0.113.9", undefined, "203.0.113.9"],
  ["the same in hexadecimal", "::ffff:cb00:7109", undefined, "203.0.113.9"],
  ["an IPv6 address with a zone", "fe80::1%eth0", undefined, "fe80:0:0:0::/64"],
  ["no word from a trusted proxy", "10.0.0.1", undefined, "10.0.0.1"],
  ["what a trusted proxy says", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["what a trusted proxy says of IPv6", "::1", "2001:db8::7", "2001:db8:0:0::/64"],
  ["what a trusted proxy says with a port", "10.0.0.1", "203.0.113.9:51234", "203.0.113.9"],
  ["what a trusted proxy says in brackets", "10.0.0.1", "[2001:db8::7]", "2001:db8:0:0::/64"],
  ["what a trusted proxy says in brackets with a port", "10.0.0.1", "[2001:db8::7]:51234", "2001:db8:0:0::/64"],
  ["the nearest of several that is no proxy of ours", "10.0.0.1", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"],
  ["the same in two headers", "10.0.0.1", ["198.51.100.1, 203.0.113.9", "10.9.9.9"], "203.0.113.9"],
  ["nothing that a stranger says of himself", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["nothing that a stranger says through a proxy", "10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
  ["the first of nothing but proxies", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["the last proxy before what is no address", "10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"],
  ["the proxy where the header is empty", "10.0.0.1", "", "10.0.0.1"],
  ["the proxy where the header is absurd", "10.0.0.1", `${",".repeat(9_000)}<script>`, "10.0.0.1"],
  ["the proxy for an address with too many numbers", "10.0.0.1", "1.2.3.4.5", "10.0.0.1"],
  ["a private IPv6 proxy's visitor", "fd12::1", "::ffff:198.51.100.1", "198.51.100.1"],
  ["nobody where the socket is gone", undefined, "203.0.113.9", ""],
])("the visitor's address is %s", (_name, peer, forwardedFor, address) => {
  expect(from(peer, forwardedFor)).toBe(address);
});

test("with no proxy named, nobody is believed", () => {
  const nobody = parseNetworks("");
  expect(nobody && visitorAddress("127.0.0.1", "203.0.113.9", nobody)).toBe("127.0.0.1");
  expect(nobody && isTrustedPeer("127.0.0.1", nobody)).toBe(false);
});

test.each(["10.0.0.0/33", "fd00::/129", "10.0.0", "proxy.internal", "10.0.0.0/8/8", "10.0.0.0/x", "10.0.0.0/", "/8"])(
  "%s names no network",
  (list) => {
    expect(parseNetworks(list)).toBeUndefined();
  },
);
