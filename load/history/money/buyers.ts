/** Buyers who hold, and then pay, or do whatever else people do instead; and what each of them was told. */
import { setTimeout as sleep } from "node:timers/promises";
import { pressAtBank } from "#harness/test-bank.ts";
import type { Instance } from "../instance.ts";
import type { Random } from "../random.ts";

/** Milliseconds. */
const PATIENCE = 6_000;
const TRY_EVERY = 150;
/** So many times one asks what stays without an answer: longer than an instance, or the bank, is away. */
const MOST_TRIES = 60;

export const WAYS = [
  "pay",
  "pay and close",
  "later",
  "decline",
  "leave",
  "give back",
  "pay late",
  "pay twice",
  "pay, then give back",
  "give back, then pay",
] as const;
export type Way = (typeof WAYS)[number];

export interface Stock {
  run: number;
  version: number;
}

/** A hold that its buyer was told of. */
export interface ToldHold {
  type: "held";
  key: string;
  item: string;
  id: string;
  quantity: number;
  cookie: string;
  way: Way;
}

/** Times are of this process, in milliseconds. */
export interface Refused {
  type: "refused";
  start: number;
  end: number;
  item: string;
  quantity: number;
  why: string;
  stock: Stock;
  nextReleaseAt: string | undefined;
}

/** What a buyer read of a hold: an order, or its end. */
export interface ToldEnd {
  type: "told";
  id: string;
  state: "order" | "ended";
  why: string | undefined;
  status: string | undefined;
}

export type MoneyLine = ToldHold | Refused | ToldEnd;

interface HoldBody {
  id: string;
  expiresAt: string;
  state: string;
  why?: string;
}

export class Crowd {
  readonly lines: MoneyLine[] = [];
  readonly #instances: [Instance, ...Instance[]];
  readonly #items: [string, ...string[]];
  readonly #ways: readonly [Way, ...Way[]];

  constructor(
    instances: [Instance, ...Instance[]],
    items: [string, ...string[]],
    ways: readonly [Way, ...Way[]] = WAYS,
  ) {
    this.#instances = instances;
    this.#items = items;
    this.#ways = ways;
  }

  /** One buyer after the other. */
  async shop(over: () => boolean, random: Random): Promise<void> {
    while (!over()) {
      await this.#buy(random);
      await sleep(random.between(50, 600));
    }
  }

  async #buy(random: Random): Promise<void> {
    const cookie = await this.#newCookie(random);
    if (cookie === undefined) return;
    const [key, item, quantity] = [random.uuid(), random.of(this.#items), random.happens(0.2) ? 2 : 1];
    const way = random.of(this.#ways);
    const press = () => this.#press(random, { cookie, key, item, quantity, way });
    // The same key, at once, perhaps by the other instance.
    const [held] = await Promise.all(Array.from({ length: random.happens(0.2) ? 2 : 1 }, press));
    if (held) await this.#go(held, { id: held.id, cookie, way, random });
  }

  async #press(
    random: Random,
    { cookie, key, item, quantity, way }: Pick<ToldHold, "cookie" | "key" | "item" | "quantity" | "way">,
  ): Promise<HoldBody | undefined> {
    const start = performance.now();
    const answer = await this.#ask(random, `/api/items/${item}/purchases`, cookie, {
      headers: { "Idempotency-Key": key },
      body: { quantity },
    });
    const end = performance.now();
    const { hold, type = "", stock, nextReleaseAt } = (answer?.body ?? {}) as Problem & { hold?: HoldBody };
    if (hold) this.lines.push({ type: "held", key, item, id: hold.id, quantity, cookie, way });
    else if (stock)
      this.lines.push({ type: "refused", start, end, item, quantity, why: whyOf(type), stock, nextReleaseAt });
    return hold;
  }

  async #go(hold: HoldBody, buyer: { id: string; cookie: string; way: Way; random: Random }): Promise<void> {
    const { way, random } = buyer;
    const { id, cookie } = buyer;
    const giveBack = () => this.#ask(random, `/api/orders/${id}/release`, cookie, { body: {} });
    if (way === "give back") return void (await giveBack());
    const pages = [await this.#begin(buyer, "a")];
    if (way === "pay twice") pages.push(await this.#begin(buyer, "b"));
    const [first] = pages;
    if (!first) return;
    const endsAt = Date.parse((await this.#read(buyer))?.expiresAt ?? hold.expiresAt);
    switch (way) {
      case "decline":
        await press(first, "decline");
        return press(first, "leave");
      case "leave":
        return press(first, "leave");
      case "later":
        await press(first, "later");
        break;
      case "pay late":
        await sleep(Math.max(0, endsAt - Date.now() + random.between(0, 2_500)));
        await press(first, "pay");
        break;
      case "pay twice":
        await Promise.all(pages.map(async (page) => page && (await press(page, "pay"))));
        break;
      case "give back, then pay":
        await giveBack();
        await press(first, "pay");
        break;
      case "pay, then give back":
        await press(first, "pay");
        await giveBack();
        break;
      case "pay and close":
        // Nobody looks after a page that was closed at its hold's end, and then paid on after all, but its buyer and the bank's event.
        if (endsAt - Date.now() > 1_500) return press(first, "pay");
        await press(first, "pay");
        break;
      case "pay":
        await press(first, "pay");
        break;
      default:
        throw new Error(`no such way: ${String(way satisfies never)}`);
    }
    await this.#comeBack(buyer);
  }

  /** The bank's page; undefined where it is too late for one, or nobody answers. */
  async #begin({ id, cookie, random }: Told, who: string): Promise<string | undefined> {
    const email = `${id.slice(0, 8)}-${who}@example.org`;
    const answer = await this.#ask(random, `/api/orders/${id}/payment`, cookie, { body: { email } });
    return (answer?.body as { payAt?: string } | undefined)?.payAt;
  }

  /** As the bank sends them: the page looks into the bank's books. Then until it is known, or for some seconds. */
  async #comeBack(buyer: Told): Promise<void> {
    const { id, cookie, random } = buyer;
    await this.#ask(random, `/orders/${id}?paid=1`, cookie, {});
    for (let looks = 0; looks < 10; looks += 1) {
      const now = await this.#read(buyer);
      if (!now || now.state === "ended") return;
      await sleep(300);
      await this.#ask(random, `/orders/${id}?paid=1`, cookie, {});
    }
  }

  /** What its buyer is told of it now; undefined once it is an order. */
  async #read({ id, cookie, random }: Told): Promise<HoldBody | undefined> {
    const { body } = (await this.#ask(random, `/api/orders/${id}`, cookie, {})) ?? {};
    const { hold, order } = (body ?? {}) as { hold?: HoldBody; order?: { payment?: { status: string } } };
    if (order) this.lines.push({ type: "told", id, state: "order", why: undefined, status: order.payment?.status });
    else if (hold?.state === "ended")
      this.lines.push({ type: "told", id, state: "ended", why: hold.why, status: undefined });
    return hold;
  }

  async #newCookie(random: Random): Promise<string | undefined> {
    const answer = await fetch(random.of(this.#instances).url, { signal: AbortSignal.timeout(PATIENCE) }).catch(
      () => undefined,
    );
    await answer?.arrayBuffer().catch(() => undefined);
    return answer?.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
  }

  /** Until there is an answer that is one, at whichever instance. Whatever is asked may be asked again. */
  async #ask(
    random: Random,
    path: string,
    cookie: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: object },
  ): Promise<{ status: number; body: unknown } | undefined> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      try {
        const answer = await fetch(random.of(this.#instances).url + path, {
          method: body ? "POST" : "GET",
          headers: { ...headers, Cookie: cookie, ...(body && { "Content-Type": "application/json" }) },
          ...(body && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(PATIENCE),
          redirect: "manual",
        });
        const text = await answer.text();
        if (answer.status < 500) return { status: answer.status, body: parsed(text) };
      } catch {
        // It was killed, or is not back yet.
      }
      await sleep(TRY_EVERY);
    }
    return undefined;
  }
}

type Told = Pick<ToldHold, "id" | "cookie"> & { random: Random };

interface Problem {
  type?: string;
  stock?: Stock;
  nextReleaseAt?: string;
}

function whyOf(type: string): string {
  return type.replace("urn:lastone:problem:", "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Until the bank has answered: it may be down. */
async function press(page: string, outcome: string): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const answer = await pressAtBank(page, outcome).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer && answer.status < 500) return;
    await sleep(TRY_EVERY);
  }
}
