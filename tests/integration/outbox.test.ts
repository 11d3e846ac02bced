/** What must follow a commit follows it: once it is due, in order, after any crash, and seen where it fails. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { db } from "#app/db.server.ts";
import { retryFailedTasks } from "#app/outbox/tasks-left.server.ts";
import { claimTasks } from "#app/outbox/claim.server.ts";
import type { Task } from "#app/outbox/handler.ts";
import { addTasks, insertTasks, type MoneyKind, replaceTask } from "#app/tasks.server.ts";
import { until } from "#harness/shop.ts";
import { newPayment, startWorker, tasksOf, write } from "../setup/tasks.ts";

const KINDS: MoneyKind[] = ["settle", "expire", "capture", "cancel", "refund"];
const HOUR = 3_600_000;
const inAnHour = () => new Date(Date.now() + HOUR);

const said: { event: string; kind?: string }[] = [];
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    said.push(JSON.parse(String(line)) as { event: string });
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  said.length = 0;
});

/** Handlers of every kind that note what they do. */
function noting(done: string[]) {
  const note = ({ kind, part }: Task) => {
    done.push(part ? `${kind} ${part}` : kind);
    return Promise.resolve("done" as const);
  };
  return Object.fromEntries(KINDS.map((kind) => [kind, note])) as Record<MoneyKind, typeof note>;
}

const allDone = async (lane: string) => (await tasksOf(lane)).every(({ done }) => done);

test("tasks of every kind are done, those of one lane in the order in which they were written", async () => {
  const done: string[] = [];
  startWorker(noting(done));
  const { id, task } = newPayment();
  await write(...KINDS.map((kind) => task(kind)), task("refund", { part: "second" }));
  await until(() => allDone(id));
  expect(done).toEqual([...KINDS, "refund second"]);
});

test("a task that is written twice is done once, also when it was done in between", async () => {
  const done: string[] = [];
  startWorker(noting(done));
  const { id, task } = newPayment();
  await write(task("capture"), task("capture"));
  await until(() => allDone(id));
  await write(task("capture"), task("cancel"));
  await until(() => done.includes("cancel"));
  expect(done).toEqual(["capture", "cancel"]);
});

test("tasks are written by somebody else's statement, and are not there when its transaction fails", async () => {
  const { id, task } = newPayment();
  const lost = db.$transaction(async (tx) => {
    await tx.$queryRaw`WITH follow AS (${insertTasks([task("settle"), task("expire")])}) SELECT 1`;
    throw new Error("lost");
  });
  await expect(lost).rejects.toThrow("lost");
  expect(await tasksOf(id)).toEqual([]);
  await db.$transaction((tx) => tx.$queryRaw`WITH follow AS (${insertTasks([task("settle")])}) SELECT 1`);
  expect(await tasksOf(id)).toMatchObject([{ kind: "settle" }]);
});

test("one that is not due keeps nobody waiting, one that is due and fails keeps its whole lane waiting", async () => {
  const done: string[] = [];
  const tries: number[] = [];
  const settled = { now: false };
  startWorker({
    ...noting(done),
    settle: ({ attempts }) => {
      tries.push(attempts);
      if (!settled.now) return Promise.resolve({ again: "soon", why: "no answer" });
      done.push("settle");
      return Promise.resolve("done");
    },
  });
  const later = newPayment();
  await write(later.task("settle", { dueAt: inAnHour() }), later.task("capture"));
  await until(async () => (await tasksOf(later.id))[1]?.done === true);
  expect(await tasksOf(later.id)).toMatchObject([{ done: false, attempts: 0 }, { done: true }]);

  const failing = newPayment();
  await write(failing.task("settle"), failing.task("capture"));
  await until(() => tries.length >= 2);
  expect(await tasksOf(failing.id)).toMatchObject([{ done: false, why: "no answer" }, { attempts: 0 }]);
  settled.now = true;
  await until(() => allDone(failing.id));
  expect(done).toEqual(["capture", "settle", "capture"]);
});

test("one that is put off to a time lets those behind it go first, and counts its tries anew", async () => {
  const done: string[] = [];
  startWorker({ ...noting(done), settle: () => Promise.resolve({ again: inAnHour(), why: "not paid yet" }) });
  const { id, task } = newPayment();
  await write(task("settle"), task("capture"));
  await until(async () => (await tasksOf(id))[1]?.done === true);
  expect(await tasksOf(id)).toMatchObject([{ done: false, attempts: 0, why: "not paid yet" }, { done: true }]);
  expect(said).toEqual([]);
});

test("two workers that see different first tasks of a lane do not both get one", async () => {
  const { id, task } = newPayment();
  await write(task("settle", { dueAt: inAnHour() }), task("capture"));
  const claimBoth = () =>
    db.$transaction(async (one) => {
      const first = await claimTasks(one as typeof db, KINDS, 1, HOUR);
      // Before the first has committed, the earlier task of the lane becomes due.
      await db.$executeRaw`UPDATE tasks SET due_at = now(), try_at = now() WHERE lane = ${id} AND kind = 'settle'`;
      const second = claimTasks(db, KINDS, 1, HOUR).catch((error: unknown) => error);
      await until(async () => {
        const rows = await db.$queryRaw<unknown[]>`
          SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return rows.length > 0 || (await Promise.race([second, Promise.resolve()])) !== undefined;
      });
      return { first, second };
    });
  const guarded = await claimBoth();
  expect(guarded.first).toMatchObject([{ kind: "capture" }]);
  expect(String(await guarded.second)).toContain("tasks_one_leased_in_a_lane");

  // The control: without the rule both are under way.
  await db.$executeRaw`UPDATE tasks SET leased_by = NULL, lease_until = NULL, due_at = now() + (CASE kind WHEN 'settle' THEN 1 ELSE 0 END) * interval '1 hour'`;
  await db.$executeRaw`UPDATE tasks SET try_at = due_at`;
  await db.$executeRaw`DROP INDEX tasks_one_leased_in_a_lane`;
  const unguarded = await claimBoth();
  expect([unguarded.first, await unguarded.second]).toMatchObject([[{ kind: "capture" }], [{ kind: "settle" }]]);
  await db.$executeRaw`DELETE FROM tasks`;
  await db.$executeRaw`CREATE UNIQUE INDEX tasks_one_leased_in_a_lane ON tasks (lane) WHERE leased_by IS NOT NULL`;
});

test("what a killed worker had goes before an earlier task of its lane that has become due meanwhile", async () => {
  const { id, task } = newPayment();
  await write(task("settle", { dueAt: inAnHour() }), task("capture"));
  expect(await claimTasks(db, KINDS, 1, 1)).toMatchObject([{ kind: "capture" }]);
  await db.$executeRaw`UPDATE tasks SET due_at = now(), try_at = now() WHERE lane = ${id} AND kind = 'settle'`;
  const done: string[] = [];
  startWorker(noting(done));
  // Each waiting for the other, they would do so for ever.
  await until(() => allDone(id));
  expect(done).toEqual(["capture", "settle"]);
});

test("five workers and forty lanes: each task once, no two of a lane at the same moment, each lane in order", async () => {
  const underWay = new Set<string>();
  const done = new Map<string, string[]>();
  const overlaps: string[] = [];
  const payments = Array.from({ length: 40 }, newPayment);
  const handle = async ({ kind, subject }: Task) => {
    if (underWay.has(subject)) overlaps.push(`${kind} ${subject}`);
    underWay.add(subject);
    // As long as a query takes, so that other workers look meanwhile.
    await db.$queryRaw`SELECT 1`;
    done.set(subject, [...(done.get(subject) ?? []), kind]);
    underWay.delete(subject);
    return "done" as const;
  };
  const handlers = Object.fromEntries(KINDS.map((kind) => [kind, handle]));
  for (let worker = 0; worker < 5; worker += 1) startWorker(handlers, { atOnce: 4 });
  await write(...payments.flatMap(({ task }) => KINDS.map((kind) => task(kind))));
  await until(async () => (await db.task.count({ where: { doneAt: null } })) === 0);
  expect(overlaps).toEqual([]);
  for (const { id } of payments) expect(done.get(id)).toEqual(KINDS);
});

test("what a killed worker had is taken over within half a minute, before what stands behind it", async () => {
  const { id, task } = newPayment();
  await write(task("capture"), task("refund"));
  const killed = spawn(process.execPath, ["tests/setup/endless-worker.ts"], { stdio: ["ignore", "pipe", "inherit"] });
  await once(killed.stdout, "data");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(await tasksOf(id)).toMatchObject([{ leased: true, attempts: 1 }, { leased: false }]);
  const done: string[] = [];
  startWorker(noting(done));
  await until(() => allDone(id));
  expect(done).toEqual(["capture", "refund"]);
  expect(await tasksOf(id)).toMatchObject([{ attempts: 2 }, { attempts: 1 }]);
});

test("a worker that is slow keeps its task, however many lease times that takes", async () => {
  const lease = 400;
  const tries: number[] = [];
  const { id, task } = newPayment();
  let finish: () => void = () => undefined;
  const capture = ({ attempts }: Task) => {
    tries.push(attempts);
    return new Promise<"done">((resolve) => (finish = () => resolve("done")));
  };
  startWorker({ capture }, { lease });
  await write(task("capture"));
  await until(() => tries.length > 0);
  startWorker({ capture }, { lease });
  const [began] = await db.$queryRaw<{ at: Date }[]>`SELECT tried_at AS at FROM tasks WHERE lane = ${id}`;
  await until(async () => {
    const [now] = await db.$queryRaw<{ at: Date }[]>`SELECT clock_timestamp() AS at`;
    return (now?.at.getTime() ?? 0) - (began?.at.getTime() ?? 0) > 5 * lease;
  });
  finish();
  await until(() => allDone(id));
  expect(tries).toEqual([1]);
});

test("a worker whose task was taken over is told, and can no longer change it", async () => {
  const { id, task } = newPayment();
  const aborted: boolean[] = [];
  startWorker(
    {
      capture: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => {
            aborted.push(true);
            resolve("done");
          }),
        ),
    },
    { lease: 400 },
  );
  await write(task("capture"));
  await until(async () => (await tasksOf(id))[0]?.leased === true);
  // As another worker does it whose clock says that the time is over.
  await db.$executeRaw`UPDATE tasks SET leased_by = gen_random_uuid(), lease_until = now() + interval '1 hour' WHERE lane = ${id}`;
  await until(() => aborted.length > 0);
  await db.$queryRaw`SELECT 1`;
  expect(await tasksOf(id)).toMatchObject([{ leased: true, done: false }]);
});

test("at the end, what is under way is finished, or given back to whoever comes next", async () => {
  const [quick, endless] = [newPayment(), newPayment()];
  let finish: () => void = () => undefined;
  const worker = startWorker({
    capture: () => new Promise((resolve) => (finish = () => resolve("done"))),
    refund: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut")))),
  });
  await write(quick.task("capture"), endless.task("refund"));
  await until(async () => [...(await tasksOf(quick.id)), ...(await tasksOf(endless.id))].every(({ leased }) => leased));
  const ended = worker.end(500);
  finish();
  await ended;
  expect(await tasksOf(quick.id)).toMatchObject([{ done: true }]);
  expect(await tasksOf(endless.id)).toMatchObject([{ done: false, leased: false }]);
  const done: string[] = [];
  startWorker(noting(done));
  await until(() => allDone(endless.id));
});

test("kinds that nobody does are left as they are", async () => {
  const { id, task } = newPayment();
  const other = newPayment();
  const done: string[] = [];
  startWorker({ capture: noting(done).capture });
  await write(task("refund"), other.task("capture"));
  await until(() => done.length > 0);
  expect(await tasksOf(id)).toMatchObject([{ done: false, attempts: 0 }]);
});

test("a kind that fails is told once until it succeeds; a task that goes on failing is stuck, told once, and tried hourly", async () => {
  const works = { now: false };
  startWorker({
    capture: () => (works.now ? Promise.resolve("done") : Promise.reject(new Error("the bank is away"))),
  });
  const [first, second] = [newPayment(), newPayment()];
  await write(first.task("capture"), second.task("capture"));
  await until(async () => ((await tasksOf(first.id))[0]?.attempts ?? 0) >= 2);
  expect(said.map(({ event }) => event)).toEqual(["task_failed"]);

  // All tries but one are over.
  await db.$executeRaw`UPDATE tasks SET attempts = 19, try_at = now() WHERE lane = ${first.id}`;
  await until(async () => (await tasksOf(first.id))[0]?.stuck === true);
  await db.$executeRaw`UPDATE tasks SET try_at = now() WHERE lane = ${first.id}`;
  // A try counts when it begins, and what came of it is written when it ends.
  await until(async () => {
    const [task] = await tasksOf(first.id);
    return task?.attempts === 21 && !task.leased;
  });
  expect(await tasksOf(first.id)).toMatchObject([{ done: false, leased: false, stuck: true, why: "the bank is away" }]);
  const [{ wait } = { wait: 0 }] = await db.$queryRaw<{ wait: number }[]>`
    SELECT extract(epoch FROM try_at - tried_at)::float8 AS wait FROM tasks WHERE lane = ${first.id}`;
  expect(wait).toBeGreaterThan(1_700);
  expect(said.map(({ event }) => event)).toEqual(["task_failed", "task_stuck"]);

  works.now = true;
  await db.$executeRaw`UPDATE tasks SET try_at = now() WHERE done_at IS NULL`;
  await until(async () => (await allDone(first.id)) && (await allDone(second.id)));
  expect(await tasksOf(first.id)).toMatchObject([{ stuck: false, why: null }]);
});

test("whatever a failure says, it is written down in one short line, and the next try waits", async () => {
  const hostile = `no\0 such\r\naccount\ud800 ${"!".repeat(100_000)}`;
  startWorker({
    capture: () => Promise.reject(new Error(hostile)),
    refund: () => Promise.resolve({ again: inAnHour(), why: hostile }),
    mail: () => Promise.resolve({ giveUp: hostile }),
  });
  const [thrown, early, given] = [newPayment(), newPayment(), newPayment()];
  await write(thrown.task("capture"), early.task("refund"), given.task("mail"));
  for (const { id } of [thrown, early, given]) {
    await until(async () => (await tasksOf(id))[0]?.why != null);
    const [task] = await tasksOf(id);
    expect(task?.why).toMatch(/^no such account\ufffd !+$/);
    expect(task?.why?.length).toBeLessThanOrEqual(500);
  }
  expect(said.map(({ event }) => event)).not.toContain("task_outcome_lost");
});

test("what was done a month ago is forgotten, however much of it there is; what is newer, or not done, stays", async () => {
  const [old, newer, open] = [newPayment(), newPayment(), newPayment()];
  await write(newer.task("capture"), open.task("capture", { dueAt: inAnHour() }));
  await db.$executeRaw`UPDATE tasks SET done_at = now() - interval '29 days' WHERE lane = ${newer.id}`;
  await db.$executeRaw`UPDATE tasks SET due_at = now() - interval '1 year' WHERE lane = ${open.id}`;
  await db.$executeRaw`
    INSERT INTO tasks (kind, subject, part, lane, due_at, try_at, done_at)
    SELECT 'refund', ${old.id}::uuid, 'r' || n, ${old.id}, now(), now(), now() - interval '31 days'
    FROM generate_series(1, 1200) AS n`;
  startWorker(noting([]));
  await until(async () => (await tasksOf(old.id)).length === 0);
  expect([...(await tasksOf(newer.id)), ...(await tasksOf(open.id))]).toMatchObject([{ done: true }, { done: false }]);
});

test("tries are counted on when a task is put off or asked for again, so no key of the provider's comes twice", async () => {
  const tries: number[] = [];
  startWorker({
    capture: ({ tries: nth }) => {
      tries.push(nth);
      return Promise.resolve(nth === 1 ? { again: new Date(), why: "too early" } : { again: "soon", why: "no answer" });
    },
  });
  const { id, task } = newPayment();
  await write(task("capture"));
  await until(async () => {
    await retryFailedTasks();
    return tries.length >= 4;
  });
  expect(tries.slice(0, 4)).toEqual([1, 2, 3, 4]);
  expect((await tasksOf(id))[0]?.attempts).toBeLessThan(4);
});

test("only mail is given up, and its reason stays", async () => {
  const { id, task } = newPayment();
  startWorker({ mail: () => Promise.resolve({ giveUp: "no such address" }) });
  await write(task("mail", { part: "yours" }));
  await until(() => allDone(id));
  expect(await tasksOf(id)).toMatchObject([{ why: "no such address", stuck: false }]);
  expect(said).toEqual([]);
});

test("a capture that was not tried becomes a cancel; one that was tried, or is done, stays", async () => {
  const replace = ({ id }: { id: string }) => db.$transaction((tx) => replaceTask(tx, id, "capture", "cancel"));
  const fresh = newPayment();
  await write(fresh.task("capture", { dueAt: inAnHour() }));
  expect([await replace(fresh), await replace(fresh)]).toEqual([true, false]);
  const done: string[] = [];
  startWorker(noting(done));
  await until(() => allDone(fresh.id));
  expect(done).toEqual(["cancel"]);

  const tried = newPayment();
  await write(tried.task("capture"));
  await until(() => allDone(tried.id));
  expect(await replace(tried)).toBe(false);
  // Put off, or asked for again by the operator, it still was tried.
  await db.$executeRaw`UPDATE tasks SET done_at = NULL, attempts = 0, due_at = now() + interval '1 hour', try_at = now() + interval '1 hour' WHERE lane = ${tried.id}`;
  expect(await replace(tried)).toBe(false);
});

test("a worker that meets a replacement under way passes by, and then does the cancel", async () => {
  const { id, task } = newPayment();
  const other = newPayment();
  const done: string[] = [];
  await db.$transaction((tx) => addTasks(tx, [task("capture")]));
  await db.$transaction(async (tx) => {
    expect(await replaceTask(tx, id, "capture", "cancel")).toBe(true);
    startWorker(noting(done));
    await write(other.task("settle"));
    await until(() => done.includes("settle"));
  });
  await until(() => allDone(id));
  expect(done).toEqual(["settle", "cancel"]);
});
