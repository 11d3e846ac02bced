/** A draft is seen by operators alone; published, it is everywhere; archived, it is sold no more, and what was sold stays. */
import { randomUUID } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

let shop: Shop;
let other: Shop;
let ann: Operator;
let bob: Operator;
beforeAll(async () => {
  [shop, other] = await Promise.all([
    startShop({ OPERATOR_PASSWORD: PASSWORD }),
    startShop({ OPERATOR_PASSWORD: PASSWORD }),
  ]);
  [ann, bob] = await Promise.all([Operator.signIn(shop.url), Operator.signIn(other.url, "Bob")]);
});
afterAll(async () => {
  await Promise.all([shop.stop(), other.stop()]);
  expect((await audit()).findings).toEqual([]);
});

const MOTH = {
  ...{ name: "Draft Moth", picturePath: "/items/moon-moth.svg", pictureAlt: "A moth.", quantity: "3" },
  ...{ "price.amount": "9.00", "price.currency": "EUR", maxPerOrder: "1" },
};

async function putUp(id: string, status: string): Promise<void> {
  const put = await ann.send("/operator/items/new", { ...MOTH, id, status, key: randomUUID() });
  expect(put.status).toBe(303);
}
const page = (id: string) => `/operator/items/${id}`;
const press = async (id: string, form: string) => (await ann.press(`${page(id)}?do=${form}`, {})).status;
const save = (id: string, fields: Record<string, string>) => ann.send(page(id), fields);
const publish = async (id: string, who = ann) =>
  (await who.send(page(id), { ...(await who.hiddenFields(page(id), "data-item")), status: "published" })).status;
const shownBy = (id: string) => ann.hiddenFields(page(id), 'data-stock="delete"');
const drop = async (id: string, seen?: Record<string, string>) =>
  (await ann.press(`${page(id)}?do=delete`, seen ?? (await shownBy(id)))).status;
const buy = async (id: string) => (await new Visitor(shop.url).buyByJson(id, randomUUID())).status;
const acts = async (itemId: string) =>
  (await db.act.findMany({ where: { itemId }, orderBy: { id: "asc" } })).map(({ what }) => what);

/** Where visitors could find it, on both instances. */
async function found(id: string): Promise<string[]> {
  const places: string[] = [];
  for (const { url } of [shop, other]) {
    const look = async (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
    if ((await look(`/items/${id}`)).status !== 404) places.push("page");
    for (const headers of [{}, { "Cache-Control": "no-cache" }] as Record<string, string>[]) {
      if ((await look(`/api/items/${id}`, headers)).status !== 404) places.push("api");
      if ((await (await look("/api/items", headers)).text()).includes(`"${id}"`)) places.push("list");
    }
    if ((await (await look("/")).text()).includes(`/items/${id}`)) places.push("window");
    if ((await firstOfStream(url)).includes(`"${id}"`)) places.push("stream");
  }
  return [...new Set(places)].sort();
}

/** The snapshot of everything. */
async function firstOfStream(url: string): Promise<string> {
  const stop = new AbortController();
  const stream = await fetch(`${url}/live`, { headers: { Accept: "text/event-stream" }, signal: stop.signal });
  let text = "";
  const reader = stream.body?.getReader();
  while (reader && !text.includes("event: ping")) text += new TextDecoder().decode((await reader.read()).value);
  stop.abort();
  return text;
}

const EVERYWHERE = ["api", "list", "page", "stream", "window"];

test("a draft is nowhere and cannot be bought; published it is everywhere, and archived it has its page alone", async () => {
  await putUp("draft-moth", "draft");
  expect(await (await ann.fetch("/operator/items")).text()).toContain("Draft Moth");
  expect([await found("draft-moth"), await buy("draft-moth")]).toEqual([[], 404]);
  const seen = await ann.hiddenFields(page("draft-moth"), "data-item");
  expect(
    (
      await save("draft-moth", {
        ...seen,
        quantity: "2",
        "price.amount": "8",
        "price.currency": "EUR",
        status: "draft",
      })
    ).status,
  ).toBe(303);
  // Long enough for a look at the rows, which would find it.
  await new Visitor(shop.url).reset("moon-moth");
  expect(await found("draft-moth")).toEqual([]);

  expect(await publish("draft-moth")).toBe(303);
  await until(async () => (await found("draft-moth")).join() === EVERYWHERE.join());
  expect(await (await fetch(`${other.url}/api/items/draft-moth`)).json()).toMatchObject({
    ...{ quantity: 2, price: { amount: 800 }, state: "available", run: 1, version: 1 },
  });
  expect(await buy("draft-moth")).toBe(201);

  expect(await press("draft-moth", "archive")).toBe(303);
  await until(async () => (await found("draft-moth")).join() === "api,page,stream");
  expect(await (await fetch(`${other.url}/api/items/draft-moth`)).json()).toMatchObject({
    archived: true,
    state: "paused",
  });
  expect(await buy("draft-moth")).toBe(409);
  expect(await press("draft-moth", "restore")).toBe(303);
  await until(async () => (await found("draft-moth")).join() === EVERYWHERE.join());
  expect(await buy("draft-moth")).toBe(201);
  expect(await acts("draft-moth")).toEqual([
    ...["draft_added", "draft_changed", "item_published", "item_changed", "item_changed"],
  ]);
});

test("what is archived while a buyer is at the till sells nothing, and opens at no time", async () => {
  await putUp("late-moth", "published");
  await db.$executeRaw`UPDATE items SET status = 'archived', opens_at = now() + interval '1 hour' WHERE id = 'late-moth'`;
  const answer = await new Visitor(shop.url).buyByJson("late-moth", randomUUID());
  expect([answer.status, await answer.json()]).toEqual([
    409,
    expect.objectContaining({ type: expect.stringContaining("paused") as string }),
  ]);
});

test("a draft that somebody else has changed is not deleted by a page that shows what it was", async () => {
  await putUp("worked-moth", "draft");
  const seen = await shownBy("worked-moth");
  expect((await save("worked-moth", { ...seen, name: "Half a day of work" })).status).toBe(303);
  const asked = await ann.press(`${page("worked-moth")}?do=delete`, seen);
  expect([asked.status, await asked.text()]).toEqual([409, expect.stringContaining("has changed this draft")]);
  expect(await drop("worked-moth", {})).toBe(409);
  expect(await drop("worked-moth")).toBe(303);
  expect(await acts("worked-moth")).toEqual(["draft_added", "draft_changed", "draft_deleted"]);
});

test("a draft can be deleted, and what was published cannot", async () => {
  await putUp("gone-moth", "draft");
  expect(await drop("gone-moth")).toBe(303);
  expect(await db.item.count({ where: { id: "gone-moth" } })).toBe(0);
  expect(await acts("gone-moth")).toEqual(["draft_added", "draft_deleted"]);
  await putUp("kept-moth", "draft");
  const seen = await shownBy("kept-moth");
  expect(await Promise.all([publish("kept-moth"), publish("kept-moth", bob)])).toEqual([303, 303]);
  expect(await drop("kept-moth", seen)).toBe(404);
  expect(await db.stock.findUnique({ where: { itemId: "kept-moth" } })).toMatchObject({ available: 3, version: 1 });
  await expect(db.$executeRaw`DELETE FROM items WHERE id = 'kept-moth'`).rejects.toThrow();
  await expect(db.$executeRaw`UPDATE items SET status = 'draft' WHERE id = 'kept-moth'`).rejects.toThrow(
    "never a draft",
  );
});

test("a draft is published by its form alone, which says what of it was seen", async () => {
  await putUp("shy-moth", "draft");
  const answers = await Promise.all(["restore", "archive", "publish"].map((form) => press("shy-moth", form)));
  expect(answers.every((status) => status >= 400)).toBe(true);
  expect([await found("shy-moth"), await acts("shy-moth")]).toEqual([[], ["draft_added"]]);
});

test("what is archived is not sold again by a press that was meant for its draft", async () => {
  await putUp("old-moth", "draft");
  const seen = await ann.hiddenFields(page("old-moth"), "data-item");
  expect(await publish("old-moth", bob)).toBe(303);
  expect(await press("old-moth", "archive")).toBe(303);
  expect((await save("old-moth", { ...seen, status: "published" })).status).toBe(409);
  expect(await db.item.findUnique({ where: { id: "old-moth" } })).toMatchObject({ status: "archived" });
});

test("a draft that somebody else has changed or published meanwhile is asked about as any item", async () => {
  await putUp("two-moth", "draft");
  const seen = await ann.hiddenFields(page("two-moth"), "data-item");
  expect((await save("two-moth", { ...seen, name: "First Moth" })).status).toBe(303);
  expect((await save("two-moth", { ...seen, name: "Second Moth" })).status).toBe(409);
  const again = await ann.hiddenFields(page("two-moth"), "data-item");
  expect((await save("two-moth", { ...again, tagline: "Now", status: "published" })).status).toBe(303);
  const late = await save("two-moth", { ...again, name: "Third Moth", quantity: "5", status: "draft" });
  const [, both = ""] = /data-message="moved_on"([^]*?)<\/table>/.exec(await late.text()) ?? [];
  expect([late.status, [...both.matchAll(/data-both="(\w+)"/g)].map(([, field]) => field)]).toEqual([
    409,
    ["name", "quantity", "status"],
  ]);
  // And its quantity is counted from now on.
  const now = await ann.hiddenFields(page("two-moth"), "data-item");
  expect((await save("two-moth", { ...now, quantity: "9" })).status).toBe(400);
});

test("a copy begins with what the item says, as another item", async () => {
  const form = await (await ann.fetch("/operator/items/new?copy=paper-garden")).text();
  for (const text of ["Paper Garden", "Two hundred and six cuts", 'value="79.00"']) expect(form).toContain(text);
  expect(form).toMatch(/name="id"[^>]*value=""|name="id"(?![^>]*value)/);
});

test("a copy opens and closes as the item does, but at no moment that is over", async () => {
  const field = (form: string, name: string) =>
    new RegExp(`<input(?=[^>]*name="${name}")[^>]*value="([^"]*)"`).exec(form)?.[1] ?? "";
  const copied = async (opensAt: Date, closesAt: Date) => {
    await db.item.update({ where: { id: "paper-garden" }, data: { opensAt, closesAt } });
    const form = await (await ann.fetch("/operator/items/new?copy=paper-garden")).text();
    return [field(form, "opensAt"), field(form, "closesAt")];
  };
  const [past, before, ahead] = ["2001-01-01T12:00:00Z", "2001-02-01T12:00:00Z", "2999-01-01T12:00:00Z"].map(
    (moment) => new Date(moment),
  ) as [Date, Date, Date];
  expect(await copied(past, before)).toEqual(["", ""]);
  expect(await copied(past, ahead)).toEqual(["", "2999-01-01T12:00"]);
  await db.item.update({ where: { id: "paper-garden" }, data: { closesAt: null } });
});

test("a copy has all pictures of the item that is copied, and keeps them when that is gone", async () => {
  await putUp("shown-moth", "draft");
  const bytes = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#c63" } })
    .png()
    .toBuffer();
  const picture = new Blob([Uint8Array.from(bytes)]);
  expect((await ann.send(`${page("shown-moth")}/pictures`, { picture, alt: "From behind" })).status).toBe(303);
  const copy = "/operator/items/new?copy=shown-moth";
  const form = await (await ann.fetch(copy)).text();
  expect([form, /<form[^>]*data-item[^>]*>/.exec(form)?.[0]]).toEqual([
    expect.stringContaining("The other picture of the item that is copied comes along."),
    expect.stringContaining(`action="${copy}"`),
  ]);
  const put = await ann.send(copy, { ...MOTH, id: "copied-moth", status: "published", key: randomUUID() });
  expect(put.status).toBe(303);
  expect(await drop("shown-moth")).toBe(303);
  const { pictures } = await db.item.findUniqueOrThrow({ where: { id: "copied-moth" } });
  expect(pictures).toMatchObject([{ path: MOTH.picturePath }, { alt: "From behind", made: { width: 60 } }]);
  await until(async () => (await (await fetch(`${shop.url}/items/copied-moth`)).text()).includes("From behind"));
});
