import { expect, test } from "vitest";
import { DEFAULTS } from "#app/shop/shop-settings.ts";
import { signed } from "#app/words/letter.ts";
import { mailsIn } from "#app/words/mails.ts";
import { asHtml, asText } from "./letter-as-mail.ts";

test("a refund names its sum and where it goes, in both bodies", () => {
  const facts = { itemName: "Tin Comet", refunded: { amount: 9_000, currency: "EUR" } };
  const letter = mailsIn("en").refunded({ ...facts, receipt: "https://shop.example/orders/1" });
  expect(letter.subject).toBe("Refunded: €90.00 for Tin Comet");
  for (const body of [asText(letter), asHtml(letter, "en")]) {
    expect(body).toContain("€90.00 for Tin Comet has been refunded to the card you paid with.");
    expect(body).toContain("https://shop.example/orders/1");
  }
});

test("a hold that ended says when, with its zone, and that nothing was charged", () => {
  const endedAt = new Date("2026-12-02T18:00:00Z");
  const text = asText(
    mailsIn("en").holdEnded({ itemName: "Tin Comet", endedAt, zone: "Europe/Berlin", page: undefined }),
  );
  expect(text).toContain("until 2 December 2026 at 19:00 Europe/Berlin");
  expect(text).toContain("You were not charged.");
  expect(text).not.toContain("undefined");
});

test("one unit is one, and several are counted", () => {
  const sent = { itemName: "Tin Comet", tracking: undefined, receipt: undefined };
  const told = [1, 2].map((quantity) => asText(mailsIn("en").sent({ ...sent, quantity })));
  expect(told[0]).toContain("Your Tin Comet has been sent.");
  expect(told[1]).toContain("Your 2 units of Tin Comet have been sent.");
});

test("whose it is stands at its head and its foot, and what the shop does not say leaves no line", () => {
  const facts = { itemName: "Tin Comet", endedAt: new Date("2026-12-02T18:00:00Z"), zone: "UTC", page: undefined };
  const letter = signed(mailsIn("en").holdEnded(facts), { ...DEFAULTS, name: "Ada <3" });
  expect(letter.subject).toBe("No longer held for you: Tin Comet · Ada <3");
  expect(asText(letter)).toMatch(/charged\.\n\n-- \nAda <3\n$/);
  expect(asHtml(letter, "en")).toContain("<strong>Ada &lt;3</strong></p>");
});
