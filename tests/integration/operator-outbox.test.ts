/** What is left of the outbox, tried again from the page, and mails that are read there. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";
import { Operator, PASSWORD } from "../setup/signed-in.ts";
import { newPayment, tasksOf, write } from "../setup/tasks.ts";

let shop: Shop;
let ann: Operator;
beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD, OUTBOX: "0" });
  ann = await Operator.signIn(shop.url);
});
afterAll(() => shop.stop());

const idOf = async (lane: string) =>
  (await db.$queryRaw<{ id: string }[]>`SELECT id::text AS id FROM tasks WHERE lane = ${lane}`)[0]?.id ?? "";
const outbox = async () => (await ann.fetch("/operator/outbox")).text();
const press = async (task: string) => (await ann.press("/operator/outbox", { task })).headers.get("location");

test("what is stuck stands first, with its reason, and is tried again once it is pressed, by whom it was", async () => {
  expect(await outbox()).toContain("Nothing is left to do.");
  const [waiting, failed, stuck] = [newPayment(), newPayment(), newPayment()];
  await write(waiting.task("settle", { dueAt: new Date("2999-01-31T18:00:00Z") }));
  await write(failed.task("refund", { part: "r1" }), stuck.task("capture"));
  await db.$executeRaw`UPDATE tasks SET attempts = 2, last_error = 'away <now>' WHERE lane = ${failed.id}`;
  await db.$executeRaw`UPDATE tasks SET attempts = 20, stuck = true, last_error = 'refused' WHERE lane = ${stuck.id}`;
  const page = await outbox();
  expect([...page.matchAll(/data-state="(\w+)"/g)].map(([, state]) => state)).toEqual(["stuck", "failed", "waiting"]);
  for (const text of ["refused", "away &lt;now&gt;", "tried 20 times", "31 January 2999 at 18:00 UTC"])
    expect(page).toContain(text);

  expect(await press(await idOf(stuck.id))).toBe("/operator/outbox?said=retried");
  expect(await tasksOf(stuck.id)).toMatchObject([{ attempts: 0, stuck: false }]);
  expect(await press("all")).toBe("/operator/outbox?said=all");
  expect(await tasksOf(failed.id)).toMatchObject([{ attempts: 0 }]);
  await db.$executeRaw`UPDATE tasks SET done_at = now(), last_error = NULL WHERE lane = ${stuck.id}`;
  expect(await press(await idOf(stuck.id))).toBe("/operator/outbox?said=late");
  expect(await db.act.findMany({ where: { what: "task_retried" }, orderBy: { id: "asc" } })).toMatchObject([
    { who: "Ann", orderId: stuck.id, after: { task: "capture" } },
    { who: "Ann", orderId: null, after: { tasks: 1 } },
  ]);
  expect((await ann.press("/operator/outbox", { task: "1; DROP" })).status).toBe(404);
});

test("a mail is read as text, whatever it says, and one that was erased says so", async () => {
  const [id, erased] = [randomUUID(), randomUUID()];
  await db.$executeRaw`
    INSERT INTO mails (id, kind, order_id, recipient, subject, text, html, message_id, created_at)
    VALUES (${id}::uuid, 'yours', ${randomUUID()}::uuid, 'ann@example.org', 'Yours: Kite', 'One <b>Kite</b> is yours.', '<p>', '<1@shop>', now())`;
  await db.$executeRaw`
    INSERT INTO mails (id, kind, order_id, subject, message_id, created_at, erased_at)
    VALUES (${erased}::uuid, 'yours', ${randomUUID()}::uuid, 'Yours: Moth', '<2@shop>', now(), now())`;
  expect(await outbox()).toContain(`/operator/outbox/mails/${id}`);
  const read = async (mail: string) => (await ann.fetch(`/operator/outbox/mails/${mail}`)).text();
  expect(await read(id)).toContain("One &lt;b&gt;Kite&lt;/b&gt; is yours.");
  expect(await read(erased)).toContain("Its text was erased.");
  expect((await ann.fetch(`/operator/outbox/mails/${randomUUID()}`)).status).toBe(404);
});

test("the latest mails are found without reading all that were ever sent", async () => {
  await db.$executeRaw`
    INSERT INTO mails (id, kind, order_id, recipient, subject, text, html, message_id, created_at)
    SELECT gen_random_uuid(), 'yours', gen_random_uuid(), 'ann@example.org', 'Yours: ' || nth, 'x', 'x', '<' || nth || '@shop>',
           now() - nth * interval '1 minute'
    FROM generate_series(10, 20000) AS nth`;
  await db.$executeRaw`ANALYZE mails`;
  expect(await outbox()).toContain("Yours: 10<");
  const uses = async () => {
    await outbox();
    const [index] = await db.$queryRaw<{ uses: number }[]>`
      SELECT idx_scan::int AS uses FROM pg_stat_user_indexes WHERE indexrelname = 'mails_created_at_id_idx'`;
    return index?.uses ?? 0;
  };
  // Counted when a connection has nothing to do.
  await until(async () => (await uses()) > 0);
});
