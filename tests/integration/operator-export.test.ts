/** The orders and the acts as files: all of them, at one moment, safe to open, and one export at a time. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eraseContact } from "#app/checkout/contacts.server.ts";
import { refundOrder } from "#app/checkout/refunds.server.ts";
import { db } from "#app/db.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { onSale, paid } from "../setup/checkout.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";

let shop: Shop;
let ann: Operator;
beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD });
  ann = await Operator.signIn(shop.url);
});
afterAll(() => shop.stop());

/** The rows of a file by the names of its columns. */
function read(csv: string): Record<string, string>[] {
  const cells = (line: string): string[] => {
    const found: string[] = [];
    for (const [, quoted, bare] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g))
      found.push(quoted?.replaceAll('""', '"') ?? bare ?? "");
    return found;
  };
  const [head = "", ...lines] = csv.split("\r\n").filter((line) => line !== "");
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, nth) => [names[nth] ?? "", cell])));
}

const download = async (query = "", file = "orders") => {
  const answer = await ann.fetch(`/operator/${file}.csv${query}`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8; header=present"]);
  return read(await answer.text());
};
const exportsNow = () =>
  db.$queryRaw<unknown[]>`SELECT 1 FROM pg_stat_activity WHERE application_name = 'lastone export'`;

test("leads to sign-in, and then has every order with what the audit and the ledger count", async () => {
  const stranger = await fetch(`${shop.url}/operator/orders.csv?state=paid`, { redirect: "manual" });
  expect([stranger.status, stranger.headers.get("location")]).toEqual([
    302,
    "/operator/sign-in?to=%2Foperator%2Forders.csv%3Fstate%3Dpaid",
  ]);
  await onSale(9);
  const [first, second] = [await paid(shop, 2), await paid(shop, 3)];
  await db.$executeRaw`UPDATE contacts SET name = '=HYPERLINK("x")', address = ${JSON.stringify({ line1: "1, Quay Street", city: "Dublin", postcode: "D01", country: "IE" })}::jsonb WHERE order_id = ${first.hold.id}::uuid`;
  await refundOrder({ orderId: second.hold.id, goods: "back", units: 1, amount: 1_050, key: randomUUID() });
  await until(async () => (await db.refund.count({ where: { orderId: second.hold.id, status: "done" } })) === 1);

  const rows = await download();
  const { orders, findings } = await audit();
  expect([rows.length, findings]).toEqual([orders, []]);
  expect(new Set(rows.map((row) => row["order id"])).size).toBe(orders);
  const stocks = await db.stock.findMany();
  for (const { itemId, run, sold } of stocks) {
    const own = rows.filter((row) => row.item === itemId && row.run === String(run));
    const units = own.reduce((sum, row) => sum + Number(row.quantity) - Number(row["units back"]), 0);
    expect([itemId, units]).toEqual([itemId, sold]);
  }
  const money = await db.payment.aggregate({ _sum: { captured: true } });
  const cents = (column: string) => rows.reduce((sum, row) => sum + Math.round(Number(row[column]) * 100), 0);
  expect([cents("captured"), cents("refunded")]).toEqual([money._sum.captured, 1_050]);

  expect(rows.find((row) => row["order id"] === first.hold.id)).toMatchObject({
    ...{ name: "Night Ferry", quantity: "2", price: "42.00", currency: "EUR", total: "84.00" },
    "payment status": "captured",
    "buyer's name": `'=HYPERLINK("x")`,
    "e-mail": "ann@example.org",
    address: "1, Quay Street, D01 Dublin, IE",
    "placed at": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
  });
});

test("has what the page was narrowed to", async () => {
  const list = await (await ann.fetch("/operator/orders?state=refunded")).text();
  expect(list).toContain('href="/operator/orders.csv?state=refunded"');
  expect((await download("?state=refunded")).map((row) => row.refunded)).toEqual(["10.50"]);
  expect(await download("?q=nobody%40example.org")).toEqual([]);
  const found = async (state: string) => (await download(`?state=${state}`)).length;
  const states = ["held", "paid", "to_send", "sent", "cancelled", "refunded", "disputed"];
  expect(await found("paid")).toBe(2);
  for (const state of states)
    expect([state, (await ann.fetch(`/operator/orders?state=${state}`)).status]).toEqual([state, 200]);
});

test("nothing of a buyer who is erased, nor of what was noted of them", async () => {
  const { hold } = await paid(shop);
  await db.orderRemark.create({
    data: { orderId: hold.id, note: "Ann’s aunt", sentAt: new Date(), tracking: "https://parcels.example/1" },
  });
  const row = async () => (await download()).find((each) => each["order id"] === hold.id);
  expect(await row()).toMatchObject({ "e-mail": "ann@example.org", note: "Ann’s aunt" });
  await eraseContact(hold.id);
  expect(await row()).toMatchObject({
    "e-mail": "",
    note: "",
    tracking: "",
    "sent at": expect.stringMatching(/Z$/) as string,
  });
});

test("one at a time; one whose reader is gone ends, and leaves no connection", async () => {
  const blocker = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await blocker.connect();
  try {
    await blocker.query("BEGIN; LOCK TABLE order_remarks IN ACCESS EXCLUSIVE MODE");
    const leaving = new AbortController();
    const first = ann.fetch("/operator/orders.csv", { signal: leaving.signal });
    await until(async () => (await exportsNow()).length === 1);
    const second = await ann.fetch("/operator/orders.csv");
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await ann.fetch("/operator/acts.csv")).status).toBe(429);
    leaving.abort();
    await expect(first).rejects.toThrow();
    await until(async () => (await exportsNow()).length === 0);
  } finally {
    await blocker.end();
  }
  expect((await download()).length).toBeGreaterThan(0);
  expect(await exportsNow()).toEqual([]);
});

test("every act is a row, the newest first, with what was so before and after", async () => {
  const stranger = await fetch(`${shop.url}/operator/acts.csv`, { redirect: "manual" });
  expect([stranger.status, stranger.headers.get("location")]).toEqual([
    302,
    "/operator/sign-in?to=%2Foperator%2Facts.csv",
  ]);
  const eve = await Operator.signIn(shop.url, "=1+1");
  const name = 'Ada’s "Prints", and more';
  expect((await eve.press("/operator/settings", { name })).status).toBe(303);

  const rows = await download("", "acts");
  const acts = await db.act.findMany({ orderBy: { id: "desc" } });
  expect(acts.length).toBeGreaterThanOrEqual(10);
  expect(rows.map(({ act }) => act)).toEqual(acts.map(({ id }) => String(id)));
  const page = await (await ann.fetch("/operator/acts")).text();
  expect(page).toContain('href="/operator/acts.csv"');
  const shown = [...page.matchAll(/data-act="([^"]+)"/g)].map(([, what]) => what);
  expect(shown).toEqual(rows.map(({ what }) => what));
  const { before = "", after = "", ...row } = rows[0] ?? {};
  expect(row).toEqual({
    ...{ act: String(acts[0]?.id), at: acts[0]?.at.toISOString() },
    ...{ who: "'=1+1", what: "settings_changed", item: "", order: "" },
  });
  expect([JSON.parse(before), JSON.parse(after)]).toEqual([{ name: "Lastone" }, { name }]);
});
