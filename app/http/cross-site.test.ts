import { expect, test } from "vitest";
import { isCrossSite } from "./cross-site.ts";

test.each([
  ["a program without a browser's headers", { host: "shop.example" }, false],
  [
    "this site's own page",
    { host: "shop.example", origin: "https://shop.example", "sec-fetch-site": "same-origin" },
    false,
  ],
  ["an address typed by hand", { host: "shop.example", "sec-fetch-site": "none" }, false],
  ["another site", { host: "shop.example", "sec-fetch-site": "cross-site" }, true],
  ["a sister site of the same domain", { host: "shop.example", "sec-fetch-site": "same-site" }, true],
  ["another origin", { host: "shop.example", origin: "https://evil.example" }, true],
  ["another port", { host: "localhost:3000", origin: "http://localhost:4000" }, true],
  ["an opaque origin", { host: "shop.example", origin: "null" }, true],
  [
    "a proxy that names the public host",
    { host: "10.0.0.1", "x-forwarded-host": "shop.example", origin: "https://shop.example" },
    false,
  ],
  ["the default port", { host: "shop.example:443", origin: "https://shop.example" }, false],
  [
    "the default port by a proxy",
    { host: "10.0.0.1", "x-forwarded-host": "shop.example:80", origin: "http://shop.example" },
    false,
  ],
  ["the other scheme's port", { host: "shop.example:443", origin: "http://shop.example" }, true],
  ["the name in capitals", { host: "Shop.Example", origin: "https://shop.example" }, false],
  [
    "a page in the clear, to a shop by https",
    { host: "shop.example", "x-forwarded-proto": "https", origin: "http://shop.example" },
    true,
  ],
  [
    "a proxy that keeps the scheme to itself",
    { host: "shop.example", "x-forwarded-proto": "http", origin: "https://shop.example" },
    false,
  ],
  ["an origin without a host of ours to compare", { origin: "https://shop.example" }, true],
])("%s", (_name, headers, crossSite) => {
  expect(isCrossSite(headers)).toBe(crossSite);
});
