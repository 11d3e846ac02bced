/**
 * Keeps the memory true to the database, on a connection of its own: listens to the other instances' hints, and compares
 * the rows once a second, so that a lost hint costs a second at most.
 */
import pg from "pg";
import { z } from "zod";
import { env } from "#app/env.server.ts";
import { describeError, report } from "#app/report.server.ts";
import { beginSession } from "#app/session.server.ts";
import { type ItemRow, readItems } from "#app/shop/catalogue.server.ts";
import { nextReleaseAt } from "#app/shop/ledger.server.ts";
import { type Change, memory } from "#app/shop/memory.server.ts";
import { currentShop, learnShop, type SettingsRow } from "#app/shop-settings.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { within } from "#app/within.server.ts";
import { CHANNEL } from "./announce.server.ts";

/** Milliseconds between two looks at the rows. */
const LOOK_EVERY = 1_000;
/** Milliseconds: a connection that does not answer so quickly is dead, though nobody has closed it. */
const PATIENCE = 5_000;
/** Milliseconds: the first and the longest wait before another connection is tried. */
const FIRST_WAIT = 50;
const LONGEST_WAIT = 1_000;

interface Row extends Change {
  now: Date;
}

class Follower {
  /** A hint told of words, or of settings, that are not known yet: the next look does not wait for its time. */
  #hinted = false;
  #wake: () => void = () => undefined;
  #client: pg.Client | undefined;
  #failures = 0;
  #ended = false;

  async run(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.#followUntilItFails();
      } catch (error) {
        if (this.#failures === 0 && !this.#isEnded())
          report("follower_lost_the_database", { ...describeError(error), stack: undefined });
      }
      // Full jitter (Brooker, "Exponential Backoff And Jitter"): instances that lost one database do not return as one.
      await pause(Math.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures));
      this.#failures += 1;
    }
  }

  /** A function, because `end` changes it while `run` waits, which the type checker cannot see. */
  #isEnded(): boolean {
    return this.#ended;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#client?.end().catch(() => undefined);
  }

  async #followUntilItFails(): Promise<void> {
    const client = new pg.Client({
      connectionString: env.DATABASE_URL,
      application_name: "lastone follower",
      connectionTimeoutMillis: PATIENCE,
      keepAlive: true,
    });
    this.#client = client;
    const lost = new Promise<never>((_, reject) =>
      client.on("error", reject).once("end", () => reject(new Error("the memory's connection ended"))),
    );
    lost.catch(() => undefined);
    try {
      await client.connect();
      await inTime(Promise.race([beginSession(client), lost]));
      client.on("notification", ({ payload }) => this.#hear(payload ?? ""));
      // Listens first and reads second: what changes in between is told by one of the two.
      await inTime(Promise.race([client.query(`LISTEN ${CHANNEL}`), lost]));
      while (!this.#ended) {
        await inTime(Promise.race([this.#look(client), lost]));
        if (this.#failures > 0) report("follower_caught_up");
        this.#failures = 0;
        const hinted = new Promise<void>((resolve) => (this.#wake = resolve));
        if (!this.#hinted) await Promise.race([pause(LOOK_EVERY), hinted, lost]);
      }
    } finally {
      // Not awaited: a dead connection would take its time to say goodbye.
      void client.end().catch(() => undefined);
    }
  }

  async #look(client: pg.Client): Promise<void> {
    this.#hinted = false;
    const asked = performance.now();
    const { rows } = await client.query<Row>(`
      SELECT item_id AS id, available AS quantity, held, ${nextReleaseAt.sql} AS "nextReleaseAt", version, edition, current_epoch() AS epoch, run, clock_timestamp() AS now
      FROM stock`);
    const answered = performance.now();
    const behind = memory.listBehind(rows);
    // Words are read again only when there is a new edition of them.
    const items =
      behind.length > 0
        ? await readItems(async ({ text, values }) => (await client.query<ItemRow>(text, values)).rows, {
            itemIds: behind,
          })
        : [];
    const { edition } = currentShop();
    // An edition that is known says nothing new, and its texts may be long.
    const { rows: found } = await client.query<SettingsRow>(
      "SELECT edition, CASE WHEN edition <> $1 THEN settings END AS settings FROM shop_settings",
      [edition],
    );
    if (found[0]?.edition !== edition) learnShop(found[0]);
    memory.see(rows, items, rows[0]?.now.getTime() ?? Date.now(), asked, answered);
  }

  #hear(payload: string): void {
    const changes = hint.safeParse(parsed(payload));
    // Whoever may connect to the database may send anything here.
    if (!changes.success) return report("notification_invalid", { payload: payload.slice(0, 200) });
    for (const change of changes.data) memory.learn(change);
    const isOfTheShop = changes.data.length === 0;
    if (!isOfTheShop && memory.listBehind(changes.data).length === 0) return;
    this.#hinted = true;
    this.#wake();
  }
}

const count = z.number().int().nonnegative();
const hint = z.array(
  z.object({
    ...{ id: z.string(), quantity: count, held: count, nextReleaseAt: z.string().datetime().nullable() },
    ...{ version: count, edition: count, epoch: count, run: count },
  }),
);

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

const follower = singleton("follower", () => new Follower());

/** From now on the memory follows the database. */
export function follow(): void {
  void singleton("following", () => follower.run());
}

export function stopFollowing(): Promise<void> {
  return follower.end();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return within(PATIENCE, answer, () => new Error(`no answer within ${PATIENCE} ms`));
}
