/** The shop as its buyers and operators see it: one request in, one line of the history out. */
import { randomUUID } from "node:crypto";
import { createCookie } from "@remix-run/node";
import { ANSWER_LIMIT } from "./check.ts";
import type { Change, Outcome, Price, Purchase, Reading, Receipt, Refusal, Repricing, Stock, Told } from "./history.ts";
import type { Instance } from "./instance.ts";

/** Milliseconds after which a buyer asks again elsewhere, and may hang up. */
export const HURRY = 2_500;
/** Milliseconds after which a request that nobody hung up is given up: longer than the shop may take, so that it is seen when it does. */
export const PATIENCE = ANSWER_LIMIT + 1_000;

export interface Wish {
  /** Undefined for one who comes without a cookie, every time: the key stands for the buyer then. */
  buyer: string | undefined;
  key: string;
  item: string;
  quantity: number;
  /** What the buyer was shown; undefined for one who does not say. */
  shown?: Price | undefined;
}

/** One line of the history. */
export type Line = Purchase | Change | Repricing | Reading | Told;

export class ShopFront {
  readonly instances: [Instance, ...Instance[]];
  readonly purchases: Purchase[] = [];
  readonly changes: Change[] = [];
  readonly repricings: Repricing[] = [];
  readonly readings: Reading[] = [];
  readonly told: Told[] = [];
  /** Keys that came without a cookie at least once: they may open a receipt. */
  readonly nameless = new Set<string>();
  readonly #underWay = new Set<Promise<Outcome>>();
  readonly #cookie: ReturnType<typeof createCookie>;
  readonly #record: (line: Line) => void;

  /** Buyers are known by the shop's own cookie, so the harness chooses who they are. */
  constructor(instances: [Instance, ...Instance[]], cookieSecret: string, record: (line: Line) => void) {
    this.instances = instances;
    this.#cookie = createCookie("buyer", { secrets: [cookieSecret] });
    this.#record = record;
  }

  buy(
    wish: Wish,
    instance: Instance,
    patience: number,
    { copies = 1, line }: { copies?: number; line?: Purchase["line"] } = {},
  ): Promise<Outcome> {
    const outcome = this.#buy(wish, instance, patience, copies, line).finally(() => this.#underWay.delete(outcome));
    this.#underWay.add(outcome);
    return outcome;
  }

  /** Resolves when every purchase sent so far has its outcome. */
  async allAnswered(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #buy(
    { buyer, key, item, quantity, shown }: Wish,
    instance: Instance,
    patience: number,
    copies: number,
    line: Purchase["line"],
  ): Promise<Outcome> {
    if (!buyer) this.nameless.add(key);
    const cookie = await this.#cookieOf(buyer);
    const start = performance.now();
    const answer = await this.#post(instance, `/api/items/${item}/purchases`, { quantity, price: shown }, patience, {
      ...cookie,
      "Idempotency-Key": key,
    }).catch(unknown);
    const end = performance.now();
    const outcome = "kind" in answer ? answer : outcomeOf(answer);
    const given: unknown = "kind" in answer || !answer.cookie ? undefined : await this.#cookie.parse(answer.cookie);
    const known = (given as { id?: string } | undefined)?.id ?? buyer ?? null;
    const purchase: Purchase = {
      type: "purchase",
      start,
      end,
      instance: instance.name,
      buyer: known,
      key,
      item,
      quantity,
      ...(shown ? { shown } : {}),
      copies,
      ...(line ? { line } : {}),
      outcome,
    };
    this.purchases.push(purchase);
    this.#record(purchase);
    return outcome;
  }

  /** The price that an instance shows at this moment; undefined when it shows none. */
  async priceOf(item: string, instance: Instance): Promise<Price | undefined> {
    const response = await fetch(`${instance.url}/api/items/${item}`, { signal: AbortSignal.timeout(HURRY) }).catch(
      () => undefined,
    );
    const shown = parse((await response?.text().catch(() => undefined)) ?? "") as { price?: Price };
    return shown.price;
  }

  /** Asks for an order as this buyer, or with the key of one who bought without a cookie; undefined has neither. */
  async read(
    orderId: string,
    as: Reading["as"],
    who: { buyer?: string; key?: string },
    instance: Instance,
    room: "/api/orders" | "/orders",
  ): Promise<void> {
    const headers = await this.#cookieOf(who.buyer);
    const query = who.key ? `?key=${who.key}` : "";
    const start = performance.now();
    const outcome = await fetch(`${instance.url}${room}/${orderId}${query}`, {
      headers,
      signal: AbortSignal.timeout(PATIENCE),
    })
      .then(async (response): Promise<Reading["outcome"]> => {
        const text = await response.text();
        if (response.status === 404) return { kind: "not_found" };
        if (response.status !== 200) return { kind: "unknown", why: `${response.status}` };
        return room === "/orders"
          ? { kind: "shown" }
          : { kind: "shown", order: (parse(text) as { order: Receipt }).order };
      })
      .catch(unknown);
    const reading: Reading = {
      type: "reading",
      start,
      end: performance.now(),
      instance: instance.name,
      as,
      orderId,
      outcome,
    };
    this.readings.push(reading);
    this.#record(reading);
  }

  /**
   * Resolves when whatever the instance had been sent before must have been taken up: to say that there is no such order, it reads a cookie
   * and asks the database, which takes longer than the way to a till, and that it did so three times.
   */
  async knock(instance: Instance): Promise<void> {
    const headers = await this.#cookieOf(randomUUID());
    for (let times = 0; times < 3; times += 1) {
      const answer = await fetch(`${instance.url}/api/orders/${randomUUID()}`, {
        headers,
        signal: AbortSignal.timeout(HURRY),
      });
      if (answer.status !== 404) throw new Error(`${instance.name} answered a knock with ${answer.status}`);
      await answer.arrayBuffer();
    }
  }

  tell(instance: Instance, stock: Stock): void {
    const told: Told = { type: "told", at: performance.now(), instance: instance.name, stock };
    this.told.push(told);
    this.#record(told);
  }

  async #cookieOf(buyer: string | undefined): Promise<Record<string, string>> {
    const told = { id: buyer, since: Date.now(), at: Date.now() };
    return buyer ? { Cookie: (await this.#cookie.serialize(told)).split(";")[0] ?? "" } : {};
  }

  async reprice(item: string, price: Price, act: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    const outcome = await act().then((): Repricing["outcome"] => ({ kind: "ok" }), unknown);
    const repricing: Repricing = { type: "repricing", start, end: performance.now(), item, price, outcome };
    this.repricings.push(repricing);
    this.#record(repricing);
  }

  reset(item: string, units: number, instance: Instance): Promise<void> {
    return this.#change("reset", item, units, async () => {
      const { status, body } = await this.#post(instance, `/api/items/${item}/reset`, { quantity: units }, HURRY);
      return status === 200 ? (body as Stock) : undefined;
    });
  }

  restock(item: string, units: number, act: () => Promise<Stock | undefined>): Promise<void> {
    return this.#change("restock", item, units, act);
  }

  async #change(
    type: Change["type"],
    item: string,
    units: number,
    act: () => Promise<Stock | undefined>,
  ): Promise<void> {
    const start = performance.now();
    const outcome = await act().then(
      (stock): Change["outcome"] => (stock ? { kind: "ok", stock } : { kind: "unknown", why: "refused" }),
      unknown,
    );
    const change: Change = { type, start, end: performance.now(), item, units, outcome };
    this.changes.push(change);
    this.#record(change);
  }

  async #post(
    instance: Instance,
    target: string,
    body: unknown,
    patience: number,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(instance.url + target, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    return {
      status: response.status,
      replayed: response.headers.get("Idempotency-Replayed") === "true",
      cookie: response.headers.get("Set-Cookie"),
      body: parse(await response.text()),
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { type: `not JSON: ${text.slice(0, 80)}` };
  }
}

interface Answer {
  status: number;
  replayed: boolean;
  cookie: string | null;
  body: unknown;
}

interface Problem {
  type: string;
  certain?: boolean;
  stock?: Stock;
  limit?: number;
  now?: Price;
}

function outcomeOf({ status, replayed, body }: Answer): Outcome {
  if (status === 201 || (status === 200 && replayed))
    return { kind: "ok", order: (body as { order: Receipt }).order, replayed };
  const { type = "", certain, stock, limit, now } = (body ?? {}) as Partial<Problem>;
  const why = type.replace("urn:lastone:problem:", "");
  if (status === 409 && stock)
    return { kind: "refused", why: why as Refusal, stock, ...(limit && { limit }), ...(now && { now }) };
  if (status === 422 && why === "key-reused") return { kind: "key_reused" };
  if (status === 503 && certain) return { kind: "busy" };
  return { kind: "unknown", why, status, ...(certain === false ? { unsure: true } : {}) };
}

/** No answer, or not a whole one: fetch hides the socket's error in `cause`. */
function unknown(error: unknown): { kind: "unknown"; why: string; gaveUp?: boolean } {
  const { name, message, cause } = error as Error;
  const why = `${name}: ${cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message}`;
  return { kind: "unknown", why, ...(name === "TimeoutError" ? { gaveUp: true } : {}) };
}
