/** The opening as an entry of a calendar: read as a calendar reads it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { addItem, changeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop } from "#harness/shop.ts";

const ITEM = "drop";
const OPENS_AT = new Date("2099-01-01T12:00:00Z");
const LIKE = {
  ...{ name: "Drop", tagline: "", story: "", picture: "/items/moon-moth.svg", pictureAlt: "A moth." },
  ...{ price: { amount: 100, currency: "EUR" }, startingQuantity: 1, maxPerOrder: 1, limitPerBuyer: null },
  ...{ opensAt: OPENS_AT, closesAt: null, payment: "none" as const, holdSeconds: 600, ships: false, position: null },
} as const;

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
  await db.$transaction(async (tx) => {
    await addItem(tx, { ...LIKE, id: ITEM });
    await addItem(tx, { ...LIKE, id: "drafted", status: "draft" });
  });
});
afterAll(() => shop.stop());

const get = (itemId: string, language = "en") =>
  fetch(`${shop.url}/items/${itemId}/opening.ics`, { headers: { "Accept-Language": language } });
const change = (words: { name?: string; opensAt?: Date | null }) =>
  db.$transaction((tx) => changeItem(tx, { id: ITEM, ...words }));

/** The text of the item's calendar once it says so: an instance looks at the rows once a second. */
async function calendarWith(says: (entry: Record<string, string>) => boolean, language?: string): Promise<string> {
  for (;;) {
    const text = await (await get(ITEM, language)).text();
    if (says(entryOf(text))) return text;
  }
}

/** RFC 5545: folded lines are joined, and what was escaped in a text is as it was. What an alarm says is not the event's. */
function entryOf(text: string): Record<string, string> {
  const whole = text.replaceAll(/\r\n[ \t]/g, "").replace(/BEGIN:VALARM.*END:VALARM\r\n/s, "");
  const lines = whole.split("\r\n");
  const event = lines.slice(lines.indexOf("BEGIN:VEVENT") + 1, lines.indexOf("END:VEVENT"));
  return Object.fromEntries(
    event.map((line) => {
      const [, name = "", value = ""] = /^([A-Z-]+)[^:]*:(.*)$/.exec(line) ?? [];
      return [name, value.replaceAll(/\\(.)/g, (_, escaped: string) => (/n/i.test(escaped) ? "\n" : escaped))];
    }),
  );
}

test("it says when, where and for how long, in the visitor's language", async () => {
  const answer = await get(ITEM);
  expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/calendar; charset=utf-8"]);
  const text = await answer.text();
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
  expect(text).toMatch(/END:VEVENT\r\nEND:VCALENDAR\r\n$/);
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  expect(entryOf(text)).toMatchObject({
    UID: `${ITEM}-opening@127.0.0.1`,
    DTSTART: "20990101T120000Z",
    DTEND: "20990101T121500Z",
    SUMMARY: "Drop goes on sale",
    URL: `${shop.url}/items/${ITEM}`,
  });
  const german = entryOf(await (await get(ITEM, "de")).text());
  expect(german.SUMMARY).toContain("Drop");
  expect(german.SUMMARY).not.toBe("Drop goes on sale");
});

test("moved, it is the same entry, of a later sequence, at the new time", async () => {
  const before = entryOf(await (await get(ITEM)).text());
  await change({ opensAt: new Date("2098-06-30T22:30:00Z") });
  const after = entryOf(await calendarWith(({ DTSTART }) => DTSTART !== before.DTSTART));
  expect(after).toMatchObject({ UID: before.UID, DTSTART: "20980630T223000Z" });
  expect(Number(after.SEQUENCE)).toBeGreaterThan(Number(before.SEQUENCE));
});

test("whatever is in a name comes out of it as it was, in lines of at most 75 bytes", async () => {
  const name = `Füchse, Hasen; "Igel": 9\\n 🦊👩‍👩‍👧‍👦 ${"schönes Wort, ".repeat(8)}Ende`;
  await change({ name });
  const text = await calendarWith(({ SUMMARY }) => SUMMARY?.includes("Igel") ?? false);
  expect(entryOf(text).SUMMARY).toBe(`${name} goes on sale`);
  const lines = text.split("\r\n");
  expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
  // The control: it was long enough to be folded, and no character was cut through.
  expect(lines.filter((line) => line.startsWith(" ")).length).toBeGreaterThan(1);
  expect(text).not.toContain("\uFFFD");
});

test("there is none of an item without an opening, of a draft, and of what is no item", async () => {
  const found = await Promise.all(
    ["moon-moth", "drafted", "unheard-of", "Not%20an%20id"].map(async (itemId) => (await get(itemId)).status),
  );
  expect(found).toEqual([404, 404, 404, 404]);
});
