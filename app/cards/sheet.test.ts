import { expect, test } from "vitest";
import { DEFAULTS } from "#app/shop/shop-settings.ts";
import { sheetOfCertificate } from "./sheet.ts";

test("a certificate says when by the shop's clocks, as the order's mail does", () => {
  const order = { id: "1", name: "Moth", picture: "/items/moon-moth.svg", number: 7, edition: 24, quantity: 2 };
  const sold = { ...order, placedAt: new Date("2026-07-01T22:30:00Z") };
  const shop = { ...DEFAULTS, zone: "Europe/Berlin" };
  expect(sheetOfCertificate(sold, shop, "en").moment).toBe("2 July 2026 at 00:30 Europe/Berlin");
  expect(sheetOfCertificate(sold, shop, "de").moment).toBe("2. Juli 2026 um 00:30 Uhr Europe/Berlin");
});
