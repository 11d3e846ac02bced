/** From the press to the receipt by card: forms, API, the provider's page, its events, and what becomes of a payment whatever is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { moneyTasks } from "#app/checkout/money-tasks.server.ts";
import { db } from "#app/db.server.ts";
import { retryFailedTasks } from "#app/outbox/tasks-left.server.ts";
import { audit } from "#app/shop/audit.server.ts";
import { pressAtBank } from "#harness/test-bank.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import {
  bankIs,
  books,
  charged,
  EMAIL,
  holding,
  ITEM,
  letPass,
  onSale,
  paid,
  paying,
  post,
  read,
} from "../setup/checkout.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await startShop({ HOLD_ENDED_MAIL: "1" });
});
afterAll(() => shop.stop());

beforeEach(() => onSale(5));
afterEach(async () => {
  expect((await audit()).findings).toEqual([]);
});

test("a press holds, the buyer pays, and the card is charged once it is theirs: order, number and mail follow", async () => {
  const { visitor, hold, payAt } = await paying(shop, 2);
  expect(await read(visitor, hold.id)).toMatchObject({ hold: { state: "confirming", quantity: 2 } });
  const back = await pressAtBank(payAt, "pay");
  expect(back.headers.get("location")).toContain(`/orders/${hold.id}?paid=1`);
  await charged(visitor, hold.id);
  const { order } = await read(visitor, hold.id);
  const amount = hold.price.amount * 2;
  expect(order).toMatchObject({
    id: hold.id,
    number: 1,
    quantity: 2,
    payment: { status: "captured", amount, refunded: 0 },
  });
  expect(await books(shop, hold.id)).toMatchObject([{ status: "captured", captured: amount }]);
  await until(async () => (await db.mail.count({ where: { orderId: hold.id, kind: "yours" } })) === 1);
  expect(await db.mail.findFirst({ where: { orderId: hold.id } })).toMatchObject({ recipient: EMAIL });
});

test("a page that is asked for by forty at once asks the provider a few times, not forty", async () => {
  const { visitor, hold } = await paying(shop);
  // Each asking takes a while, fails, and is counted in the log.
  await bankIs({ slowAnswers: 1_000, failBefore: 1, verbs: ["find"] });
  const before = shop.output().length;
  const ask = () => visitor.fetch(`/orders/${hold.id}?paid=1`);
  const answers = await Promise.all(Array.from({ length: 40 }, ask));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const log = () => shop.output().slice(before);
  // The first has a line of its own, and all others have one together.
  await until(() => /"event":"provider_away","more"/.test(log()));
  expect(log().match(/"event":"provider_away"/g)).toHaveLength(2);
  expect(Number(/"event":"provider_away","more":(\d+)/.exec(log())?.[1])).toBeLessThan(4);
});

test("a capture that failed at the provider, and that the operator has tried again, is not answered by the failure that is kept there", async () => {
  await bankIs({ failBefore: 1, verbs: ["capture"] });
  const { visitor, hold, payAt } = await paying(shop);
  await pressAtBank(payAt, "pay");
  const capture = () => db.task.findFirst({ where: { subject: hold.id, kind: "capture" } });
  await until(async () => (await capture())?.lastError != null);
  await bankIs({});
  await retryFailedTasks();
  await charged(visitor, hold.id);
  await until(async () => (await capture())?.doneAt != null);
  expect(await capture()).toMatchObject({ attempts: 1 });
});

test("without JavaScript: form, checkout, errors beside their fields, the provider's page, and back to the receipt", async () => {
  const visitor = new Visitor(shop.url);
  const pressed = await visitor.pressBuy(ITEM, { key: await visitor.openItem(ITEM) });
  expect(pressed.status).toBe(303);
  const here = pressed.headers.get("location") ?? "";
  const send = (fields: Record<string, string>) =>
    visitor.fetch(here, {
      method: "POST",
      headers: { Origin: shop.url, "Sec-Fetch-Site": "same-origin" },
      body: new URLSearchParams(fields),
    });
  const page = await visitor.fetch(here);
  expect(page.headers.get("cache-control")).toContain("no-store");
  expect(await page.text()).toContain("held for you");
  const refused = await send({ step: "pay", email: "no address", name: "" });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toMatch(/data-error="email"[^>]*>This is not an e-mail address/);
  const gone = await send({ step: "pay", email: EMAIL, name: "Ann" });
  expect(gone.status).toBe(303);
  const payAt = new URL(gone.headers.get("location") ?? "", shop.url).href;
  expect(payAt).toContain("/test-bank/pay/");
  const back = await pressAtBank(payAt, "pay");
  const receipt = await (await visitor.fetch(back.headers.get("location") ?? "")).text();
  expect(receipt).toContain("data-receipt");
  // The form is for the next order now.
  expect(await (await visitor.fetch(`/items/${ITEM}`)).text()).toContain("data-owned");
});

test("what is held for a buyer stands on the item's page, and a hold that has ended leaves a fresh form", async () => {
  const visitor = new Visitor(shop.url);
  const key = await visitor.openItem(ITEM);
  const here = (await visitor.pressBuy(ITEM, { key })).headers.get("location") ?? "";
  expect(await (await visitor.fetch(`/items/${ITEM}`)).text()).toContain("data-held");
  const id = here.split("/").at(-1) ?? "";
  expect((await post(visitor, `/api/orders/${id}/release`)).status).toBe(200);
  expect(await (await visitor.fetch(here)).text()).toContain('data-why="given_up"');
  // A page from before still has the key of then.
  const again = await visitor.pressBuy(ITEM, { key });
  expect(await (await visitor.fetch(again.headers.get("location") ?? "")).text()).toContain('data-checkout="ended"');
  const fresh = await visitor.openItem(ITEM);
  expect(fresh).not.toBe(key);
  const anew = await visitor.pressBuy(ITEM, { key: fresh });
  expect(await (await visitor.fetch(anew.headers.get("location") ?? "")).text()).toContain('data-checkout="open"');
});

test("whoever presses in another tab for another quantity is shown what is held for them already", async () => {
  const visitor = new Visitor(shop.url);
  const key = await visitor.openItem(ITEM);
  expect((await visitor.pressBuy(ITEM, { key, quantity: "2" })).status).toBe(303);
  const other = await visitor.pressBuy(ITEM, { key, quantity: "1" });
  expect([other.status, other.headers.get("location")]).toEqual([303, `/items/${ITEM}`]);
  const html = await (await visitor.fetch(`/items/${ITEM}`)).text();
  expect(html).toContain("data-held");
  expect(await db.hold.count({ where: { key } })).toBe(1);
});

describe("whatever is lost, doubled or late", () => {
  test("all events lost, and the browser closed: the payment is settled at the hold's end", async () => {
    await bankIs({ loseEvents: 1 });
    const { visitor, hold, payAt } = await paying(shop);
    await pressAtBank(payAt, "pay");
    await letPass(hold.id);
    await charged(visitor, hold.id);
    expect(await books(shop, hold.id)).toMatchObject([{ status: "captured" }]);
  });

  test("doubled events, and a capture whose answer is lost, charge once", async () => {
    await bankIs({ doubleEvents: 1, loseAnswers: 1, verbs: ["capture"] });
    const { visitor, hold, payAt } = await paying(shop);
    await pressAtBank(payAt, "pay");
    await until(async () => (await books(shop, hold.id))[0]?.status === "captured");
    await bankIs({});
    await charged(visitor, hold.id);
    expect(await books(shop, hold.id)).toMatchObject([{ status: "captured", captured: hold.price.amount }]);
    expect(await db.order.count({ where: { id: hold.id } })).toBe(1);
  });

  test("a payment after the last unit has gone is let go, and nobody is charged", async () => {
    await onSale(1);
    await bankIs({ loseEvents: 1 });
    const { visitor, hold, payAt } = await paying(shop);
    await letPass(hold.id);
    const other = await holding(shop);
    expect(other.hold.state).toBe("open");
    await bankIs({ payExpired: true });
    await pressAtBank(payAt, "pay");
    await until(async () => (await books(shop, hold.id))[0]?.status === "cancelled");
    expect(await read(visitor, hold.id)).toMatchObject({ hold: { state: "ended", why: "time" } });
    expect(await books(shop, hold.id)).toMatchObject([{ captured: 0 }]);
  });

  test("a card that is refused at the capture gives the goods back, and the receipt says so", async () => {
    await bankIs({ failCaptures: 1 });
    const { visitor, hold, payAt } = await paying(shop);
    await pressAtBank(payAt, "pay");
    await until(async () =>
      ["failed", "cancelled"].includes((await read(visitor, hold.id)).order?.payment?.status ?? ""),
    );
    await until(async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).available === 5);
    expect(await (await visitor.fetch(`/orders/${hold.id}`)).text()).toContain("You were not charged");
  });

  test("a card that is refused at the capture, and was given on a page that had expired, gives the goods back, too", async () => {
    const { visitor, hold, payAt } = await paying(shop);
    await letPass(hold.id);
    await until(async () => (await books(shop, hold.id))[0]?.status === "expired");
    await bankIs({ payExpired: true, failCaptures: 1 });
    await pressAtBank(payAt, "pay");
    await until(async () => (await read(visitor, hold.id)).order?.payment?.status === "failed");
    await until(async () => (await db.stock.findUniqueOrThrow({ where: { itemId: ITEM } })).available === 5);
    await until(
      async () => (await db.task.count({ where: { subject: hold.id, kind: "capture", doneAt: null } })) === 0,
    );
    expect(await (await visitor.fetch(`/orders/${hold.id}`)).text()).toContain("You were not charged");
  });

  test("while nobody knows what became of a page, a hold whose time is up does not say that nothing was charged", async () => {
    const { visitor, hold, payAt } = await paying(shop);
    await bankIs({ failBefore: 1, verbs: ["find", "expire"] });
    await letPass(hold.id);
    await until(async () => (await read(visitor, hold.id)).hold?.state === "ended");
    const page = await (await visitor.fetch(`/orders/${hold.id}`)).text();
    expect(page).toContain("The page goes on by itself");
    expect(page).not.toContain("You were not charged");
    await bankIs({});
    await pressAtBank(payAt, "pay");
    await charged(visitor, hold.id);
  });

  test("whoever went to pay is told by mail when the hold has ended without, and whoever paid or gave it back is not", async () => {
    const { hold } = await paying(shop);
    await letPass(hold.id);
    await until(async () => (await db.mail.count({ where: { orderId: hold.id, kind: "hold_ended" } })) === 1);
    const mail = await db.mail.findFirst({ where: { orderId: hold.id } });
    expect(mail).toMatchObject({ recipient: EMAIL, subject: "No longer held for you: Night Ferry · Lastone" });
    const back = await paying(shop);
    expect((await post(back.visitor, `/api/orders/${back.hold.id}/release`)).status).toBe(200);
    await letPass(back.hold.id);
    await until(async () => (await db.task.count({ where: { subject: back.hold.id, doneAt: null } })) === 0);
    expect(await db.mail.count({ where: { orderId: back.hold.id } })).toBe(0);
  });

  test("a hold is shown to the bank ten times: once more is refused, and it can still be given back", async () => {
    const { visitor, hold } = await holding(shop);
    const pay = (email: string) => post(visitor, `/api/orders/${hold.id}/payment`, { email });
    for (let page = 0; page < 10; page += 1) expect((await pay(`${page}@example.org`)).status).toBe(200);
    const refused = await pay("again@example.org");
    expect([refused.status, await refused.json()]).toMatchObject([409, { limit: 10, per: "hold" }]);
    const body = new URLSearchParams({ step: "pay", email: "again@example.org" });
    const byForm = await visitor.fetch(hold.checkoutUrl, { method: "POST", body });
    // Whoever has no script is brought there by the browser.
    expect([byForm.status, await byForm.text()]).toEqual([
      409,
      expect.stringMatching(
        /<div[^>]*autofocus=""[^>]*data-message="limit"[^>]*><p[^>]*>You have been to the payment page 10/i,
      ),
    ]);
    expect((await post(visitor, `/api/orders/${hold.id}/release`)).status).toBe(200);
  });

  test.each(["null", "[]", '"a"', "1"])("a body that is %s has none of the fields", async (body) => {
    const { visitor, hold } = await holding(shop);
    const headers = { "Content-Type": "application/json" };
    const answer = await visitor.fetch(`/api/orders/${hold.id}/payment`, { method: "POST", headers, body });
    expect(answer.status).toBe(400);
    expect(Object.keys(((await answer.json()) as { errors: object }).errors)).toEqual(["email"]);
  });

  test("a page that comes from the provider after its hold was given back is given to nobody, and closed", async () => {
    await bankIs({ slowAnswers: 1_500, verbs: ["open"] });
    const { visitor, hold } = await holding(shop);
    const asked = post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL });
    const attempt = () => db.paymentAttempt.findFirst({ where: { orderId: hold.id } });
    await until(async () => (await attempt())?.state === "begun");
    expect((await post(visitor, `/api/orders/${hold.id}/release`)).status).toBe(200);
    await until(async () => (await attempt())?.state === "away");
    const answer = await asked;
    expect([answer.status, await answer.json()]).toMatchObject([409, { type: "urn:lastone:problem:hold-ended" }]);
    expect(await books(shop, hold.id)).toMatchObject([{ status: "expired" }]);
  });

  test("a hold that is given back while its page is open: the page closes, or what was paid on it before is let go", async () => {
    for (const pays of [false, true]) {
      await bankIs({ loseEvents: 1 });
      const { visitor, hold, payAt } = await paying(shop);
      if (pays) await pressAtBank(payAt, "pay");
      expect((await post(visitor, `/api/orders/${hold.id}/release`)).status).toBe(200);
      await until(async () => (await books(shop, hold.id))[0]?.status === (pays ? "cancelled" : "expired"));
      expect(await read(visitor, hold.id)).toMatchObject({ hold: { state: "ended", why: "given_up" } });
    }
  });

  test("a page whose closing failed at the provider is closed all the same: the failure is kept there for its own try alone", async () => {
    const { visitor, hold } = await paying(shop);
    await bankIs({ failBefore: 1, verbs: ["expire"] });
    expect((await post(visitor, `/api/orders/${hold.id}/release`)).status).toBe(200);
    const expire = () => db.task.findFirst({ where: { subject: hold.id, kind: "expire" } });
    await until(async () => (await expire())?.lastError != null);
    await bankIs({});
    await retryFailedTasks();
    await until(async () => (await expire())?.doneAt != null);
    expect(await books(shop, hold.id)).toMatchObject([{ status: "expired" }]);
  });

  test("another e-mail address closes the earlier page, and one payment is made", async () => {
    const { visitor, hold, payAt } = await paying(shop);
    const same = await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL });
    expect(((await same.json()) as { payAt: string }).payAt).toBe(payAt);
    const other = await post(visitor, `/api/orders/${hold.id}/payment`, { email: "bob@example.org" });
    const next = ((await other.json()) as { payAt: string }).payAt;
    expect(next).not.toBe(payAt);
    expect((await pressAtBank(payAt, "pay")).status).not.toBe(303);
    await pressAtBank(next, "pay");
    await charged(visitor, hold.id);
  });

  test("an order that is sold keeps its contact, whoever is entered then", async () => {
    const { visitor, hold } = await paid(shop);
    const late = await post(visitor, `/api/orders/${hold.id}/payment`, { email: "bob@example.org" });
    expect([late.status, await late.json()]).toMatchObject([409, { type: "urn:lastone:problem:already-sold" }]);
    expect(await db.contact.findFirst({ where: { orderId: hold.id } })).toMatchObject({ email: EMAIL });
  });

  test("a process whose clock is fast settles nothing while the buyer has time to pay", async () => {
    const { hold } = await paying(shop);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    try {
      const task = { subject: hold.id, part: "", attempts: 1, tries: 1, id: "1", kind: "settle" } as const;
      expect(await moneyTasks.settle?.({ ...task, signal: new AbortController().signal })).toMatchObject({
        why: "the buyer has time to pay",
      });
    } finally {
      vi.useRealTimers();
    }
  });

  test("a provider that does not answer leaves the hold, and says when to come again", async () => {
    await bankIs({ failBefore: 1, verbs: ["open"] });
    const { visitor, hold } = await holding(shop);
    const refused = await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, expect.any(String)]);
    await bankIs({});
    expect((await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL })).status).toBe(200);
  });
});

describe("the API", () => {
  test("says which fields are wrong, and what has become of a hold", async () => {
    const { visitor, hold } = await holding(shop);
    const wrong = await post(visitor, `/api/orders/${hold.id}/payment`, { email: "nobody" });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ errors: { email: expect.any(String) as string } });
    const stranger = new Visitor(shop.url);
    await stranger.openItem(ITEM);
    for (const path of [`/api/orders/${hold.id}/payment`, `/api/orders/${hold.id}/release`])
      expect((await post(stranger, path, { email: EMAIL })).status).toBe(404);
    for (let times = 0; times < 2; times += 1)
      expect(await (await post(visitor, `/api/orders/${hold.id}/release`)).json()).toMatchObject({
        hold: { state: "ended", why: "given_up" },
      });
    const late = await post(visitor, `/api/orders/${hold.id}/payment`, { email: EMAIL });
    expect([late.status, await late.json()]).toMatchObject([409, { type: "urn:lastone:problem:hold-ended" }]);
  });

  test("refuses events that nobody has signed, too large ones, and takes those of no interest", async () => {
    const send = (body: string | Buffer, headers: Record<string, string> = {}) =>
      fetch(`${shop.url}/webhooks/stripe`, { method: "POST", body: body as BodyInit, headers });
    expect((await send("{}")).status).toBe(400);
    expect((await send("{}", { "Stripe-Signature": "t=1,v1=00" })).status).toBe(400);
    expect((await send(Buffer.alloc(300 * 1024))).status).toBe(413);
    expect((await fetch(`${shop.url}/webhooks/stripe`)).status).toBe(405);
  });
});
