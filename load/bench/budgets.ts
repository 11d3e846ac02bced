/** What a bench prints: its tables, and of each budget whether it was met. */
import { table } from "../figures.ts";

export function print(title: string, rows: string[][]): void {
  process.stdout.write(`\n${title}\n${table(rows)}\n`);
}

/** What must be, and what would be good; of `at most` both are upper bounds. */
export interface Bounds {
  must: number;
  aim?: number;
}

export class Budgets {
  /** How many were not met. */
  fallen = 0;

  atLeast(name: string, measured: number, bounds: Bounds, unit: string): string[] {
    return this.#verdict(name, measured, bounds, unit, (bound) => measured >= bound);
  }

  atMost(name: string, measured: number, bounds: Bounds, unit: string): string[] {
    return this.#verdict(name, measured, bounds, unit, (bound) => measured <= bound);
  }

  #verdict(
    name: string,
    measured: number,
    { must, aim }: Bounds,
    unit: string,
    meets: (bound: number) => boolean,
  ): string[] {
    if (!meets(must)) this.fallen += 1;
    // Of ratios and seconds the hundredths count.
    const digits = unit === "×" || unit === "s" ? 2 : 0;
    const verdict = !meets(must) ? "NOT met" : aim === undefined || !meets(aim) ? "met" : "aim met";
    return [
      name,
      `${measured.toFixed(digits)} ${unit}`,
      `${must} ${unit}`,
      aim === undefined ? "" : `${aim} ${unit}`,
      verdict,
    ];
  }
}
