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
])("%s", (_name, headers, crossSite) => {
  expect(isCrossSite(headers)).toBe(crossSite);
});
