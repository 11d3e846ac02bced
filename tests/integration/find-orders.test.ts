/** "Find my order": whoever has lost their receipts has them mailed, and whoever asks for another's learns nothing. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { eraseContact, saveContact } from "#app/checkout/contacts.server.ts";
import { listOrdersOf, mailOrdersOf, ordersLookedUp } from "#app/checkout/find-orders.server.ts";
import { db } from "#app/db.server.ts";
import { listMails } from "#app/outbox/mails.server.ts";
import { type Shop, startShop, until, Visitor } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";
import { freePort } from "#server/port.ts";
import { headOf, type MailServer, startMailServer } from "../setup/mail-server.ts";

const ITEM = "night-ferry";
let shop: Shop;
let other: Shop;
let proxy: SwitchableProxy;
let mailPort: number;
let server: MailServer;

beforeAll(async () => {
  [mailPort, proxy] = await Promise.all([freePort(), startProxy(process.env.DATABASE_URL ?? "")]);
  const mail = { SMTP_URL: `smtp://127.0.0.1:${mailPort}`, MAIL_FROM: "Lastone <shop@example.org>" };
  // The first alone sends mail, so that a test may take it from the other.
  [shop, other] = await Promise.all([startShop(mail), startShop({ ...mail, OUTBOX: "0", DATABASE_URL: proxy.url })]);
  await new Visitor(shop.url).reset(ITEM, 1_000);
});
afterAll(async () => {
  await Promise.all([shop.stop(), other.stop()]);
  proxy.close();
});
beforeEach(async () => void (server = await startMailServer(mailPort)));
afterEach(async () => {
  await db.$executeRaw`TRUNCATE mails, contacts, tasks`;
});

/** From an address of its own: what one address asks for is counted. */
let visitors = 0;
function ask(email: string, { url } = shop, headers: Record<string, string> = {}): Promise<Response> {
  visitors += 1;
  const from = `203.0.${Math.floor(visitors / 250)}.${visitors % 250}`;
  return fetch(`${url}/orders`, {
    method: "POST",
    headers: { Origin: url, "X-Forwarded-For": from, ...headers },
    body: new URLSearchParams({ email }),
  });
}

/** An order whose buyer has told their address. */
async function sold(email: string): Promise<{ id: string; number: number }> {
  const answer = await new Visitor(shop.url).buyByJson(ITEM, randomUUID());
  const { order } = (await answer.json()) as { order: { id: string; number: number } };
  await db.$transaction((tx) => saveContact(tx, { orderId: order.id, itemId: ITEM, run: 1, email, name: "Ann" }));
  return order;
}

const listsWritten = () =>
  db.$queryRaw<{ subject: string; done: boolean }[]>`
    SELECT subject::text AS subject, done_at IS NOT NULL AS done FROM tasks WHERE part LIKE 'orders:%' ORDER BY id`;
/** What of a mail leads to receipts, in its order. */
const receiptsIn = (text = "") =>
  [...text.matchAll(/No\. (\d+),[^:]*:\d\d UTC: (\S+)/g)].map(([, number, link = ""]) => ({
    number: Number(number),
    link,
  }));
/** As if they were asked for so many minutes earlier. */
const age = (minutes: number) =>
  db.$executeRaw`UPDATE tasks SET due_at = due_at - make_interval(mins => ${minutes}::int)`;

test("one mail lists a person's orders, the latest first, each with the link that opens its receipt", async () => {
  const [first, second] = [await sold("ann@example.org"), await sold("ANN@example.org")];
  await sold("bob@example.org");
  const answer = await ask("  ann@example.org ");
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('data-message="asked"')]);
  await until(() => server.delivered.length > 0);
  const [{ to, message } = { to: [], message: "" }] = server.delivered;
  // Where the orders' buyer is, and not where somebody has typed.
  expect([to, headOf(message, "Subject")]).toEqual([["ANN@example.org"], "Your orders · Lastone"]);
  const [mail] = await listMails();
  const receipts = receiptsIn(mail?.text ?? "");
  expect(receipts.map(({ number }) => number)).toEqual([second.number, first.number]);
  for (const [at, { id }] of [second, first].entries()) {
    const link = receipts[at]?.link ?? "";
    expect(link.startsWith(`${shop.url}/orders/${id}?link=`)).toBe(true);
    expect(mail?.html).toContain(link);
    const receipt = await fetch(link);
    expect([receipt.status, await receipt.text()]).toEqual([200, expect.stringContaining("data-receipt")]);
  }
});

test("nothing of the answer says whether there are orders", async () => {
  await sold("ann@example.org");
  const told = async (email: string) => {
    const answer = await ask(email, shop, { "Accept-Encoding": "identity" });
    const { date, ...headers } = Object.fromEntries(answer.headers);
    const nonce = /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "")?.[1] ?? "-";
    const text = (part: unknown) => JSON.stringify(part).replaceAll(nonce, "nonce").replaceAll(email, "email");
    return [answer.status, text(headers), text(await answer.text())];
  };
  const [known, unknown] = [await told("ann@example.org"), await told("eve@example.org")];
  expect(known[0]).toBe(200);
  expect(unknown).toEqual(known);
  await until(() => server.delivered.length > 0);
  expect(await listsWritten()).toHaveLength(1);
});

/** What `work` comes to while a lock is held, until so many look-ups wait for it; and then all of them have ended. */
async function whileLocked(lock: string, waiting: number, work: () => Promise<void>): Promise<void> {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  const pidsOf = async (what: string) => {
    const { rows } = await holder.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND ${what}`,
    );
    return rows.map(({ pid }) => pid);
  };
  try {
    await holder.query("BEGIN");
    await holder.query(lock);
    await work();
    let pids: number[] = [];
    await until(async () => (pids = await pidsOf("wait_event_type = 'Lock'")).length >= waiting);
    await holder.query("COMMIT");
    await until(async () => (await pidsOf(`pid IN (${pids.join()}) AND xact_start IS NOT NULL`)).length === 0);
  } finally {
    await holder.end();
  }
}

test("the answer does not wait for what is looked up, not even where that stands still", async () => {
  await sold("ann@example.org");
  await whileLocked("LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE", 1, async () => {
    expect((await ask("ann@example.org")).status).toBe(200);
  });
  await until(() => server.delivered.length > 0);
});

test("however often it is asked for, on whichever instance, there is one mail in ten minutes, and five a day", async () => {
  await sold("ann@example.org");
  await whileLocked("SELECT 1 FROM contacts FOR UPDATE", 6, async () => {
    const asks = Array.from({ length: 6 }, (_, nth) => ask("ann@example.org", [shop, other][nth % 2]));
    for (const asked of asks) expect((await asked).status).toBe(200);
  });
  expect(await listsWritten()).toHaveLength(1);
  await until(() => server.delivered.length > 0);
  // Whoever bought once more is not asked about anew either.
  await sold("ANN@example.org");
  const askHere = async () => {
    for (const email of ["ann@example.org", "Ann@example.org"]) mailOrdersOf(email);
    await ordersLookedUp();
    return (await listsWritten()).length;
  };
  expect(await askHere()).toBe(1);
  await age(9);
  expect(await askHere()).toBe(1);
  for (const written of [2, 3, 4, 5, 5, 5]) {
    await age(10);
    expect(await askHere()).toBe(written);
  }
  await age(24 * 60);
  expect(await askHere()).toBe(6);
  await until(async () => (await listsWritten()).every(({ done }) => done));
  expect(server.delivered).toHaveLength(6);
});

test("what one address asks for is counted, and it is told when to come back", async () => {
  const from = { "X-Forwarded-For": "198.51.100.7" };
  const statuses: number[] = [];
  for (let nth = 0; nth < 20; nth += 1) statuses.push((await ask(`nobody${nth}@example.org`, shop, from)).status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const refused = await ask("nobody@example.org", shop, from);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "180"]);
  const html = await refused.text();
  expect(html).toContain("Try again in 3 minutes.");
  expect(html).toContain('value="nobody@example.org"');
  expect((await ask("nobody@example.org")).status).toBe(200);
});

test("what is no e-mail address is told beside its field, and what was typed stays", async () => {
  for (const [typed, says] of [
    ["ann@", "This is not an e-mail address."],
    ["", "Enter your e-mail address."],
  ] as const) {
    const answer = await ask(typed);
    const html = await answer.text();
    expect(answer.status).toBe(400);
    expect(html).toMatch(new RegExp(`<p id="email-says"[^>]*>${says}`));
    const [input = ""] = /<input[^>]*name="email"[^>]*>/.exec(html) ?? [];
    expect(input).toContain('aria-invalid="true"');
    expect(input).toContain('aria-describedby="email-says"');
    if (typed) expect(input).toContain(`value="${typed}"`);
  }
});

test("another site's form is refused, and so is a body that is no form", async () => {
  expect((await ask("ann@example.org", shop, { Origin: "https://elsewhere.example" })).status).toBe(403);
  const json = await fetch(`${shop.url}/orders`, { method: "POST", body: '{"email":"ann@example.org"}' });
  expect(json.status).toBe(415);
});

test("nobody is told that a mail is on its way while the database is away", async () => {
  proxy.off();
  await until(async () => (await fetch(`${other.url}/readyz`)).status === 503);
  for (const email of ["ann@example.org", "eve@example.org"]) {
    const answer = await ask(email, other);
    const html = await answer.text();
    expect([answer.status, answer.headers.has("retry-after")]).toEqual([503, true]);
    expect(html).toContain("We’ll be back");
    expect(html).not.toContain('data-message="asked"');
  }
  // It is the same for everybody, and needs no database.
  expect((await fetch(`${other.url}/orders`)).status).toBe(200);
  proxy.on();
  await until(async () => (await fetch(`${other.url}/readyz`)).status === 200);
});

test("an erased order is in no list any more, and a list that names it is erased with it", async () => {
  const [gone, stays] = [await sold("ann@example.org"), await sold("ann@example.org")];
  await ask("ann@example.org");
  await until(() => server.delivered.length > 0);
  await until(async () => (await listsWritten()).every(({ done }) => done));
  // The list hangs on the other order, and is kept for the operator to read.
  expect(await listMails()).toMatchObject([{ orderId: stays.id, text: expect.stringContaining(gone.id) as string }]);
  expect(await eraseContact(gone.id)).toMatchObject({ contact: "erased", mails: 1 });
  expect(await listMails()).toMatchObject([{ recipient: null, text: null, html: null, state: "erased" }]);
  await age(10);
  await ask("ann@example.org");
  await until(() => server.delivered.length > 1);
  const [latest] = await listMails();
  expect(latest?.text).toContain(stays.id);
  expect(latest?.text).not.toContain(gone.id);
  await eraseContact(stays.id);
  expect(await listOrdersOf("ann@example.org")).toEqual([]);
});

test("a list that is still to be sent when one of its orders is erased is dropped", async () => {
  const [gone, stays] = [await sold("ann@example.org"), await sold("ann@example.org")];
  server.manner = "drop";
  await ask("ann@example.org");
  await until(() => server.seen.length > 0);
  expect((await listsWritten())[0]).toEqual({ subject: stays.id, done: false });
  expect(await eraseContact(gone.id)).toMatchObject({ mails: 1, unsent: 1 });
  expect((await listsWritten())[0]).toEqual({ subject: stays.id, done: true });
});

test("of many orders the latest twenty are listed, and the mail says that there are more", async () => {
  const numbers: number[] = [];
  for (let nth = 0; nth < 22; nth += 1) numbers.unshift((await sold("ann@example.org")).number);
  await ask("ann@example.org");
  await until(() => server.delivered.length > 0);
  const [mail] = await listMails();
  expect(receiptsIn(mail?.text ?? "").map(({ number }) => number)).toEqual(numbers.slice(0, 20));
  expect(mail?.text).toContain("There are earlier ones.");
});

test("another letter is another person, also where its capital is the same; so is another mailbox", async () => {
  await sold("mick@example.org");
  // The Kelvin sign, whose small letter is k.
  for (const email of ["mic\u212a@example.org", "mick+shop@example.org", "mick@example.com"])
    expect(await listOrdersOf(email)).toEqual([]);
  expect(await listOrdersOf("MICK@example.org")).toHaveLength(1);
});

test("the page is one for everybody, search engines too, and linked from all pages", async () => {
  const html = await (await fetch(`${shop.url}/orders`)).text();
  expect(html).not.toContain("noindex");
  expect(html).toContain('<meta name="description" content="Enter the e-mail address');
  expect(html).toMatch(/<title>Find my order · Lastone<\/title>/);
  for (const path of ["/", "/items/tin-comet", "/nothing"]) {
    const page = await (await fetch(shop.url + path)).text();
    for (const part of ["header", "footer"])
      expect(page).toMatch(new RegExp(`<${part}[^]*<a[^>]* href="/orders"[^>]*>Find my order</a>[^]*</${part}>`));
  }
});

test("a shop that can mail no links says how else", async () => {
  const silent = await startShop({ SHOP_URL: "", DEMO: "0", SHOP_EMAIL: "ada@shop.example" });
  try {
    const html = await (await fetch(`${silent.url}/orders`)).text();
    expect(html).toContain("This shop sends no mail");
    expect(html).toMatch(/<main[^]*href="mailto:ada@shop.example"[^]*<\/main>/);
    expect(html).not.toContain("<form");
    expect((await ask("ann@example.org", silent)).status).toBe(405);
  } finally {
    await silent.stop();
  }
});
