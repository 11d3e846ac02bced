/**
 * Lighthouse, of this version, over the packaged Chromium. npm fetches it for this bench alone: it weighs 176 MB, and asks for a newer
 * Node than the shop does.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const PACKAGE = "lighthouse@13.5.0";
export const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;

export interface Scores {
  /** From 0 to 100, in the order of CATEGORIES. */
  scores: number[];
  /** What cost points. */
  faults: string[];
}

interface Report {
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { id: string; title: string; score: number | null; displayValue?: string }>;
}

/** As a phone would, which is what it does unless it is told otherwise. `port`: where the browser takes orders, which keeps its cookies. */
export async function rate(url: string, port: number): Promise<Scores> {
  const { stdout } = await promisify(execFile)(
    "npm",
    [
      "exec",
      "--yes",
      `--package=${PACKAGE}`,
      "--",
      "lighthouse",
      url,
      `--port=${port}`,
      "--output=json",
      "--quiet",
      "--no-enable-error-reporting",
      `--only-categories=${CATEGORIES.join(",")}`,
      // A page that says "not found" is a page.
      "--ignore-status-code",
    ],
    { maxBuffer: 100_000_000, env: { ...process.env, npm_config_ignore_scripts: "true" } },
  );
  const { categories, audits } = JSON.parse(stdout) as Report;
  const faults = CATEGORIES.flatMap((name) =>
    (categories[name]?.auditRefs ?? [])
      .filter(({ weight }) => weight > 0)
      .map(({ id }) => audits[id])
      .filter((audit) => audit !== undefined && audit.score !== null && audit.score < 0.9)
      .map((audit) => `${audit?.id}${audit?.displayValue ? ` (${audit.displayValue})` : ""}`),
  );
  return { scores: CATEGORIES.map((name) => Math.round((categories[name]?.score ?? NaN) * 100)), faults };
}
