/** `npm run outbox`: an operator sees what is left of the outbox, and has it tried. */
import { expect, test } from "vitest";
import { db } from "#app/db.server.ts";
import { command } from "../setup/command.ts";
import { newPayment, tasksOf, write } from "../setup/tasks.ts";

const outbox = (...args: string[]) => command("ops/outbox.ts", args);

const idOf = async (lane: string) =>
  (await db.$queryRaw<{ id: string }[]>`SELECT id::text AS id FROM tasks WHERE lane = ${lane}`)[0]?.id ?? "";

test("an empty outbox says so, and what is left is listed with what is stuck first", async () => {
  expect(await outbox("list")).toMatchObject({ code: 0, said: ["Nothing is left to do."] });
  const five = [newPayment(), newPayment(), newPayment(), newPayment(), newPayment()] as const;
  const [waiting, failed, stuck, mail, done] = five;
  await write(
    waiting.task("settle", { dueAt: new Date("2999-01-31T18:00:00Z") }),
    failed.task("refund", { part: "r1" }),
    stuck.task("capture"),
    mail.task("mail", { part: "yours" }),
    done.task("cancel"),
  );
  await db.$executeRaw`UPDATE tasks SET attempts = 2, last_error = 'away' WHERE lane = ${failed.id}`;
  await db.$executeRaw`UPDATE tasks SET attempts = 20, stuck = true, last_error = 'refused' WHERE lane = ${stuck.id}`;
  await db.$executeRaw`UPDATE tasks SET attempts = 1, done_at = now(), last_error = 'no such address' WHERE lane = ${mail.id}`;
  await db.$executeRaw`UPDATE tasks SET attempts = 1, done_at = now() WHERE lane = ${done.id}`;
  const { code, said } = await outbox("list");
  expect(code).toBe(0);
  expect(said.map((line) => line.replace(/^\d+: |· next 20.*$/g, "").trim())).toEqual([
    `stuck · capture ${stuck.id} · tried 20`,
    "refused",
    `failed · refund r1 ${failed.id} · tried 2`,
    "away",
    `waiting · settle ${waiting.id} · tried 0 · next 2999-01-31 18:00 UTC`,
    `given up · mail yours ${mail.id} · tried 1`,
    "no such address",
  ]);

  expect(await outbox("retry", "--all")).toMatchObject({ code: 0, said: ["Retrying 2 tasks."] });
  expect(await tasksOf(stuck.id)).toMatchObject([{ attempts: 0, stuck: false, done: false }]);
  expect(await tasksOf(mail.id)).toMatchObject([{ done: true }]);
  expect((await outbox("retry", await idOf(mail.id))).code).toBe(0);
  expect(await tasksOf(mail.id)).toMatchObject([{ done: false }]);
  expect((await outbox("retry", await idOf(waiting.id))).code).toBe(0);
  expect(await db.task.count({ where: { subject: waiting.id, dueAt: { lte: new Date() } } })).toBe(1);
});

test("what is done is not done again, and what is no command is told without a database", async () => {
  const { id, task } = newPayment();
  await write(task("capture"));
  await db.$executeRaw`UPDATE tasks SET done_at = now() WHERE lane = ${id}`;
  const refused = await outbox("retry", await idOf(id));
  expect([refused.code, refused.complained[0]]).toEqual([1, expect.stringContaining("is done, or under way")]);
  const unknown = await command("ops/outbox.ts", ["retry", "everything"], {
    DATABASE_URL: "postgresql://127.0.0.1:1/x",
  });
  expect([unknown.code, unknown.complained[0]]).toEqual([1, expect.stringContaining("Not an outbox command")]);
  expect((await command("ops/outbox.ts", ["help"], { DATABASE_URL: undefined })).said[0]).toContain("npm run outbox");
});
