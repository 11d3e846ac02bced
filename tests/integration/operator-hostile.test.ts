/** Two operators at once, keys that wander, and texts that nobody would write: each is answered in words, and nothing is done twice. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listRefunds } from "#app/checkout/refunds.server.ts";
import { db } from "#app/db.server.ts";
import { insertAct } from "#app/shop/acts.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { changeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, Visitor } from "#harness/shop.ts";
import { holding, ITEM, onSale, paid } from "../setup/checkout.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

/** Of which no money is taken. */
const FREE = "clay-whistle";

let shop: Shop;
let ann: Operator;
let bob: Operator;
beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD });
  [ann, bob] = await Promise.all([Operator.signIn(shop.url), Operator.signIn(shop.url, "Bob")]);
  await onSale(20);
  await db.$transaction((tx) => changeItem(tx, { id: FREE, payment: "none", ships: true }));
});
afterAll(async () => {
  expect(shop.output()).not.toContain('"event":"broken"');
  await shop.stop();
  expect((await audit()).findings).toEqual([]);
});

const pageOf = (orderId: string) => `/operator/orders/${orderId}`;
const actsOf = (orderId: string) => db.act.findMany({ where: { orderId }, orderBy: { id: "asc" } });
const told = (answer: Response) => [answer.status, new URL(answer.headers.get("location") ?? "/", shop.url).search];

/** Sold, and not paid for. */
async function freeOrder(): Promise<string> {
  const answer = await new Visitor(shop.url).buyByJson(FREE, randomUUID());
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { order: { id: string } }).order.id;
}

test("of two who refund one order at once, one is asked whether it is to be another", async () => {
  const { hold } = await paid(shop, 2);
  const refund = (who: Operator, more = {}) =>
    who.press(pageOf(hold.id), { step: "refund", amount: "10", goods: "kept", key: randomUUID(), ...more });
  const answers = await Promise.all([refund(ann), refund(bob)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  expect(await listRefunds(hold.id)).toHaveLength(1);
  expect(told(await refund(bob, { again: "1" }))).toEqual([303, "?said=asked"]);
  const page = await (await ann.fetch(pageOf(hold.id))).text();
  expect(page).toContain("At most €64.00");
});

test("a form's key is its own: what it has refunded is not taken for a cancellation", async () => {
  const { hold } = await paid(shop, 2);
  const [refund, cancel] = await Promise.all(
    ["refund", "cancel"].map((step) => ann.hiddenFields(pageOf(hold.id), `data-step="${step}"`)),
  );
  expect(refund?.key).not.toBe(cancel?.key);
  const asked = await ann.press(pageOf(hold.id), { ...refund, amount: "10", goods: "back", units: "1" });
  expect(told(asked)).toEqual([303, "?said=asked"]);
  expect(told(await ann.press(pageOf(hold.id), { ...cancel }))).toEqual([303, "?said=asked"]);
  expect((await listRefunds(hold.id)).map(({ amount, units }) => [amount, units])).toEqual([
    [1_000, 1],
    [7_400, 1],
  ]);
});

test("an order that is sent and cancelled at once is one of the two, and a doubled press writes one act", async () => {
  const orderId = await freeOrder();
  const send = { step: "send", tracking: "https://parcels.example/1" };
  const answers = await Promise.all([
    ...[ann, bob].map((who) => who.press(pageOf(orderId), { step: "cancel", key: randomUUID() })),
    ...[ann, bob].map((who) => who.press(pageOf(orderId), send)),
  ]);
  const verbs = (await actsOf(orderId)).map(({ what }) => what);
  expect(["order_cancelled", "order_sent"]).toEqual(expect.arrayContaining(verbs));
  expect(verbs).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
});

test("of two who write a note at once, the second is asked, and neither note is lost", async () => {
  const orderId = await freeOrder();
  const form = await ann.hiddenFields(pageOf(orderId), 'data-step="note"');
  const notes = ["Rings at the back door", "Wants it wrapped"];
  const answers = await Promise.all(
    [ann, bob].map((who, nth) => who.press(pageOf(orderId), { ...form, note: notes[nth] ?? "" })),
  );
  const asked = answers.find(({ status }) => status === 409);
  const html = await asked?.text();
  for (const note of notes) expect(html).toContain(note);
  expect(await actsOf(orderId)).toMatchObject([{ what: "order_noted" }]);
});

test.each([
  ["note", "a\0b", "nobody can see"],
  ["note", `${"a".repeat(1_999)}😀b`, "2,001 characters"],
  ["tracking", "javascript:alert(1)", "begins with https://"],
  ["tracking", `https://parcels.example/${"ä".repeat(100)}`, "at most 500 characters"],
  ["tracking", "https://parcels.example@evil.example/", "begins with https://"],
])("a %s such as %j is refused beside its field, and kept in the form", async (field, text, says) => {
  const orderId = await freeOrder();
  const step = field === "note" ? "note" : "send";
  const answer = await ann.press(pageOf(orderId), { step, [field]: text });
  const html = await answer.text();
  const error = new RegExp(`data-error="${field}"[^>]*>([^<]*)`).exec(html)?.[1];
  expect([answer.status, error]).toEqual([400, expect.stringContaining(says)]);
  expect(html).toContain(text.slice(-20).replace("\0", ""));
  expect(await actsOf(orderId)).toEqual([]);
});

test("two thousand characters of a note are kept, line breaks as one each", async () => {
  const orderId = await freeOrder();
  const note = `${"line\r\n".repeat(300)}${"😀".repeat(500)}`;
  expect(told(await ann.press(pageOf(orderId), { step: "note", note }))).toEqual([303, "?said=noted"]);
  expect(await db.orderRemark.findUnique({ where: { orderId } })).toMatchObject({
    note: note.replaceAll("\r\n", "\n"),
  });
});

test.each(["0x1", "1e0", "-1", "1.5"])("%s is no number of units", async (units) => {
  const { hold } = await paid(shop, 2);
  const answer = await ann.press(pageOf(hold.id), { step: "refund", amount: "1", goods: "back", units });
  expect([answer.status, await listRefunds(hold.id)]).toEqual([400, []]);
});

test("a list is asked for by any address, and answers", async () => {
  for (const query of [
    `after=0000-01-01T00:00:00.000Z_${randomUUID()}`,
    "after=2026-13-41T00:00:00.000Z_x",
    "q=%25_%5C%00%ED%A0%80&state=__proto__",
  ])
    expect([query, (await ann.fetch(`/operator/orders?${query}`)).status]).toEqual([query, 200]);
});

test.each(["/operator/..//evil.example", "/operator/%2e%2e/x", "/operator/☃", "/operator?x=\r\nSet-Cookie: a=b"])(
  "signing in leads to no address such as %j, and keeps its session",
  async (to) => {
    const answer = await fetch(`${shop.url}/operator/sign-in`, {
      ...{ method: "POST", redirect: "manual" },
      body: new URLSearchParams({ password: PASSWORD, to }),
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/operator"]);
  },
);

test("nobody acts under a name that cannot be seen, or that turns what stands beside it", async () => {
  for (const [who, shown] of [
    ["\u200b\u2060", "operator"],
    ["\u202eAnn\0", "Ann"],
  ] as const) {
    const operator = await Operator.signIn(shop.url, who);
    expect(await (await operator.fetch("/operator/acts")).text()).toContain(`>${shown}<`);
  }
});

test("a hold that was ended has no page, and none is linked to", async () => {
  const orderId = randomUUID();
  await db.$transaction((tx) => insertAct(tx, { who: "Ann", what: "hold_ended", itemId: FREE, orderId }));
  expect(await (await ann.fetch("/operator/acts")).text()).not.toContain(`href="/operator/orders/${orderId}`);
});

test("what was held and not bought is no order: its address leads to its item", async () => {
  const { hold } = await holding(shop);
  const led = await ann.fetch(pageOf(hold.id), { redirect: "manual" });
  expect([led.status, led.headers.get("location")]).toEqual([302, `/operator/items/${ITEM}`]);
});

test("an act shows of pictures what they show", async () => {
  const pictures = [{ path: "/pictures/x.webp", alt: "A moth on a leaf.", made: { name: "x" } }];
  await db.$transaction((tx) => insertAct(tx, { who: "Ann", what: "item_changed", itemId: FREE, after: { pictures } }));
  const html = await (await ann.fetch("/operator/acts")).text();
  expect(html.replace(/<script[^]*/, "")).toContain("A moth on a leaf.</dd>");
});

test("a text of spaces costs no time", async () => {
  const pictureAlt = `a${" ".repeat(300_000)}b`;
  const answer = await ann.send(`/operator/items/${FREE}`, { pictureAlt });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("300,002 characters")]);
});

test("without a session nothing of a form is read", async () => {
  const order = pageOf(await freeOrder());
  for (const path of ["/operator", order, "/operator/items/new", `/operator/items/${FREE}`, `${order}.data`]) {
    const answer = await fetch(shop.url + path, {
      ...{ method: "POST", redirect: "manual", headers: { "Content-Type": "text/plain" } },
      body: "not a form",
    });
    expect([path, answer.status, answer.headers.get("location") ?? ""]).toEqual([
      path,
      path.endsWith(".data") ? 202 : 302,
      expect.stringMatching(/^(\/operator\/sign-in)?$/),
    ]);
  }
});
