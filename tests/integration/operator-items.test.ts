/** An operator puts items up and changes them by forms, and nothing of what is entered is lost. */
import { randomUUID } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

let shop: Shop;
let ann: Operator;
let bob: Operator;
beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD });
  [ann, bob] = await Promise.all([Operator.signIn(shop.url), Operator.signIn(shop.url, "Bob")]);
});
afterAll(() => shop.stop());

const MOTH = {
  name: "Hawk Moth",
  tagline: "Foil card",
  story: "Line one.\r\nLine two.",
  picturePath: "/items/moon-moth.svg",
  pictureAlt: "A moth.",
  "price.amount": "42,00",
  "price.currency": "EUR",
  quantity: "3",
  maxPerOrder: "2",
  limitPerBuyer: "",
  payment: "none",
  holdSeconds: "600",
  opensAt: "2027-01-31T19:00",
  zone: "Europe/Berlin",
  position: "",
};

const get = async (path: string) => (await fetch(shop.url + path)).json() as Promise<Record<string, unknown>>;
const acts = (itemId: string) => db.act.findMany({ where: { itemId }, orderBy: { id: "asc" } });

/** Puts a moth up under this id. */
async function putUp(id: string, more: Partial<typeof MOTH> = {}): Promise<void> {
  const put = await ann.send("/operator/items/new", { ...MOTH, ...more, id, key: randomUUID() });
  expect([put.status, put.headers.get("location")]).toEqual([303, `/operator/items/${id}?saved`]);
}

const formOf = (id: string, who = ann) => who.hiddenFields(`/operator/items/${id}`, "data-item");
const save = (id: string, fields: Record<string, string>, who = ann) => who.send(`/operator/items/${id}`, fields);

test("what is put up is in the shop at once, as it was written, and who did it is written down", async () => {
  await putUp("hawk-moth");
  await until(async () => (await fetch(`${shop.url}/items/hawk-moth`)).status === 200);
  expect(await get("/api/items/hawk-moth")).toMatchObject({
    name: "Hawk Moth",
    price: { amount: 4_200, currency: "EUR" },
    opensAt: "2027-01-31T18:00:00.000Z",
    state: "not_open",
    ...{ quantity: 3, maxPerOrder: 2, limitPerBuyer: null },
  });
  expect(await db.item.findUnique({ where: { id: "hawk-moth" } })).toMatchObject({ story: "Line one.\nLine two." });
  const { position } = await db.item.findUniqueOrThrow({ where: { id: "hawk-moth" } });
  expect(await acts("hawk-moth")).toMatchObject([{ who: "Ann", what: "item_added", after: { position } }]);
  const list = await (await ann.fetch("/operator/items")).text();
  for (const text of ["Hawk Moth", "€42.00", "18:00 UTC"]) expect(list).toContain(text);
});

test("without an id it is made from the name; a doubled press puts up one, another press another", async () => {
  const form = { ...MOTH, name: "Nachtfalter Größe 3", key: randomUUID() };
  // From two browsers, since one sends one form with files after the other.
  const doubled = await Promise.all([ann, bob].map((who) => who.send("/operator/items/new", form)));
  doubled.push(await ann.send("/operator/items/new", form));
  const places = new Set(doubled.map((answer) => answer.headers.get("location")));
  expect([...places]).toEqual(["/operator/items/nachtfalter-grosse-3?saved"]);
  const other = await ann.send("/operator/items/new", { ...form, key: randomUUID() });
  expect(other.headers.get("location")).toBe("/operator/items/nachtfalter-grosse-3-2?saved");
  expect(await db.item.count({ where: { name: form.name } })).toBe(2);
});

test("a form that has put an item up, and whose answer was lost, puts up no other one and loses nothing that was entered since", async () => {
  const form = { ...MOTH, id: "lost-moth", key: randomUUID() };
  expect((await ann.send("/operator/items/new", { ...form, status: "draft" })).status).toBe(303);
  for (const since of [{ name: "Found Moth" }, { status: "published" }]) {
    const again = await ann.send("/operator/items/new", { ...form, status: "draft", ...since });
    const html = await again.text();
    expect([again.status, html]).toEqual([400, expect.stringContaining("This form has put up lost-moth already")]);
    expect(html).toContain(since.name ?? MOTH.name);
  }
  expect(await acts("lost-moth")).toHaveLength(1);
});

test("mistakes are told beside their fields, all at once, and what was entered stays", async () => {
  const answer = await ann.send("/operator/items/new", {
    ...{ ...MOTH, id: "no-moth", key: randomUUID() },
    ...{ "price.amount": "1.234,00", quantity: "some", picturePath: "/items/none.svg", opensAt: "2027-03-28T02:30" },
    tagline: `"quoted" & kept`,
  });
  const html = await answer.text();
  expect(answer.status).toBe(400);
  for (const says of [
    "The price must be an amount such as 42.00.",
    "The quantity must be a whole number.",
    "This time does not come in Europe/Berlin, since the clocks are put forward over it. 2027-03-28 03:30 does.",
  ])
    expect(html).toContain(says);
  expect(html).toContain(`value="1.234,00"`);
  expect(html).toContain("&quot;quoted&quot; &amp; kept");
  expect(await db.item.count({ where: { id: "no-moth" } })).toBe(0);
});

test.each([
  [{ picturePath: "/items/none.svg" }, "The picture is not a file in public/."],
  [{ picturePath: "" }, "The picture is missing."],
  [{ zone: "Europe/Nowhere" }, "The zone is not a time zone such as Europe/Berlin."],
  [{ id: "moon-moth" }, "The address is another item’s already."],
  [{ "price.amount": "0.10", payment: "card" }, "The price is less than €0.50"],
])("%j is refused: %s", async (wrong, says) => {
  const answer = await ann.send("/operator/items/new", { ...MOTH, id: "no-moth", key: randomUUID(), ...wrong });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(says)]);
});

test("of an hour that comes twice it is asked which one is meant", async () => {
  const form = { ...MOTH, id: "twice-moth", key: randomUUID(), opensAt: "2027-10-31T02:30" };
  const asked = await ann.send("/operator/items/new", form);
  const html = await asked.text();
  expect(asked.status).toBe(400);
  expect(html).toContain("This time comes twice in Europe/Berlin");
  expect(html.match(/name="which"[^>]*value="(earlier|later)"/g)).toHaveLength(2);
  expect((await ann.send("/operator/items/new", { ...form, which: "later" })).status).toBe(303);
  const item = await db.item.findUniqueOrThrow({ where: { id: "twice-moth" } });
  expect(item.opensAt?.toISOString()).toBe("2027-10-31T01:30:00.000Z");
});

test("a closing is entered beside the opening, in the same zone, and is after it whichever of the two is moved", async () => {
  const form = { ...MOTH, id: "closing-moth", key: randomUUID(), closesAt: "2027-10-31T02:30" };
  const asked = await ann.send("/operator/items/new", form);
  const html = await asked.text();
  expect([asked.status, html]).toEqual([400, expect.stringContaining("The closing comes twice in Europe/Berlin")]);
  expect(html.match(/name="whichClosing"[^>]*value="(earlier|later)"/g)).toHaveLength(2);
  expect(html).not.toContain('name="which"');
  expect((await ann.send("/operator/items/new", { ...form, whichClosing: "earlier" })).status).toBe(303);
  const moments = async () => {
    const { opensAt, closesAt } = await db.item.findUniqueOrThrow({ where: { id: "closing-moth" } });
    return [opensAt?.toISOString(), closesAt?.toISOString()];
  };
  expect(await moments()).toEqual(["2027-01-31T18:00:00.000Z", "2027-10-31T00:30:00.000Z"]);

  const late = { opensAt: "2027-10-31T02:30", which: "earlier", zone: "Europe/Berlin" };
  const refused = await save("closing-moth", { ...(await formOf("closing-moth")), ...late });
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining("The closing must be after the opening."),
  ]);
  expect((await save("closing-moth", { ...(await formOf("closing-moth")), closesAt: "", zone: "UTC" })).status).toBe(
    303,
  );
  expect(await moments()).toEqual(["2027-01-31T18:00:00.000Z", undefined]);
});

test("a change is seen at once; fields that are not sent stay; the act has only what changed", async () => {
  await putUp("changed-moth");
  const hidden = await formOf("changed-moth");
  const saved = await save("changed-moth", { ...MOTH, ...hidden, quantity: "", "price.amount": "50", opensAt: "" });
  expect(saved.status).toBe(303);
  await until(async () => (await get("/api/items/changed-moth")).state === "available");
  expect((await acts("changed-moth")).at(-1)).toMatchObject({
    ...{ who: "Ann", what: "item_changed" },
    before: { price: { amount: 4_200, currency: "EUR" }, opensAt: "2027-01-31T18:00:00.000Z" },
    after: { price: { amount: 5_000, currency: "EUR" }, opensAt: null },
  });
  const few = await save("changed-moth", { ...(await formOf("changed-moth")), name: "Another Moth" });
  expect(few.status).toBe(303);
  expect(await db.item.findUnique({ where: { id: "changed-moth" } })).toMatchObject({
    ...{ name: "Another Moth", priceAmount: 5_000, story: "Line one.\nLine two." },
  });
});

test("of two who change one item, the second is asked, and loses nothing that was entered", async () => {
  await putUp("wanted-moth");
  const [ofAnn, ofBob] = [await formOf("wanted-moth"), await formOf("wanted-moth", bob)];
  expect((await save("wanted-moth", { ...ofAnn, name: "Ann’s Moth" })).status).toBe(303);
  const asked = await save("wanted-moth", { ...ofBob, name: "Bob’s Moth", tagline: "Bob was here" }, bob);
  expect(asked.status).toBe(409);
  const html = await asked.text();
  const [, both = ""] = /data-message="moved_on"([^]*?)<\/table>/.exec(html) ?? [];
  for (const text of ["Ann’s Moth", "Bob’s Moth", "Foil card", "Bob was here"]) expect(both).toContain(text);
  // What they agree about is not in question.
  expect(both).not.toContain("The price");
  expect(await db.item.findUnique({ where: { id: "wanted-moth" } })).toMatchObject({ name: "Ann’s Moth" });
  // Having seen both, Bob may still want his.
  const form = /<form[^>]*data-item[^]*?<\/form>/.exec(html)?.[0] ?? "";
  const edition = /name="edition" value="(\d+)"/.exec(form)?.[1] ?? "";
  expect((await save("wanted-moth", { edition, name: "Bob’s Moth" }, bob)).status).toBe(303);
});

test("as the second’s are told the fields alone that they have touched", async () => {
  await putUp("touched-moth", { opensAt: "" });
  const hidden = await formOf("touched-moth");
  const theirs = { name: "Ann’s Moth", story: "Ann’s story", opensAt: "2027-01-31T19:00", zone: "UTC" };
  expect((await save("touched-moth", { ...hidden, ...theirs })).status).toBe(303);
  // A zone beside no time is looked at by nobody: then theirs is shown in the shop's own.
  const whole = { ...MOTH, ...hidden, opensAt: "", zone: "Nowhere", "price.amount": "42" };
  const asked = await save("touched-moth", { ...whole, name: "Bob’s Moth", maxPerOrder: "3" }, bob);
  const html = await asked.text();
  const rows = [...html.matchAll(/<tr data-both="([^"]+)"[^]*?<\/tr>/g)].map(([row, field = ""]) => [
    field,
    [...row.matchAll(/<\/span>(.*?)<\/td>/g)].map(([, version = ""]) => version.replaceAll(/<[^>]+>/g, "")),
  ]);
  expect([asked.status, Object.fromEntries(rows)]).toEqual([
    409,
    {
      name: ["Ann’s Moth", "Bob’s Moth"],
      story: ["Ann’s story", "not touched"],
      maxPerOrder: ["2", "3"],
      opensAt: ["2027-01-31T19:00", "not touched"],
    },
  ]);
});

test.each([undefined, "", "1e1", "-1"])(
  "a form of which the edition is %j saves nothing, and loses nothing",
  async (said) => {
    const id = `blind-moth-${randomUUID()}`;
    const edition = said === undefined ? {} : { edition: said };
    await putUp(id);
    const asked = await save(id, { ...edition, name: "Blind Moth", tagline: "As entered" });
    const html = await asked.text();
    expect([asked.status, html]).toEqual([409, expect.stringContaining("did not say from which version")]);
    expect(await db.item.findUnique({ where: { id } })).toMatchObject({ name: "Hawk Moth", tagline: "Foil card" });
    const form = /<form[^>]*data-item[^]*?<\/form>/.exec(html)?.[0] ?? "";
    for (const text of ['value="Blind Moth"', 'value="As entered"']) expect(form).toContain(text);
    // Having seen both, it is saved.
    const now = /name="edition" value="(\d+)"/.exec(form)?.[1] ?? "";
    expect((await save(id, { edition: now, name: "Blind Moth", tagline: "As entered" })).status).toBe(303);
  },
);

test("a form that is sent twice is saved once, and asks nobody", async () => {
  await putUp("twin-moth");
  const form = { ...(await formOf("twin-moth")), name: "Twin Moth" };
  const answers = await Promise.all([save("twin-moth", form), save("twin-moth", form, bob)]);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect((await acts("twin-moth")).filter(({ what }) => what === "item_changed")).toHaveLength(1);
});

test("a picture comes with the form, stays through a mistake elsewhere, and takes the place of the one before", async () => {
  const photo = async (color: string) =>
    new Blob([
      await sharp({ create: { width: 900, height: 600, channels: 3, background: color } })
        .png()
        .toBuffer(),
    ]);
  const form = { ...MOTH, id: "photo-moth", key: randomUUID(), picturePath: "" };
  const refused = await ann.send("/operator/items/new", { ...form, picture: await photo("red"), quantity: "" });
  const html = await refused.text();
  expect(refused.status).toBe(400);
  const [, kept = ""] = /name="made" value="([^"]+)"/.exec(html) ?? [];
  const [, picturePath = ""] = /name="picturePath"[^>]*value="([^"]+)"/.exec(html) ?? [];
  expect(picturePath).toMatch(/^\/pictures\/[0-9a-f]{64}-\d+\.webp$/);
  const made = kept.replaceAll("&quot;", '"');
  expect((await ann.send("/operator/items/new", { ...form, picturePath, made })).status).toBe(303);
  const item = await db.item.findUniqueOrThrow({ where: { id: "photo-moth" } });
  expect(item).toMatchObject({
    picture: picturePath,
    pictures: [{ path: picturePath, made: { width: 900, height: 600 } }],
  });
  expect((await fetch(shop.url + picturePath)).status).toBe(200);

  const hidden = await formOf("photo-moth");
  expect((await ann.send("/operator/items/photo-moth", { ...hidden, picture: await photo("blue") })).status).toBe(303);
  const other = await db.item.findUniqueOrThrow({ where: { id: "photo-moth" } });
  expect(other.picture).not.toBe(picturePath);
  expect(other.pictures).toMatchObject([{ path: other.picture, alt: "A moth." }]);

  const text = await ann.send("/operator/items/photo-moth", { ...hidden, picture: new Blob(["no picture"]) });
  expect([text.status, await text.text()]).toEqual([400, expect.stringContaining("Send PNG, JPEG, WebP or AVIF.")]);
  // Nobody shows what the shop does not have.
  const gone = await ann.send("/operator/items/photo-moth", {
    ...(await formOf("photo-moth")),
    picturePath: `/pictures/${"0".repeat(64)}-960.webp`,
  });
  const marked = [...(await gone.text()).matchAll(/data-error="([^"]+)"/g)].map(([, field]) => field);
  expect([gone.status, marked]).toEqual([400, ["picture"]]);
});

test("a pause or a hold of a buyer meanwhile is no reason to ask", async () => {
  await putUp("paused-moth");
  const form = await formOf("paused-moth");
  await db.$executeRaw`UPDATE items SET paused = true WHERE id = 'paused-moth'`;
  expect((await save("paused-moth", { ...form, name: "Paused Moth" })).status).toBe(303);
});

test("a story is looked at before it is saved, and then shown as it was meant", async () => {
  const story = "Made **by hand**.\nTwice.\n\n<script>alert(1)</script> ![x](https://elsewhere.example/x.png)";
  const looked = await ann.send("/operator/items/new", { ...MOTH, name: "", story, preview: "story" });
  const html = await looked.text();
  expect([looked.status, html]).toEqual([200, expect.stringContaining("Made <strong>by hand</strong>.<br>")]);
  expect(html).not.toContain('data-message="mistakes"');
  await putUp("told-moth", { story });
  await until(async () => (await fetch(`${shop.url}/items/told-moth`)).status === 200);
  const page = await (await fetch(`${shop.url}/items/told-moth`)).text();
  expect(page).toContain("<p>Made <strong>by hand</strong>.<br>\nTwice.</p>");
  expect(page).not.toContain("<script>alert(1)");
  expect(page).not.toContain('src="https://elsewhere');
});

test("openings, closings, limits and prices that are moved after an item is published are told on its page, and nothing else", async () => {
  const page = async () => (await fetch(`${shop.url}/items/moved-moth`)).text();
  const put = { ...MOTH, id: "moved-moth", key: randomUUID(), status: "draft" };
  expect((await ann.send("/operator/items/new", put)).status).toBe(303);
  const change = async (fields: Record<string, string>) => {
    const saved = await save("moved-moth", { ...(await formOf("moved-moth")), ...fields });
    expect(saved.status).toBe(303);
  };
  await change({ "price.amount": "41", "price.currency": "EUR", status: "published" });
  await until(async () => (await page()).includes("Hawk Moth"));
  expect(await page()).not.toContain("data-changes");
  await change({ name: "Moved Moth", "price.amount": "43", "price.currency": "EUR", limitPerBuyer: "2" });
  await change({ opensAt: "2027-02-01T19:00", zone: "Europe/Berlin" });
  await change({ closesAt: "2027-02-02T19:00:59", zone: "Europe/Berlin" });
  await until(async () => (await page()).includes("Closing moved"));
  const [, told = ""] = /data-changes="true">([^]*?)<\/section>/.exec(await page()) ?? [];
  const text = told.replaceAll(/<!-- -->|<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  expect(text).toContain("Opening moved from 31 January 2027 at 18:00 UTC to 1 February 2027 at 18:00 UTC on");
  expect(text).toContain("Price changed from €41.00 to €43.00 on");
  expect(text).toContain("Limit for one buyer changed from none to 2 on");
  expect(text).toContain("Closing moved from no time to 2 February 2027 at 18:00 UTC on");
  expect(text.match(/changed from|moved from/g)).toHaveLength(4);
});

test("without a session nobody sees or changes anything", async () => {
  for (const path of ["/operator/items", "/operator/items/new", "/operator/items/moon-moth"]) {
    const led = await fetch(shop.url + path, { redirect: "manual" });
    expect([path, led.status]).toEqual([path, 302]);
    if (path === "/operator/items") continue;
    const body = new URLSearchParams({ ...MOTH, name: "Stolen Moth" });
    const sent = await fetch(shop.url + path, { method: "POST", body, redirect: "manual" });
    expect([path, sent.status, sent.headers.get("location")]).toEqual([path, 302, "/operator/sign-in"]);
  }
  expect(await db.item.count({ where: { name: "Stolen Moth" } })).toBe(0);
});
