/** The shop as its buyers and operators see it: one request in, one line of the history out. */
import { createCookie } from "@remix-run/node";
import { ANSWER_LIMIT } from "./check.ts";
import type { Change, Outcome, Purchase, Receipt, Refusal, Stock } from "./history.ts";
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
}

export class ShopFront {
  readonly instances: [Instance, ...Instance[]];
  readonly purchases: Purchase[] = [];
  readonly changes: Change[] = [];
  readonly #underWay = new Set<Promise<Outcome>>();
  readonly #cookie: ReturnType<typeof createCookie>;
  readonly #record: (line: Purchase | Change) => void;

  /** Buyers are known by the shop's own cookie, so the harness chooses who they are. */
  constructor(instances: [Instance, ...Instance[]], cookieSecret: string, record: (line: Purchase | Change) => void) {
    this.instances = instances;
    this.#cookie = createCookie("buyer", { secrets: [cookieSecret] });
    this.#record = record;
  }

  buy(wish: Wish, instance: Instance, patience: number, copies = 1): Promise<Outcome> {
    const outcome = this.#buy(wish, instance, patience, copies).finally(() => this.#underWay.delete(outcome));
    this.#underWay.add(outcome);
    return outcome;
  }

  /** Resolves when every purchase sent so far has its outcome. */
  async allAnswered(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #buy(
    { buyer, key, item, quantity }: Wish,
    instance: Instance,
    patience: number,
    copies: number,
  ): Promise<Outcome> {
    const cookie: Record<string, string> = buyer
      ? { Cookie: (await this.#cookie.serialize(buyer)).split(";")[0] ?? "" }
      : {};
    const start = performance.now();
    const answer = await this.#post(instance, `/api/items/${item}/purchases`, { quantity }, patience, {
      ...cookie,
      "Idempotency-Key": key,
    }).catch(unknown);
    const end = performance.now();
    const outcome = "kind" in answer ? answer : outcomeOf(answer);
    const given: unknown = "kind" in answer || !answer.cookie ? undefined : await this.#cookie.parse(answer.cookie);
    const known = typeof given === "string" ? given : (buyer ?? null);
    const purchase: Purchase = {
      type: "purchase",
      start,
      end,
      instance: instance.name,
      buyer: known,
      key,
      item,
      quantity,
      copies,
      outcome,
    };
    this.purchases.push(purchase);
    this.#record(purchase);
    return outcome;
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
}

function outcomeOf({ status, replayed, body }: Answer): Outcome {
  if (status === 201 || (status === 200 && replayed))
    return { kind: "ok", order: (body as { order: Receipt }).order, replayed };
  const { type = "", certain, stock, limit } = (body ?? {}) as Partial<Problem>;
  const why = type.replace("urn:lastone:problem:", "");
  if (status === 409 && stock)
    return { kind: "refused", why: why as Refusal, stock, ...(limit === undefined ? {} : { limit }) };
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
