/** Who a buyer is, kept apart and erased: contact, person, mails and link. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { eraseContact, getContact, saveContact } from "#app/checkout/contacts.server.ts";
import { partyOf } from "#app/checkout/party.server.ts";
import { opensReceipt, receiptLinkOf } from "#app/checkout/receipt-link.server.ts";
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { keepMail, listMails, mailTask } from "#app/outbox/mails.server.ts";
import { mailHandler } from "#app/outbox/send-mail.server.ts";
import { resetItem } from "#app/shop/stocking.server.ts";
import { mailsIn } from "#app/words/mails.ts";
import { until } from "#harness/shop.ts";
import { command } from "../setup/command.ts";
import { startWorker, tasksOf, write } from "../setup/tasks.ts";

vi.hoisted(() => {
  process.env.SHOP_URL = "https://shop.example";
});

const ITEM = "night-ferry";
const ADDRESS = { line1: "1 Quay", city: "Bergen", country: "NO" };

afterEach(async () => {
  await db.$executeRaw`TRUNCATE mails, contacts`;
});

async function runOf(itemId: string): Promise<number> {
  return (await db.stock.findUniqueOrThrow({ where: { itemId } })).run;
}

async function saved(email = "ann@example.org") {
  const contact = { orderId: randomUUID(), itemId: ITEM, run: await runOf(ITEM), email, name: "Ann", address: ADDRESS };
  await db.$transaction((tx) => saveContact(tx, contact));
  // As the decision writes it with which the payment begins.
  await db.contact.update({ where: { orderId: contact.orderId }, data: { party: partyOf(email) } });
  return contact;
}

const partyKept = (orderId: string) => db.contact.count({ where: { orderId, party: { not: null } } });

test("a contact written again is the newer one, and its receipt keeps its link", async () => {
  const contact = await saved();
  const link = await receiptLinkOf(contact.orderId);
  expect(await db.$transaction((tx) => saveContact(tx, { ...contact, email: "bob@example.org" }))).toBe(true);
  expect(await getContact(contact.orderId)).toMatchObject({ email: "bob@example.org", name: "Ann", address: ADDRESS });
  expect(await receiptLinkOf(contact.orderId)).toBe(link);
});

test("a receipt's link opens that receipt alone, outlives a change of the cookie's secret, and falls with the contact's own", async () => {
  const [one, other] = [await saved(), await saved("bob@example.org")];
  const linkOf = async ({ orderId }: { orderId: string }) =>
    /link=(.*)/.exec((await receiptLinkOf(orderId)) ?? "")?.[1] ?? "";
  const earlier = await linkOf(one);
  expect([await opensReceipt(one.orderId, earlier), await opensReceipt(other.orderId, earlier)]).toEqual([true, false]);
  // Not even a copy of the other's secret makes its link.
  await db.$executeRaw`UPDATE contacts SET link_secret = (SELECT link_secret FROM contacts WHERE order_id = ${one.orderId}::uuid)`;
  expect(await opensReceipt(other.orderId, earlier)).toBe(false);

  const person = partyOf("ann@example.org");
  env.COOKIE_SECRET.unshift("a-newer-secret-that-only-the-tests-know-of");
  try {
    const newer = await linkOf(one);
    expect(newer).not.toBe(earlier);
    for (const link of [earlier, newer]) expect(await opensReceipt(one.orderId, link)).toBe(true);
    expect(partyOf("ann@example.org")).not.toEqual(person);
  } finally {
    env.COOKIE_SECRET.shift();
  }
  await db.$executeRaw`UPDATE contacts SET link_secret = 'another'`;
  expect(await opensReceipt(one.orderId, earlier)).toBe(false);
});

/** What `work` comes to, when a row of the contact is held until `waiting` transactions wait for a lock, or it is done before. */
async function whileHeld<T>(hold: string, orderId: string, work: () => [Promise<T>, ...Promise<T>[]]): Promise<T[]> {
  const holder = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await holder.connect();
  try {
    await holder.query("BEGIN");
    await holder.query(hold, [orderId]);
    let open = 0;
    const works = work().map((one) => ((open += 1), one.finally(() => (open -= 1))));
    await until(async () => {
      const waiting = await db.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return waiting.length >= open;
    });
    await holder.query("COMMIT");
    return await Promise.all(works);
  } finally {
    await holder.end();
  }
}

const HELD = "SELECT 1 FROM contacts WHERE order_id = $1 FOR SHARE";

test("a mail that is written while its contact is erased has nobody to be sent to", async () => {
  const { orderId } = await saved();
  const erase = `UPDATE contacts SET email = NULL, name = NULL, address = NULL, link_secret = NULL, erased_at = now() WHERE order_id = $1`;
  const written = {
    kind: "yours" as const,
    orderId,
    part: "",
    tellsOf: [],
    subject: "",
    text: "",
    html: "",
    sender: "Shop",
    domain: "x",
    final: false,
  };
  expect(await whileHeld(erase, orderId, () => [keepMail(db, written)])).toEqual([null]);
  expect(await listMails()).toEqual([]);
});

test("of two who erase a contact at once, one is told that it was erased before", async () => {
  const { orderId } = await saved();
  const erasures = await whileHeld(HELD, orderId, () => [eraseContact(orderId), eraseContact(orderId)]);
  expect(erasures.map(({ contact }) => contact).sort()).toEqual(["erased", "erased_before"]);
});

test("a run that ends while a contact of it is erased takes the person along", async () => {
  const { orderId } = await saved();
  await whileHeld<unknown>(HELD, orderId, () => [
    eraseContact(orderId),
    // When the erasing has its lock on the stock.
    until(async () => {
      const [row] = await db.$queryRaw<{ waits: boolean }[]>`
        SELECT count(*) > 0 AS waits FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return row?.waits === true;
    }).then(() => resetItem(ITEM, 5)),
  ]);
  expect(await partyKept(orderId)).toBe(0);
});

test("erased, nothing of the buyer is left anywhere, and nothing brings it back", async () => {
  const contact = await saved("erase-me@example.org");
  const write1 = () =>
    Promise.resolve(
      mailsIn("en").refunded({ itemName: "x", refunded: { amount: 1, currency: "EUR" }, receipt: undefined }),
    );
  const definition = { stillTrue: () => Promise.resolve(true), write: write1 };
  const worker = startWorker({ mail: mailHandler({ yours: definition }, undefined) });
  await write(mailTask("yours", contact.orderId));
  await until(async () => (await listMails()).length > 0);
  await worker.end(5_000);
  await write(mailTask("refunded", contact.orderId, "r1"));
  const link = /link=(.*)/.exec((await receiptLinkOf(contact.orderId)) ?? "")?.[1] ?? "";
  expect(await opensReceipt(contact.orderId, link)).toBe(true);

  const first = await command("ops/contacts.ts", ["erase", contact.orderId]);
  expect(first.code).toBe(0);
  expect(first.said).toEqual([
    expect.stringContaining("Erased: name, e-mail, address and receipt link"),
    "Mails: 1 erased, 1 will not be sent.",
    expect.stringContaining("while the run is on"),
    expect.stringContaining("payment provider"),
  ]);
  expect(await opensReceipt(contact.orderId, link)).toBe(false);
  expect(await receiptLinkOf(contact.orderId)).toBeUndefined();
  expect(await tasksOf(mailTask("yours", contact.orderId).lane)).toMatchObject([{ done: true }, { done: true }]);
  const rows = await db.$queryRaw`
    SELECT (SELECT string_agg(row_to_json(contacts)::text, '') FROM contacts) || (SELECT string_agg(row_to_json(mails)::text, '') FROM mails)
           || (SELECT string_agg(row_to_json(tasks)::text, '') FROM tasks) AS everything`;
  expect(JSON.stringify(rows)).not.toMatch(/erase-me|Ann|Quay|Bergen/);
  expect(await db.$transaction((tx) => saveContact(tx, contact))).toBe(false);
  expect(await getContact(contact.orderId)).toMatchObject({ email: null, linkSecret: null });
  expect(await eraseContact(contact.orderId)).toMatchObject({ contact: "erased_before", mails: 0, unsent: 0 });
  expect((await command("ops/contacts.ts", ["erase", randomUUID()])).code).toBe(1);
});

test("the person is kept while the run is on, and forgotten when it ends; whoever is not erased stays", async () => {
  const [erased, stays] = [await saved(), await saved()];
  expect(await eraseContact(erased.orderId)).toMatchObject({ contact: "erased", party: "kept" });
  expect(await partyKept(erased.orderId)).toBe(1);
  await resetItem(ITEM, 5);
  expect([await partyKept(erased.orderId), await partyKept(stays.orderId)]).toEqual([0, 1]);
  // Of a run that has ended, at once.
  expect(await eraseContact(stays.orderId)).toMatchObject({ party: "erased" });
  expect(await partyKept(stays.orderId)).toBe(0);
});
