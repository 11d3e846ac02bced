/** The shop's provider, with Stripe's real SDK, against the real test bank on the real PostgreSQL. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  type Opening,
  type Provider,
  ProviderAway,
  type ProviderEvent,
  ProviderRefused,
} from "#app/checkout/provider.ts";
import { stripeProvider } from "#app/checkout/stripe.ts";
import { type BankProcess, pressAtBank, providerOf, startTestBank } from "#harness/test-bank.ts";
import { until } from "#harness/shop.ts";
import { signature } from "#test-bank/events.ts";
import { opening } from "../setup/opening.ts";

let database: pg.Pool;
let shop: Server;
let webhook: string;
let bank: BankProcess;
let provider: Provider;
const others: BankProcess[] = [];
/** What the shop was sent, and what it answers. */
let received: { body: string; signature: string }[] = [];
let shopAnswers = 200;

beforeAll(async () => {
  database = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
  shop = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ body, signature: String(request.headers["stripe-signature"]) });
      response.writeHead(shopAnswers).end();
    });
  });
  shop.listen(0, "127.0.0.1");
  await once(shop, "listening");
  webhook = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/webhooks/stripe`;
  bank = await startTestBank(webhook);
  provider = providerOf(bank);
});

beforeEach(async () => {
  await database.query("UPDATE test_bank.bank SET switches = '{}'");
  await database.query("UPDATE test_bank.events SET state = 'given_up' WHERE state = 'due'");
  received = [];
  shopAnswers = 200;
});

afterEach(async () => {
  for (const other of others.splice(0)) await other.stop();
});

afterAll(async () => {
  await bank.stop();
  shop.close();
  shop.closeAllConnections();
  await database.end();
});

async function switches(given: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${bank.url}/test-bank/switches`, { method: "POST", body: JSON.stringify(given) });
  expect(response.status).toBe(200);
}

/** Authorised at the bank: its intent, and the page's id. */
async function authorised(more: Partial<Opening> = {}): Promise<{ reference: string; intent: string }> {
  const { reference, payAt } = await provider.open(opening(more));
  expect((await pressAtBank(payAt, "pay")).status).toBe(303);
  const { intent } = await provider.find(reference);
  return { reference, intent: intent ?? "" };
}

function events(): ProviderEvent[] {
  return received.map((sent) => provider.readEvent(Buffer.from(sent.body), sent.signature));
}

test("a payment goes its whole way: opened, authorised, captured, refunded in parts", async () => {
  const asked = opening();
  const { reference, payAt } = await provider.open(asked);
  expect(await provider.find(reference)).toEqual({
    reference,
    intent: undefined,
    state: "open",
    mode: "test",
    orderId: asked.orderId,
    paymentId: asked.paymentId,
    amount: 18_000,
    currency: "EUR",
    captured: 0,
    refunded: 0,
    refunds: [],
    disputed: false,
    payAt,
  });

  const back = await pressAtBank(payAt, "pay");
  expect([back.status, back.headers.get("location")]).toEqual([303, asked.backTo.paid]);
  const paid = await provider.find(reference);
  expect(paid).toMatchObject({ state: "authorised", captured: 0, orderId: asked.orderId, paymentId: asked.paymentId });
  const intent = paid.intent ?? "";
  expect(await provider.find(intent)).toEqual(paid);

  await provider.capture(intent, `capture:${asked.paymentId}:1`);
  const refund = { intent, refundId: randomUUID(), amount: 5_000, currency: "EUR" };
  const made = await provider.refund(refund, `refund:${refund.refundId}:1`);
  expect(made).toMatchObject({ refundId: refund.refundId, amount: 5_000, currency: "EUR", status: "done" });
  expect(await provider.find(reference)).toMatchObject({
    state: "captured",
    captured: 18_000,
    refunded: 5_000,
    refunds: [made],
  });

  const books = (await (await fetch(`${bank.url}/test-bank/payments`)).json()) as { orderId: string }[];
  expect(books.filter(({ orderId }) => orderId === asked.orderId)).toEqual([
    {
      id: reference,
      orderId: asked.orderId,
      status: "captured",
      amount: 18_000,
      captured: 18_000,
      refunded: 5_000,
      currency: "EUR",
    },
  ]);
  const kinds = () =>
    events()
      .filter(({ kind }) => kind !== "other")
      .map(({ kind }) => kind)
      .sort();
  await until(() => kinds().length === 3);
  expect(kinds()).toEqual(["authorised", "completed", "refund"]);
  expect(events().find(({ kind }) => kind === "authorised")).toMatchObject({
    intent,
    orderId: asked.orderId,
    paymentId: asked.paymentId,
  });
});

test("a currency whose provider counts otherwise comes back as it went", async () => {
  const { reference, intent } = await authorised({ amount: 7_900, currency: "ISK" });
  await provider.capture(intent, `capture:${reference}:1`);
  expect(await provider.find(reference)).toMatchObject({ amount: 7_900, captured: 7_900, currency: "ISK" });
  const { rows } = await database.query("SELECT amount::int FROM test_bank.payments WHERE session = $1", [reference]);
  expect(rows).toEqual([{ amount: 790_000 }]);
});

test("declined: the page says so, and the same page takes the next try", async () => {
  const { reference, payAt } = await provider.open(opening());
  const page = await pressAtBank(payAt, "decline");
  expect(await page.text()).toContain("The card was declined");
  expect(await provider.find(reference)).toMatchObject({ state: "open", payAt });
  await pressAtBank(payAt, "pay");
  expect((await provider.find(reference)).state).toBe("authorised");
});

test("left: back where the shop wants it, and nothing has happened", async () => {
  const asked = opening();
  const { reference, payAt } = await provider.open(asked);
  expect((await pressAtBank(payAt, "leave")).headers.get("location")).toBe(asked.backTo.left);
  expect(await provider.find(reference)).toMatchObject({ state: "open", intent: undefined });
});

test("later: authorised by itself, also on a page that has been expired since", async () => {
  await switches({ laterAfter: 300 });
  const { reference, payAt } = await provider.open(opening());
  expect((await pressAtBank(payAt, "later")).status).toBe(303);
  await provider.expire(reference, `expire:${reference}:1`);
  expect((await provider.find(reference)).state).toBe("open");
  await until(async () => (await provider.find(reference)).state === "authorised");
});

test("expired: nothing can be paid there", async () => {
  const { reference, payAt } = await provider.open(opening());
  await provider.expire(reference, `expire:${reference}:1`);
  expect(await (await pressAtBank(payAt, "pay")).text()).toContain("This page has expired");
  expect((await provider.find(reference)).state).toBe("expired");
  await expect(provider.expire(reference, `expire:${reference}:2`)).rejects.toMatchObject({ reason: "wrong-state" });
});

test("expired, and paid all the same by who had the page open", async () => {
  await switches({ payExpired: true });
  const { reference, payAt } = await provider.open(opening());
  await provider.expire(reference, `expire:${reference}:1`);
  expect((await pressAtBank(payAt, "pay")).status).toBe(303);
  expect((await provider.find(reference)).state).toBe("authorised");
});

test("a final no is told with its reason", async () => {
  const { reference, intent } = await authorised();
  const refused = (reason: string) => expect.objectContaining({ reason, constructor: ProviderRefused }) as unknown;
  await expect(provider.expire(reference, "expire:a:1")).rejects.toEqual(refused("wrong-state"));
  await provider.capture(intent, `capture:${reference}:1`);
  await expect(provider.cancel(intent, `cancel:${reference}:1`)).rejects.toEqual(refused("wrong-state"));
  await expect(provider.capture(intent, `capture:${reference}:2`)).rejects.toEqual(refused("wrong-state"));
  const refund = { intent, refundId: randomUUID(), amount: 18_000, currency: "EUR" };
  await provider.refund({ ...refund, amount: 17_000 }, `refund:${reference}:1`);
  await expect(provider.refund(refund, `refund:${reference}:2`)).rejects.toEqual(refused("already-refunded"));
  await provider.refund({ ...refund, amount: 1_000 }, `refund:${reference}:3`);
  await expect(provider.refund(refund, `refund:${reference}:4`)).rejects.toEqual(refused("already-refunded"));
  await expect(provider.find("cs_test_none")).rejects.toEqual(refused("not-found"));
  await expect(provider.find("pi_none")).rejects.toEqual(refused("not-found"));
  await expect(provider.open(opening({ email: "no address" }))).rejects.toEqual(refused("email"));
});

test("a capture that the card's bank declines is final", async () => {
  await switches({ failCaptures: 1 });
  const { reference, intent } = await authorised();
  await expect(provider.capture(intent, `capture:${reference}:1`)).rejects.toMatchObject({ reason: "declined" });
  await switches({ failCaptures: 0 });
  // Also the repeat under the same key.
  await expect(provider.capture(intent, `capture:${reference}:1`)).rejects.toMatchObject({ reason: "declined" });
  expect(await provider.find(reference)).toMatchObject({ state: "failed", captured: 0 });
});

test("a disputed payment is not refunded", async () => {
  const { reference, intent } = await authorised();
  await provider.capture(intent, `capture:${reference}:1`);
  await fetch(`${bank.url}/test-bank/disputes`, { method: "POST", body: new URLSearchParams({ intent }) });
  expect((await provider.find(reference)).disputed).toBe(true);
  const refund = { intent, refundId: randomUUID(), amount: 100, currency: "EUR" };
  await expect(provider.refund(refund, `refund:${reference}:1`)).rejects.toMatchObject({ reason: "disputed" });
  await until(() => events().some((event) => event.kind === "dispute" && event.intent === intent));
});

test("a refund that fails later frees its sum", async () => {
  await switches({ failRefunds: 1 });
  const { reference, intent } = await authorised();
  await provider.capture(intent, `capture:${reference}:1`);
  const refund = { intent, refundId: randomUUID(), amount: 18_000, currency: "EUR" };
  expect((await provider.refund(refund, `refund:${reference}:1`)).status).toBe("pending");
  expect((await provider.find(reference)).refunded).toBe(18_000);
  await until(async () => (await provider.find(reference)).refunds[0]?.status === "failed");
  expect((await provider.find(reference)).refunded).toBe(0);
  await until(() =>
    events().some(({ refund: told }) => told?.refundId === refund.refundId && told.status === "failed"),
  );
});

test("each of a payment's refunds is read, however many pages the provider makes of them", async () => {
  const { reference, intent } = await authorised();
  await provider.capture(intent, `capture:${reference}:1`);
  await database.query(
    `INSERT INTO test_bank.refunds (id, intent, amount, status, metadata)
     SELECT 're_' || $1 || n, $1, 1, 'succeeded', '{}' FROM generate_series(1, 250) AS n`,
    [intent],
  );
  const { refunded, refunds } = await provider.find(reference);
  expect([refunded, new Set(refunds.map(({ id }) => id)).size]).toEqual([250, 250]);
});

test("a failure is not asked about again by itself, and a request that is too large is refused", async () => {
  let asked = 0;
  const failing = createServer((_request, response) => ((asked += 1), response.writeHead(500).end("{}")));
  failing.listen(0, "127.0.0.1");
  await once(failing, "listening");
  const { port } = failing.address() as AddressInfo;
  const provider = providerOf({ ...bank, url: `http://127.0.0.1:${port}` });
  await expect(provider.capture("pi_1", "capture:pi_1:1")).rejects.toThrow(ProviderAway);
  expect(asked).toBe(1);
  failing.close();
  failing.closeAllConnections();
  const large = await fetch(`${bank.url}/v1/refunds`, { method: "POST", body: "x".repeat(65 * 1024) });
  expect(large.status).toBe(413);
});

test("one key has one effect, also when both requests come at once, and other parameters are refused", async () => {
  const asked = opening();
  const both = await Promise.allSettled([provider.open(asked), provider.open(asked)]);
  // Whichever came second was told either the same, or that the other is under way.
  const opened = await provider.open(asked);
  for (const one of both)
    expect(one).toEqual(
      one.status === "fulfilled"
        ? { status: "fulfilled", value: opened }
        : { status: "rejected", reason: expect.any(ProviderAway) as unknown },
    );
  expect(both.some(({ status }) => status === "fulfilled")).toBe(true);
  await expect(provider.open({ ...asked, amount: 1_000 })).rejects.toThrow("same parameters");
  const { rows } = await database.query("SELECT 1 FROM test_bank.payments WHERE order_id = $1", [asked.orderId]);
  expect(rows).toHaveLength(1);
});

test("control: a bank that forgets its keys does it twice", async () => {
  const asked = opening();
  const first = await provider.open(asked);
  await switches({ forgetKeys: true });
  expect((await provider.open(asked)).reference).not.toBe(first.reference);
});

test("a repeat says that it is one, and an error that was kept comes again until the next attempt", async () => {
  await switches({ failBefore: 1, verbs: ["capture"] });
  const { reference, intent } = await authorised();
  await expect(provider.capture(intent, `capture:${reference}:1`)).rejects.toThrow(ProviderAway);
  await switches({ failBefore: 0 });
  await expect(provider.capture(intent, `capture:${reference}:1`)).rejects.toThrow(ProviderAway);
  const repeat = await fetch(`${bank.url}/v1/payment_intents/${intent}/capture`, {
    method: "POST",
    headers: { Authorization: `Bearer ${bank.secretKey}`, "Idempotency-Key": `capture:${reference}:1` },
  });
  expect([repeat.status, repeat.headers.get("idempotent-replayed")]).toEqual([500, "true"]);
  expect((await provider.find(reference)).state).toBe("authorised");
  await provider.capture(intent, `capture:${reference}:2`);
  expect((await provider.find(reference)).state).toBe("captured");
});

test.each(["failAfter", "loseAnswers"])("%s: what was done is found in the books", async (fault) => {
  const { reference, intent } = await authorised();
  await switches({ [fault]: 1, verbs: ["capture"] });
  await expect(provider.capture(intent, `capture:${reference}:1`)).rejects.toThrow(ProviderAway);
  expect(await provider.find(reference)).toMatchObject({ state: "captured", captured: 18_000 });
});

test("an answer that does not come in time is away, and no bank at all is away", async () => {
  await switches({ slowAnswers: 2_000, verbs: ["find"] });
  await expect(providerOf(bank, 200).find("cs_test_none")).rejects.toThrow(ProviderAway);
  const nobody = providerOf({ ...bank, url: "http://127.0.0.1:9" });
  await expect(nobody.find("cs_test_none")).rejects.toThrow(ProviderAway);
  await expect(providerOf({ ...bank, secretKey: "sk_test_wrong" }).find("cs_test_none")).rejects.toThrow(ProviderAway);
});

test("events are sent again until the shop takes them, and doubled, lost and overtaken when they are to be", async () => {
  shopAnswers = 503;
  await switches({ verbs: [] });
  const { intent } = await authorised();
  const of = (found: string) => events().filter((event) => event.intent === found);
  await until(() => of(intent).filter(({ kind }) => kind === "authorised").length > 1);
  shopAnswers = 200;
  await until(async () => {
    const { rows } = await database.query("SELECT 1 FROM test_bank.events WHERE state = 'due'");
    return rows.length === 0;
  });

  await switches({ doubleEvents: 1 });
  const doubled = await authorised();
  await until(() => of(doubled.intent).length === 4);
  expect(new Set(of(doubled.intent).map(({ id }) => id)).size).toBe(2);

  await switches({ doubleEvents: 0, loseEvents: 1 });
  const lost = await authorised();
  await switches({ loseEvents: 0, reorderEvents: 1 });
  const behind = await authorised();
  await switches({ reorderEvents: 0 });
  const before = await authorised();
  await until(() => of(behind.intent).length === 2 && of(before.intent).length === 2);
  const order = events().map((event) => event.intent);
  expect(order.lastIndexOf(before.intent)).toBeLessThan(order.indexOf(behind.intent));
  expect(of(lost.intent)).toEqual([]);
});

test("an event is read only when one of the secrets has signed it, and not long ago", () => {
  const body = JSON.stringify({ id: "evt_1", object: "event", livemode: false, type: "customer.created", data: {} });
  const read = (header: string, from = provider) => from.readEvent(Buffer.from(body), header);
  expect(read(signature(body, bank.webhookSecret))).toEqual({ id: "evt_1", kind: "other", mode: "test" });
  const reason = (is: string) => expect.objectContaining({ reason: is }) as unknown;
  expect(() => read(signature(body, "whsec_other"))).toThrow(reason("signature"));
  expect(() => read(signature(`${body} `, bank.webhookSecret))).toThrow(reason("signature"));
  expect(() => read("")).toThrow(reason("signature"));
  const old = Math.floor(Date.now() / 1_000) - 400;
  expect(() => read(signature(body, bank.webhookSecret, old))).toThrow(reason("too-old"));
  expect(() => provider.readEvent(Buffer.from("{"), signature("{", bank.webhookSecret))).toThrow(reason("malformed"));
  const rotating = stripeProvider({
    name: "stripe",
    secretKey: "sk_test_1",
    webhookSecrets: ["whsec_old", "whsec_new"],
    pagesOrigin: bank.url,
  });
  for (const secret of ["whsec_old", "whsec_new"]) expect(read(signature(body, secret), rotating).id).toBe("evt_1");
  expect(() => read(signature(body, bank.webhookSecret), rotating)).toThrow(reason("signature"));
});

test("two banks of one database keep the same books, and one takes over what the other died of", async () => {
  const other = await startTestBank(webhook);
  others.push(other);
  expect([other.secretKey, other.webhookSecret]).toEqual([bank.secretKey, bank.webhookSecret]);
  const there = providerOf(other);
  const { reference, intent } = await authorised();
  const both = await Promise.allSettled([
    provider.capture(intent, `capture:${reference}:1`),
    there.cancel(intent, `cancel:${reference}:1`),
  ]);
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await there.find(reference)).toEqual(await provider.find(reference));

  await switches({ laterAfter: 500 });
  const later = await there.open(opening());
  await pressAtBank(later.payAt, "later");
  await other.stop("SIGKILL");
  await until(async () => (await provider.find(later.reference)).state === "authorised");
});

test("a bank that was killed comes back with its books and its keys", async () => {
  const first = await startTestBank(webhook);
  others.push(first);
  const { reference } = await providerOf(first).open(opening());
  await first.stop("SIGKILL");
  const again = await startTestBank(webhook, { port: Number(new URL(first.url).port) });
  others.push(again);
  expect(again.url).toBe(first.url);
  expect((await providerOf(first).find(reference)).state).toBe("open");
});

test("its page says that no money moves, lets its form lead back to the shop alone, and runs no script", async () => {
  const { payAt } = await provider.open(opening({ description: `<b>"Moth" & co</b>` }));
  const page = await fetch(payAt);
  const html = await page.text();
  expect(html).toContain("No money moves here");
  expect(html).toContain("&#60;b&#62;&#34;Moth&#34; &#38; co&#60;/b&#62;");
  expect(html).toContain("€180.00");
  expect(html.match(/name="outcome" value="\w+"/g)).toHaveLength(4);
  expect(page.headers.get("content-security-policy")).toContain("form-action 'self' http://localhost:3000;");
  expect(html).not.toContain("<script");
  const foreign = await fetch(payAt, {
    method: "POST",
    headers: { "Sec-Fetch-Site": "cross-site" },
    body: new URLSearchParams({ outcome: "pay" }),
  });
  expect(foreign.status).toBe(403);
  expect((await fetch(`${bank.url}/test-bank/pay/cs_test_none`)).status).toBe(404);
});
