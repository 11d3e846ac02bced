/** The two crowds that come to every strategy: one that buys on and on, and one that comes all at once for too little. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { percentile } from "../figures.ts";
import type { Sell, Strategy } from "./strategies.ts";
import { type Books, clearTables, countConnections, putUp, readBooks } from "./tables.ts";

/** So many units that nobody hears "sold out". */
export const PLENTY = { buyers: 50, warmUpSeconds: 0.5, unitsPerSecond: 20_000 };
export const SCARCITY = { buyers: 300, units: 10 };

export interface Visit {
  ordersPerSecond: number;
  /** Milliseconds from a buyer's wish to its answer. */
  p99: number;
  connections: number;
  /** Orders of the scarce item beyond its units. */
  oversold: number;
  retries: number;
  errors: string[];
  /** What is not as it must be: the control did not oversell, or something else did. */
  faults: string[];
}

/** Both crowds come to one strategy, over connections of its own. */
export async function visit(admin: pg.Client, url: string, strategy: Strategy, seconds: number): Promise<Visit> {
  const applicationName = `lab ${strategy.name}`;
  const database = strategy.driver(url, applicationName);
  const plenty = Math.ceil(PLENTY.unitsPerSecond * (PLENTY.warmUpSeconds + seconds));
  const crowdFor = (itemId: string) => new Crowd((onRetry) => strategy.open(database, itemId, onRetry));
  try {
    await clearTables(admin);
    await putUp(admin, "plentiful", plenty, strategy.sellsUnitRows === true);
    await putUp(admin, "scarce", SCARCITY.units, strategy.sellsUnitRows === true);

    const warmUp = crowdFor("plentiful");
    await warmUp.buyOnAndOn(PLENTY.buyers, PLENTY.warmUpSeconds);
    const steady = crowdFor("plentiful");
    const elapsed = await steady.buyOnAndOn(PLENTY.buyers, seconds);
    const rush = crowdFor("scarce");
    await rush.buyAtOnce(SCARCITY.buyers);

    const plentiful = await readBooks(admin, "plentiful");
    const scarce = await readBooks(admin, "scarce");
    const oversold = scarce.orders - SCARCITY.units;
    const faults = strategy.isControl
      ? [oversold <= 0 && "it did not oversell, so the others prove nothing"]
      : [
          steady.soldOut > 0 && "it sold out of plenty: its orders a second are too low",
          !addUp(plentiful, plenty, warmUp.sold + steady.sold) &&
            `the books of plenty do not add up: ${JSON.stringify(plentiful)}`,
          !addUp(scarce, SCARCITY.units, rush.sold) &&
            `the books of the scarce item do not add up: ${JSON.stringify(scarce)}`,
          scarce.unitsLeft !== 0 && `${scarce.unitsLeft} units are left that somebody wanted`,
        ];
    return {
      ordersPerSecond: steady.sold / elapsed,
      p99: percentile(
        steady.milliseconds.toSorted((one, other) => one - other),
        0.99,
      ),
      connections: await countConnections(admin, applicationName),
      oversold,
      retries: steady.retries + rush.retries,
      errors: [...steady.errors, ...rush.errors],
      faults: faults.filter((fault) => fault !== false),
    };
  } finally {
    await database.close();
  }
}

/** Every unit is either left or in one order, every order has its movement and a number of its own, and its buyer knows of it. */
function addUp({ orders, numbers, movements, unitsLeft }: Books, units: number, told: number): boolean {
  return (
    orders + unitsLeft === units && unitsLeft >= 0 && numbers === orders && movements === orders && told === orders
  );
}

/** Buyers at one item, and what they were told. */
class Crowd {
  sold = 0;
  soldOut = 0;
  retries = 0;
  readonly errors: string[] = [];
  readonly milliseconds: number[] = [];
  readonly #sell: Sell;

  constructor(open: (onRetry: () => void) => Sell) {
    this.#sell = open(() => (this.retries += 1));
  }

  async buyAtOnce(buyers: number): Promise<void> {
    await Promise.all(Array.from({ length: buyers }, () => this.#buy()));
  }

  /** Each buys again as soon as the last purchase is answered. Resolves to the seconds until the last answer. */
  async buyOnAndOn(buyers: number, seconds: number): Promise<number> {
    const began = performance.now();
    const elapsed = () => (performance.now() - began) / 1_000;
    const buyer = async () => {
      while (elapsed() < seconds) await this.#buy();
    };
    await Promise.all(Array.from({ length: buyers }, buyer));
    return elapsed();
  }

  async #buy(): Promise<void> {
    const asked = performance.now();
    try {
      if (await this.#sell({ buyerId: randomUUID(), key: randomUUID() })) this.sold += 1;
      else this.soldOut += 1;
    } catch (error) {
      this.errors.push(String(error));
    }
    this.milliseconds.push(performance.now() - asked);
  }
}
