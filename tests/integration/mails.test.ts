/** Mail from the sale to the reader, by a real SMTP server that behaves as real ones do. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { eraseContact, saveContact } from "#app/checkout/contacts.server.ts";
import { orderMails } from "#app/checkout/order-mails.server.ts";
import { opensReceipt } from "#app/checkout/receipt-link.server.ts";
import { db } from "#app/db.server.ts";
import { listMails, mailTask } from "#app/outbox/mails.server.ts";
import { type MailDefinition, mailHandler } from "#app/outbox/send-mail.server.ts";
import { changeSettings } from "#app/operator/settings.server.ts";
import { openSmtp } from "#app/outbox/smtp.server.ts";
import { mailsIn } from "#app/words/mails.ts";
import { formatMoment } from "#app/words/moment.ts";
import { startShop, until, Visitor } from "#harness/shop.ts";
import { command } from "../setup/command.ts";
import { headOf, type MailServer, startMailServer } from "../setup/mail-server.ts";
import { startWorker, tasksOf, write } from "../setup/tasks.ts";

vi.hoisted(() => {
  process.env.SHOP_URL = "https://shop.example";
});

const FROM = "Lastone <shop@example.org>";
const ITEM = "night-ferry";
let server: MailServer;
const lines: string[] = [];

beforeEach(async () => {
  server = await startMailServer();
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  lines.length = 0;
  await db.$executeRaw`TRUNCATE mails, contacts, shop_settings`;
});

/** What refunds will say, as a definition of its own. */
const refunded: MailDefinition = {
  stillTrue: () => Promise.resolve(true),
  write: (_orderId, part) =>
    Promise.resolve(
      mailsIn("en").refunded({ itemName: part, refunded: { amount: 1_800, currency: "EUR" }, receipt: undefined }),
    ),
};

const send = (url = server.url, more: Partial<Record<"refunded" | "yours", MailDefinition>> = {}) =>
  startWorker({
    mail: mailHandler({ ...orderMails, refunded, ...more }, openSmtp(url, FROM, { socketTimeout: 500 })),
  });

/** An order with a contact. */
async function sold(email = "ann@example.org"): Promise<{ orderId: string; lane: string }> {
  const orderId = randomUUID();
  await db.$transaction((tx) => saveContact(tx, { orderId, itemId: ITEM, run: 1, email, name: "Ann" }));
  return { orderId, lane: mailTask("yours", orderId).lane };
}

const bought = { stillTrue: () => Promise.resolve(true), write: () => letter() };
function letter(number = 7) {
  const facts = { itemName: "Night Ferry <2>", quantity: 2, number, soldAt: new Date("2026-12-02T18:00:00Z") };
  return Promise.resolve(
    mailsIn("en").yours({ ...facts, zone: "UTC", paid: null, receipt: "https://shop.example/orders/1?link=2" }),
  );
}

const tryNow = () => db.$executeRaw`UPDATE tasks SET try_at = now() WHERE done_at IS NULL`;
const isDone = async (lane: string) => (await tasksOf(lane)).every(({ done }) => done);

test("a sale's mail says what was bought, and when by the shop's clocks, and its link opens the receipt until the contact is erased", async () => {
  const shop = await startShop();
  const made = await new Visitor(shop.url).buyByJson(ITEM, randomUUID());
  await shop.stop();
  const { order } = (await made.json()) as {
    order: { id: string; number: number; placedAt: string };
  };
  await db.$transaction((tx) =>
    saveContact(tx, {
      orderId: order.id,
      itemId: ITEM,
      run: 1,
      email: "ann@example.org",
    }),
  );
  await changeSettings({ zone: "Asia/Kolkata" }, "Ann");
  send();
  await write(mailTask("yours", order.id));
  await until(() => server.delivered.length > 0);
  const [mail] = await listMails();
  expect(mail?.text).toContain(`When: ${formatMoment(new Date(order.placedAt), "en", "Asia/Kolkata")}`);
  expect(mail).toMatchObject({ kind: "yours", orderId: order.id, recipient: "ann@example.org" });
  expect(mail?.text).toContain(`Number: ${order.number}`);
  const [, id = "", link = ""] =
    /https:\/\/shop\.example\/orders\/([0-9a-f-]+)\?link=([\w-]+)/.exec(mail?.text ?? "") ?? [];
  expect(mail?.html).toContain(`?link=${link}`);
  expect(id).toBe(order.id);
  expect(await opensReceipt(order.id, link)).toBe(true);
  expect(await opensReceipt(randomUUID(), link)).toBe(false);
  expect(await opensReceipt(order.id, `${link.slice(0, -2)}AA`)).toBe(false);
  await eraseContact(order.id);
  expect(await opensReceipt(order.id, link)).toBe(false);
});

test("a buyer is written to in the language in which they paid", async () => {
  const orderId = randomUUID();
  await db.$transaction((tx) =>
    saveContact(tx, { orderId, itemId: ITEM, run: 1, email: "ann@example.org", language: "de" }),
  );
  const yours: MailDefinition = {
    stillTrue: () => Promise.resolve(true),
    write: (_orderId, _part, language, zone) =>
      Promise.resolve(
        mailsIn(language).yours({
          itemName: "Nachtfähre",
          quantity: 1,
          number: 3,
          soldAt: new Date("2026-12-02T18:00:00Z"),
          zone,
          paid: { amount: 4_200, currency: "EUR" },
          receipt: undefined,
        }),
      ),
  };
  send(server.url, { yours });
  await write(mailTask("yours", orderId));
  await until(() => server.delivered.length > 0);
  const [mail] = await listMails();
  expect(mail?.subject).toBe("Deins: Nachtfähre · Lastone");
  expect(mail?.text).toContain("Bezahlt: 42,00\u00a0€");
  expect(mail?.text).toContain("2. Dezember 2026 um 18:00 Uhr UTC");
  expect(mail?.html).toContain('<html lang="de">');
});

test("text and HTML say the same, from the shop to the reader, and nothing of it is loaded from elsewhere", async () => {
  const { orderId } = await sold();
  send(server.url, { yours: bought });
  await write(mailTask("yours", orderId));
  await until(() => server.delivered.length > 0);
  const [{ to, message } = { to: [], message: "" }] = server.delivered;
  expect([to, headOf(message, "From"), headOf(message, "To")]).toEqual([["ann@example.org"], FROM, "ann@example.org"]);
  expect(headOf(message, "Subject")).toBe("Yours: Night Ferry <2> · Lastone");
  const [mail] = await listMails();
  expect(mail?.text).toContain("2 units of Night Ferry <2> are yours.");
  expect(mail?.text).toContain("2 December 2026 at 18:00 UTC");
  expect(mail?.html).toContain("2 units of Night Ferry &lt;2&gt; are yours.");
  expect(mail?.html).not.toMatch(/src=|url\(|<link|<script/);
});

test("a server that takes the mail and drops the line before its 250 gets the same bytes again", async () => {
  const { orderId, lane } = await sold();
  server.manner = "drop";
  let writings = 0;
  // What it would say has changed by the second try.
  send(server.url, { yours: { ...bought, write: () => letter((writings += 1)) } });
  await write(mailTask("yours", orderId));
  await until(async () => (await tasksOf(lane))[0]?.why != null);
  server.manner = "take";
  await until(() => isDone(lane));
  const { delivered } = server;
  expect(delivered.length).toBeGreaterThanOrEqual(2);
  expect(writings).toBeGreaterThanOrEqual(2);
  expect(new Set(delivered.map(({ message }) => message)).size).toBe(1);
  expect(headOf(delivered[0]?.message ?? "", "Message-ID")).toMatch(/^<[0-9a-f-]{36}@example\.org>$/);
});

test("a mail says whose it is: as its sender, in its subject and at its foot, and is the same at every try", async () => {
  const set = (name: string) =>
    changeSettings({ name, address: "1 Quay Street\nDublin", email: "ada@shop.example" }, "Ann");
  await set("Ada’s Prints");
  const { orderId, lane } = await sold();
  server.manner = "drop";
  startWorker({
    mail: mailHandler({ yours: bought }, openSmtp(server.url, "shop@example.org", { socketTimeout: 500 })),
  });
  await write(mailTask("yours", orderId));
  await until(async () => (await tasksOf(lane))[0]?.why != null);
  // It was written as this shop's, and is on its way perhaps.
  await set("Another shop");
  server.manner = "take";
  await until(() => isDone(lane));
  const messages = server.delivered.map(({ message }) => message);
  expect([messages.length >= 2, new Set(messages).size]).toEqual([true, 1]);
  const [message = ""] = messages;
  expect(["From", "Subject"].map((name) => headOf(message, name))).toEqual([
    expect.stringMatching(/^"?Ada’s Prints"? <shop@example\.org>$/),
    "Yours: Night Ferry <2> · Ada’s Prints",
  ]);
  const [mail] = await listMails();
  expect(mail?.text?.endsWith("\n\n-- \nAda’s Prints\n1 Quay Street\nDublin\nada@shop.example\n")).toBe(true);
  expect(mail?.html).toContain("<strong>Ada’s Prints</strong><br/>1 Quay Street<br/>Dublin<br/>ada@shop.example</p>");
  expect(messages.join()).not.toContain("Lastone");
});

test("a server that drops the line after its 250 gets the mail once", async () => {
  const { orderId, lane } = await sold();
  server.manner = "end";
  send();
  await write(mailTask("refunded", orderId, "r1"));
  await until(() => isDone(lane));
  expect(server.seen).toHaveLength(1);
  expect(await listMails()).toMatchObject([{ state: "sent" }]);
});

test("a server that hangs after the mail is asked five times, with one Message-ID, and then the mail is given up", async () => {
  const { orderId, lane } = await sold();
  server.manner = "hang";
  send();
  await write(mailTask("refunded", orderId, "r1"));
  await until(async () => (await tryNow(), isDone(lane)));
  expect(server.seen).toHaveLength(5);
  expect(new Set(server.seen.map((message) => headOf(message, "Message-ID"))).size).toBe(1);
  expect(await listMails()).toMatchObject([{ state: "given_up" }]);
  expect(lines.filter((line) => line.includes("mail_given_up"))).toHaveLength(1);
});

test("a recipient who is refused is not tried again, and no log and no task says who it was", async () => {
  const { orderId, lane } = await sold("no'body@example.org");
  server.manner = "refuse";
  send();
  await write(mailTask("refunded", orderId, "r1"));
  await until(() => isDone(lane));
  const [task] = await tasksOf(lane);
  expect(task).toMatchObject({ attempts: 1, why: expect.stringContaining("no mailbox") as string });
  expect(await listMails()).toMatchObject([{ state: "given_up" }]);
  expect([task?.why, ...lines].join()).not.toMatch(/no'|body@/);
});

test("a sender who is refused is the operator's to mend: the mail is tried again", async () => {
  const { orderId, lane } = await sold();
  server.manner = "refuse_sender";
  send();
  await write(mailTask("refunded", orderId, "r1"));
  await until(async () => (await tasksOf(lane))[0]?.why != null);
  expect(await tasksOf(lane)).toMatchObject([
    { done: false, why: expect.stringContaining("no such sender") as string },
  ]);
  server.manner = "take";
  await until(async () => (await tryNow(), isDone(lane)));
  expect(server.delivered).toHaveLength(1);
});

test("a server that goes on talking and never answers fails the mail in time", async () => {
  const { orderId, lane } = await sold();
  const talking = createServer((socket) => {
    socket.on("error", () => undefined).write("220 mail\r\n");
    socket.once("data", () => {
      const more = setInterval(() => socket.write("250-and more\r\n"), 50);
      socket.once("close", () => clearInterval(more));
    });
    sockets.push(socket);
  });
  const sockets: Socket[] = [];
  talking.listen(0, "127.0.0.1");
  await once(talking, "listening");
  const { port } = talking.address() as AddressInfo;
  const smtp = openSmtp(`smtp://127.0.0.1:${port}`, FROM, { socketTimeout: 500, wholeMail: 1_000 });
  startWorker({ mail: mailHandler({ refunded }, smtp) });
  await write(mailTask("refunded", orderId, "r1"));
  await until(async () => (await tasksOf(lane))[0]?.why != null);
  expect(await tasksOf(lane)).toMatchObject([{ done: false, why: expect.stringContaining("took too long") as string }]);
  for (const socket of sockets) socket.destroy();
  talking.close();
});

test("a mail whose sending was taken down, but not its task, is not sent again", async () => {
  const { orderId, lane } = await sold();
  send();
  await write(mailTask("refunded", orderId, "r1"));
  await until(() => isDone(lane));
  // As after a crash between the two.
  await db.$executeRaw`UPDATE tasks SET done_at = NULL WHERE lane = ${lane}`;
  await until(async () => (await tryNow(), isDone(lane)));
  expect(await tasksOf(lane)).toMatchObject([{ attempts: 2 }]);
  expect(server.seen).toHaveLength(1);
});

test("a mail whose task was taken over before it was sent is left to whoever has taken it", async () => {
  const { orderId } = await sold();
  const handle = mailHandler({ refunded }, openSmtp(server.url, FROM));
  const task = { id: "1", kind: "mail" as const, subject: orderId, part: "refunded:r1", attempts: 1, tries: 1 };
  expect(await handle({ ...task, signal: AbortSignal.abort() })).toMatchObject({ again: "soon" });
  expect(server.seen).toEqual([]);
  expect(await handle({ ...task, signal: new AbortController().signal })).toBe("done");
  expect(server.seen).toHaveLength(1);
});

test("a server that is down and comes back gets the mails of an order in their order", async () => {
  const { orderId, lane } = await sold();
  const { port, url } = server;
  await server.close();
  send(url, { yours: bought });
  await write(mailTask("yours", orderId), mailTask("refunded", orderId, "r1"), mailTask("refunded", orderId, "r2"));
  await until(async () => ((await tasksOf(lane))[0]?.attempts ?? 0) >= 2);
  const back = await startMailServer(port);
  await until(() => isDone(lane));
  expect(back.delivered.map(({ message }) => headOf(message, "Subject"))).toEqual([
    "Yours: Night Ferry <2> · Lastone",
    expect.stringContaining("for r1 · Lastone"),
    expect.stringContaining("for r2 · Lastone"),
  ]);
});

test("a mail that a later state has made wrong is not sent, also when it was tried before", async () => {
  const { orderId, lane } = await sold();
  const { port, url } = server;
  await server.close();
  const state = { now: true };
  send(url, { yours: { ...bought, stillTrue: () => Promise.resolve(state.now) } });
  await write(mailTask("yours", orderId));
  // It has failed, and does not ask again whether it is true before its next try.
  await until(async () => (await tasksOf(lane))[0]?.why != null);
  state.now = false;
  const back = await startMailServer(port);
  await until(() => isDone(lane));
  expect(back.seen).toEqual([]);
  expect(await listMails()).toMatchObject([{ state: "given_up" }]);
});

test("without a mail server mails are kept, can be read, and are sent when the operator asks for it later", async () => {
  const { orderId, lane } = await sold();
  const without = startWorker({ mail: mailHandler({ yours: bought }, undefined) });
  await write(mailTask("yours", orderId));
  await until(() => isDone(lane));
  await without.end(5_000);
  const [mail] = await listMails();
  expect(mail).toMatchObject({ state: "kept" });
  const listed = await command("ops/mails.ts", ["list"]);
  expect(listed.said).toEqual([expect.stringMatching(/kept .* ann@example\.org · Yours: Night Ferry <2> · Lastone$/)]);
  const shown = await command("ops/mails.ts", ["show", mail?.id ?? ""]);
  expect(shown.said).toContain("2 units of Night Ferry <2> are yours.");
  const [{ id } = { id: "" }] = await db.$queryRaw<{ id: string }[]>`SELECT id::text AS id FROM tasks`;
  expect((await command("ops/outbox.ts", ["retry", id])).code).toBe(0);
  send(server.url, { yours: bought });
  await until(() => server.delivered.length > 0);
});

test("a mail server that says nothing keeps no sale waiting", async () => {
  server.manner = "hang";
  const { orderId, lane } = await sold();
  const shop = await startShop({ SMTP_URL: server.url, MAIL_FROM: FROM, SHOP_URL: "https://shop.example" });
  try {
    const first = (await (await new Visitor(shop.url).buyByJson(ITEM, randomUUID())).json()) as {
      order: { id: string };
    };
    await db.$executeRaw`UPDATE contacts SET order_id = ${first.order.id}::uuid WHERE order_id = ${orderId}::uuid`;
    await write({ ...mailTask("yours", first.order.id), lane });
    await until(() => server.seen.length > 0);
    // The mail is handed over, and its worker waits for an answer that never comes.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => new Visitor(shop.url).buyByJson(ITEM, randomUUID())),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await tasksOf(lane)).toMatchObject([{ leased: true, done: false }]);
  } finally {
    await shop.stop();
  }
  // Given back at the end of the process, for whoever comes next.
  expect(await tasksOf(lane)).toMatchObject([{ leased: false, done: false }]);
});
