/** The shop speaks its visitor's language: on kept pages, in refusals, on the way to pay, and in mails. Programs and operators are spoken to in English. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { languageOf } from "#app/http/accept-language.ts";
import { type Shop, startShop, Visitor } from "#harness/shop.ts";
import { EMAIL, holding, onSale } from "../setup/checkout.ts";

const GERMAN = { "Accept-Language": "de-AT,de;q=0.9,en;q=0.8" };
const ENGLISH = { "Accept-Language": "en-GB,en;q=0.9" };
let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  expect(await shop.stop()).toBe(0);
});

const page = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await new Visitor(shop.url).fetch(path, { headers });
  return { answer, html: await answer.text() };
};

test.each([
  [undefined, "en"],
  ["de", "de"],
  ["de-CH", "de"],
  ["fr, de;q=0.5, en;q=0.4", "de"],
  ["fr-FR, fr", "en"],
  ["en;q=0.1, de;q=0.2", "de"],
  ["de;q=0, en", "en"],
  ["*", "en"],
  ["not a header; at all,,", "en"],
])("%s is answered in %s", (header, language) => {
  expect(languageOf(header)).toBe(language);
});

test("a kept page is kept for each language, and caches are told of what it depends", async () => {
  for (const [headers, lang, price, state] of [
    [ENGLISH, "en", "€64.00", "of 10 left|left"],
    [GERMAN, "de", "64,00\u00a0€", "von 10 übrig|übrig"],
    [ENGLISH, "en", "€64.00", "of 10 left|left"],
    [GERMAN, "de", "64,00\u00a0€", "von 10 übrig|übrig"],
  ] as const) {
    const { answer, html } = await page("/items/tin-comet", headers);
    expect(answer.headers.get("vary")).toContain("Accept-Language");
    expect(html).toContain(`<html lang="${lang}"`);
    expect(html).toContain(price);
    expect(html).toMatch(new RegExp(`<span>(${state})</span>`));
  }
});

test.each(["/", "/items/paper-garden", "/items/last-lighthouse", "/nowhere", "/items/nothing"])(
  "%s has no text of the other language",
  async (path) => {
    const [english, german] = [(await page(path, ENGLISH)).html, (await page(path, GERMAN)).html];
    expect(english).toMatch(/Skip to content/);
    expect(english).not.toMatch(/Zum Inhalt|Ausverkauft|Kommt bald|Kein Stück|Vergriffen|Nicht gefunden/);
    expect(german).toMatch(/Zum Inhalt springen/);
    expect(german).not.toMatch(/Skip to|Sold out|Coming soon|No piece is|>Gone<|Not found|Opens /);
  },
);

test("a refusal by form is told in German, and to a program as ever", async () => {
  const visitor = new Visitor(shop.url);
  const { html } = await page("/items/last-lighthouse", GERMAN);
  const key = /name="key" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const fields = { key, quantity: "1", amount: "9500", currency: "EUR" };
  const answer = await visitor.fetch("/items/last-lighthouse", {
    method: "POST",
    headers: GERMAN,
    body: new URLSearchParams(fields),
  });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain("Jemand war schneller");
  const asked = await visitor.fetch("/api/items/nothing", { headers: GERMAN });
  expect(await asked.json()).toMatchObject({ detail: "We can’t find that item." });
});

test("who pays in German is told of a wrong field in German, and written to in German", async () => {
  await onSale(5);
  const { visitor, hold } = await holding(shop);
  const pay = (email: string) =>
    visitor.fetch(hold.checkoutUrl, {
      method: "POST",
      headers: GERMAN,
      redirect: "manual",
      body: new URLSearchParams({ step: "pay", email }),
    });
  expect(await (await pay("nobody")).text()).toContain("Das ist keine E-Mail-Adresse.");
  expect((await pay(EMAIL)).status).toBe(303);
  const [contact] = await db.$queryRaw<{ language: string }[]>`
    SELECT language FROM contacts WHERE order_id = ${hold.id}::uuid`;
  expect(contact?.language).toBe("de");
});

test.each(["/operator/sign-in", "/Operator/sign-in", "/operator/nothing"])(
  "%s is in English and says so, whatever its operator's browser asks for",
  async (path) => {
    const { html } = await page(path, GERMAN);
    expect(html).toContain('<html lang="en" data-language="en"');
    expect(html).toContain("Skip to content");
  },
);

test.each([
  [ENGLISH, "edition of 24 · 3 pieces"],
  [GERMAN, "aus einer Auflage von 24 · 3 Stück"],
])("a receipt says beside the order's number how many pieces it has, %#", async (headers, beside) => {
  const visitor = new Visitor(shop.url);
  await visitor.reset("clay-whistle");
  const bought = await visitor.pressBuy("clay-whistle", { key: await visitor.openItem("clay-whistle"), quantity: "3" });
  const receipt = await (await visitor.fetch(bought.headers.get("location") ?? "", { headers })).text();
  expect(receipt).toContain(`>${beside}<`);
});
