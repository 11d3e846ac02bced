/** The test bank beside a shop in demo mode: its page at the shop's address, its life, and what the shop refuses. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchShop, type Shop, startShop, until } from "#harness/shop.ts";
import { type BankProcess, providerOf, startTestBank } from "#harness/test-bank.ts";
import { freePort } from "#server/port.ts";

let bank: BankProcess;
const shops: Shop[] = [];

beforeAll(async () => {
  const ports = [await freePort(), await freePort()];
  const pages = `http://localhost:${ports[0]}`;
  bank = await startTestBank("http://127.0.0.1:9/webhooks/stripe", { pages });
  const settings = {
    SHOP_URL: pages,
    TEST_BANK_URL: bank.url,
    TEST_BANK_KEY: bank.secretKey,
    TEST_BANK_SECRET: bank.webhookSecret,
  };
  for (const [index, port] of ports.entries())
    shops.push(await startShop({ ...settings, PORT: String(port), FRONT: index === 0 ? "1" : "0" }));
});

afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.stop()));
  await bank.stop();
});

/** Ids of the processes of the test bank that this program has started. */
function banksOf({ process }: Pick<Shop, "process">): number[] {
  const all = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return all
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === process.pid && args.includes("test-bank/run.ts"))
    .map(([pid]) => Number(pid));
}

test.each(["the front", "Remix"])("%s hands the page for people on, and nothing else", async (by) => {
  const shop = shops[by === "the front" ? 0 : 1] as Shop;
  const orderId = randomUUID();
  const origin = shops[0]?.url.replace("127.0.0.1", "localhost") ?? "";
  const { payAt, reference } = await providerOf(bank).open({
    paymentId: randomUUID(),
    attempt: 1,
    orderId,
    amount: 900,
    currency: "EUR",
    description: "Tin Comet",
    email: "ada@example.org",
    backTo: { paid: `${origin}/orders/${orderId}?paid`, left: `${origin}/orders/${orderId}` },
  });
  expect(payAt).toBe(`${origin}/test-bank/pay/${reference}`);
  const address = `${shop.url}/test-bank/pay/${reference}`;
  const page = await fetch(address);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain(`form-action 'self' ${origin};`);
  expect(page.headers.get("x-frame-options")).toBe("DENY");
  expect(await page.text()).toContain('name="outcome" value="later"');

  const press = (headers: Record<string, string>) =>
    fetch(address, { method: "POST", headers, body: new URLSearchParams({ outcome: "pay" }), redirect: "manual" });
  expect((await press({ Origin: "https://elsewhere.example" })).status).toBe(403);
  expect((await providerOf(bank).find(reference)).state).toBe("open");
  const back = await press({ Origin: shop.url, "Sec-Fetch-Site": "same-origin" });
  // To the name by which the shop was called, whose cookies the browser has.
  expect([back.status, back.headers.get("location")]).toEqual([303, `/orders/${orderId}?paid`]);

  const books = (await (await fetch(`${shop.url}/test-bank/payments`)).json()) as { orderId: string; status: string }[];
  expect(books.find((payment) => payment.orderId === orderId)?.status).toBe("authorised");
  for (const path of ["/test-bank/switches", "/test-bank/disputes", "/test-bank/pay", "/test-bank/pay/../switches"])
    expect([path, (await fetch(`${shop.url}${path}`)).status]).toEqual([path, 404]);
  const switched = await fetch(`${shop.url}/test-bank/switches`, { method: "POST", body: new URLSearchParams({}) });
  expect(switched.status).toBe(404);
});

test("a demo has a test bank of its own, which comes back when it dies and ends with the shop", async () => {
  const shop = await startShop();
  const [first] = banksOf(shop);
  const books = () => fetch(`${shop.url}/test-bank/payments`);
  expect((await books()).status).toBe(200);
  process.kill(first ?? 0, "SIGKILL");
  await until(() => banksOf(shop).some((pid) => pid !== first));
  await until(async () => (await books()).status === 200);
  expect(shop.output()).toContain('"event":"test_bank_lost"');
  const last = banksOf(shop);
  expect(await shop.stop()).toBe(0);
  const alive = execFileSync("ps", ["-eo", "pid="], { encoding: "utf8" }).split("\n").map(Number);
  expect(last.filter((pid) => alive.includes(pid))).toEqual([]);
});

test("a bank that is away is told as away", async () => {
  const nobody = { TEST_BANK_URL: "http://127.0.0.1:9", TEST_BANK_KEY: "sk_test_1", TEST_BANK_SECRET: "whsec_1" };
  const shop = await startShop(nobody);
  shops.push(shop);
  const answer = await fetch(`${shop.url}/test-bank/payments`);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await answer.json()).toMatchObject({ type: "urn:lastone:problem:provider-away" });
});

test("a shop that is no demo has no test bank", async () => {
  const shop = await startShop({ DEMO: "0" });
  shops.push(shop);
  expect(banksOf(shop)).toEqual([]);
  expect((await fetch(`${shop.url}/test-bank/payments`)).status).toBe(404);
});

test("a demo refuses a key that could charge real cards", async () => {
  const shop = launchShop({
    PORT: String(await freePort()),
    STRIPE_SECRET_KEY: "sk_live_1",
    STRIPE_WEBHOOK_SECRETS: "whsec_1",
  });
  await until(() => shop.process.exitCode !== null);
  expect(shop.process.exitCode).toBe(1);
  expect(shop.output()).toContain("STRIPE_SECRET_KEY: is a live key, and DEMO is 1");
});
