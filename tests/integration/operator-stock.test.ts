/** What an operator presses at an item's stock is done once, seen at once, and written down; what nobody meant is asked about. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { changeItem } from "#app/shop/stocking.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

const ITEM = "night-ferry";
const PAGE = `/operator/items/${ITEM}`;

let shop: Shop;
let ann: Operator;
beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD, HOLDS_PER_ADDRESS: "0" });
  ann = await Operator.signIn(shop.url);
  await db.$transaction((tx) => changeItem(tx, { id: ITEM, payment: "card" }));
});
afterAll(async () => {
  await shop.stop();
  expect((await audit()).findings).toEqual([]);
});

let run = 0;
beforeEach(async () => {
  await new Visitor(shop.url).reset(ITEM, 10);
  run = (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).run;
});

const item = async () => (await (await fetch(`${shop.url}/api/items/${ITEM}`)).json()) as Record<string, unknown>;
const lastAct = async () => db.act.findFirst({ where: { itemId: ITEM }, orderBy: { id: "desc" } });
const press = (form: string, fields: Record<string, string>) => ann.press(`${PAGE}?do=${form}`, fields);
const formOf = (form: string) => ann.hiddenFields(PAGE, `data-stock="${form}"`);
const did = (form: string) => [303, `${PAGE}?did=${form}#stock`];
const told = (answer: Response) => [answer.status, answer.headers.get("location")];

/** Holds one, and says which. */
async function hold(): Promise<string> {
  const visitor = new Visitor(shop.url);
  const pressed = await visitor.pressBuy(ITEM, { key: await visitor.openItem(ITEM) });
  expect(pressed.status).toBe(303);
  return pressed.headers.get("location")?.split("/").at(-1) ?? "";
}

test("a restock that is pressed three times at once adds its units once, and everyone sees them", async () => {
  const fields = { ...(await formOf("restock")), units: "7" };
  const answers = await Promise.all([1, 2, 3].map(() => press("restock", fields)));
  expect(answers.map(told)).toEqual([did("restock"), did("restock"), did("restock")]);
  await until(async () => (await item()).quantity === 17);
  expect(await lastAct()).toMatchObject({ who: "Ann", what: "restocked", after: { quantity: 17, units: 7 } });
});

test("a restock like the last one is asked about, and done when it is meant", async () => {
  await press("restock", { ...(await formOf("restock")), units: "4" });
  const fields = { ...(await formOf("restock")), units: "4" };
  const asked = await press("restock", fields);
  const html = await asked.text();
  expect([asked.status, html]).toEqual([409, expect.stringMatching(/4 were added \d+ s ago/)]);
  expect(html).toContain('name="again"');
  expect(told(await press("restock", { ...fields, again: "yes" }))).toEqual(did("restock"));
  await until(async () => (await item()).quantity === 18);
});

test("a count is set as it was made: with what is held, and not after something was sold meanwhile", async () => {
  await hold();
  const seen = await formOf("correct");
  expect(told(await press("correct", { ...seen, to: "6" }))).toEqual(did("correct"));
  await until(async () => (await item()).quantity === 5);
  expect(await lastAct()).toMatchObject({ what: "corrected", before: { quantity: 9 }, after: { quantity: 5 } });

  const counted = await formOf("correct");
  await hold();
  const late = await press("correct", { ...counted, to: "9" });
  const html = await late.text();
  expect([late.status, html]).toEqual([409, expect.stringContaining("since you counted")]);
  // What was entered is there still.
  expect(html).toMatch(/name="to"[^>]*value="9"|value="9"[^>]*name="to"/);
  expect((await item()).quantity).toBe(4);
});

test("paused, nothing is sold; resumed, it is; pressed twice, it is so once", async () => {
  await Promise.all([press("pause", {}), press("pause", {})]);
  expect((await new Visitor(shop.url).buyByJson(ITEM, randomUUID())).status).toBe(409);
  expect(await lastAct()).toMatchObject({ before: { paused: false }, after: { paused: true } });
  const acts = await db.act.count({ where: { itemId: ITEM, what: "item_changed" } });
  expect(told(await press("resume", {}))).toEqual(did("resume"));
  await until(async () => (await item()).state === "available");
  expect(await db.act.count({ where: { itemId: ITEM, what: "item_changed" } })).toBe(acts + 1);
});

test("what is archived is neither paused nor resumed, and says so to whoever saw it on sale", async () => {
  const buttons = async () =>
    [...(await (await ann.fetch(PAGE)).text()).matchAll(/data-stock="(pause|resume)"/g)].length;
  expect(await buttons()).toBe(1);
  await press("archive", {});
  expect(await buttons()).toBe(0);
  for (const form of ["pause", "resume"]) {
    const late = await press(form, {});
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("This is archived")]);
  }
  expect(await lastAct()).toMatchObject({ after: { status: "archived" } });
  await press("restore", {});
  await until(async () => (await item()).state === "available");
});

test("a new run must be meant, and is the next one of the run that was seen", async () => {
  const fields = { ...(await formOf("run")), quantity: "3" };
  expect((await press("run", fields)).status).toBe(400);
  const [one, two] = await Promise.all([
    press("run", { ...fields, sure: "on" }),
    press("run", { ...fields, sure: "on" }),
  ]);
  expect([one, two].map(told)).toEqual([did("run"), did("run")]);
  await until(async () => (await item()).run === run + 1);
  // Somebody else's, who has seen the run before.
  const late = await press("run", { ...fields, key: randomUUID(), sure: "on" });
  expect([late.status, (await item()).run]).toEqual([409, run + 1]);
});

test("a hold is ended for a reason that is written with it, and the unit is free at once", async () => {
  const id = await hold();
  expect(await (await ann.fetch(PAGE)).text()).toContain(`data-hold="${id}"`);
  expect((await press("end", { hold: id, reason: " " })).status).toBe(400);
  const answers = await Promise.all([1, 2].map(() => press("end", { hold: id, reason: "Asked by phone" })));
  expect(answers.map(told)).toEqual([did("end"), did("end")]);
  await until(async () => (await item()).quantity === 10);
  expect(await db.hold.findUnique({ where: { id } })).toMatchObject({ why: "operator" });
  expect(await db.act.findMany({ where: { orderId: id } })).toMatchObject([
    { who: "Ann", what: "hold_ended", itemId: ITEM, before: { quantity: 1 }, after: { reason: "Asked by phone" } },
  ]);
});

test.each([
  ["restock", { units: "0" }, 400],
  ["restock", { units: "many" }, 400],
  ["restock", { units: "1000001" }, 400],
  ["correct", { to: "-1", version: "1" }, 400],
  ["correct", { to: "1" }, 400],
  ["end", { hold: "nothing", reason: "Why not" }, 404],
])("%s with %j is answered %i, and does nothing", async (form, fields, status) => {
  expect((await press(form, { key: randomUUID(), ...fields })).status).toBe(status);
  expect((await item()).quantity).toBe(10);
});

test("another item's page ends no hold of this one", async () => {
  const id = await hold();
  const answer = await ann.press("/operator/items/tin-comet?do=end", { hold: id, reason: "Not mine" });
  expect([answer.status, await db.hold.findUnique({ where: { id } })]).toMatchObject([404, { why: null }]);
});
