/** What a bench prints: its tables, and of each budget whether it was met. */
import { table } from "../figures.ts";

export function print(title: string, rows: string[][]): void {
  process.stdout.write(`\n${title}\n${table(rows)}\n`);
}

export class Budgets {
  /** How many were not met. */
  fallen = 0;

  atLeast(name: string, measured: number, least: number, unit: string): string[] {
    return this.#verdict(name, measured, least, unit, measured >= least);
  }

  atMost(name: string, measured: number, most: number, unit: string): string[] {
    return this.#verdict(name, measured, most, unit, measured <= most);
  }

  #verdict(name: string, measured: number, limit: number, unit: string, met: boolean): string[] {
    if (!met) this.fallen += 1;
    // Of ratios and seconds the hundredths count.
    const digits = unit === "×" || unit === "s" ? 2 : 0;
    return [name, `${measured.toFixed(digits)} ${unit}`, `${limit} ${unit}`, met ? "met" : "NOT met"];
  }
}
