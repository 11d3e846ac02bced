/** What the bank tells the shop by itself: written with what it tells of, sent until the shop has taken it. */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { newId } from "./books.ts";
import type { Queryable } from "./queryable.ts";
import { happens, type Switches } from "./switches.ts";

/** Milliseconds for which an event that others overtake stays behind. */
const BEHIND = 700;
/** Milliseconds between two looks for what is due, when nothing has happened here. Another bank may have died over it. */
const LOOK_EVERY = 500;
/** Milliseconds in which the shop must answer, and in which nobody else sends the same event. */
const ANSWERS_WITHIN = 5_000;
const LEASE = 10_000;
const MOST_TRIES = 20;
const MOST_AT_ONCE = 10;

/** In the transaction of what it tells of. */
export async function tell(
  connection: Queryable,
  switches: Switches,
  type: string,
  object: Record<string, unknown>,
): Promise<void> {
  const id = newId("evt");
  const body = JSON.stringify({
    id,
    object: "event",
    api_version: "2026-08-26.dahlia",
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type,
    data: { object },
  });
  const delay = switches.delayEvents + (happens(switches.reorderEvents) ? BEHIND : 0);
  await connection.query(
    `INSERT INTO test_bank.events (id, type, body, copies, state, due_at)
     VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6::float8 * interval '1 ms')`,
    [id, type, body, happens(switches.doubleEvents) ? 2 : 1, happens(switches.loseEvents) ? "lost" : "due", delay],
  );
}

/** As Stripe signs: the time and the body, under the shared secret. */
export function signature(body: string, secret: string, seconds = Math.floor(Date.now() / 1_000)): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

interface DueEvent {
  id: string;
  body: string;
  copies: number;
  tries: number;
}

export class Postman {
  readonly #pool: pg.Pool;
  readonly #webhook: string;
  readonly #secret: string;
  /** What else comes to be due by itself, before each look. */
  readonly #before: () => Promise<void>;
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;
  #wake = new AbortController();

  constructor(pool: pg.Pool, webhook: string, secret: string, before: () => Promise<void>) {
    this.#pool = pool;
    this.#webhook = webhook;
    this.#secret = secret;
    this.#before = before;
    this.#done = this.#run();
  }

  /** Something has been written. */
  kick(): void {
    this.#wake.abort();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.kick();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#wake = new AbortController();
      const sent = await this.#look().catch((error: unknown) => {
        process.stderr.write(`The test bank cannot read its books: ${String(error)}\n`);
        return 0;
      });
      if (sent < MOST_AT_ONCE) await sleep(LOOK_EVERY, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<number> {
    await this.#before();
    const { rows } = await this.#pool.query<DueEvent>(
      `UPDATE test_bank.events SET tries = tries + 1, due_at = clock_timestamp() + $2::float8 * interval '1 ms'
       WHERE id IN (
         SELECT id FROM test_bank.events WHERE state = 'due' AND due_at <= clock_timestamp()
         ORDER BY due_at, place LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, body, copies, tries`,
      [MOST_AT_ONCE, LEASE],
    );
    await Promise.all(rows.map((event) => this.#deliver(event)));
    return rows.length;
  }

  async #deliver({ id, body, copies, tries }: DueEvent): Promise<void> {
    const taken = await Promise.all(Array.from({ length: copies }, () => this.#post(body)));
    if (taken.some(Boolean)) {
      await this.#pool.query("UPDATE test_bank.events SET state = 'delivered' WHERE id = $1", [id]);
      return;
    }
    const wait = Math.min(60_000, 250 * 2 ** tries);
    await this.#pool.query(
      `UPDATE test_bank.events SET state = $2, due_at = clock_timestamp() + $3::float8 * interval '1 ms' WHERE id = $1`,
      [id, tries >= MOST_TRIES ? "given_up" : "due", wait],
    );
  }

  async #post(body: string): Promise<boolean> {
    try {
      const response = await fetch(this.#webhook, {
        method: "POST",
        headers: {
          "Content-Type": "application/json; charset=utf-8",
          "Stripe-Signature": signature(body, this.#secret),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWERS_WITHIN),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}
