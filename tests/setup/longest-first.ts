/** The order of the test files: one that takes long and begins last would keep the run waiting alone. */
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longest. A new clone does not know it from an earlier run. */
const LONG = [
  "integration/history-controls",
  "integration/outbox",
  "e2e/looks",
  "e2e/live",
  "integration/operator",
  "integration/start-stop",
  "integration/operator-counts",
  "e2e/reconnect",
  "e2e/opening",
  "integration/crash",
  "e2e/away",
  "integration/end",
  "e2e/shop",
  "e2e/tabs",
  "integration/history",
  "integration/memory",
  "integration/http",
  "e2e/layout",
  "e2e/terms",
  "integration/zones",
  "integration/outage",
  "e2e/translated",
  "e2e/dev",
  "integration/till",
  "e2e/money",
  "integration/upgrade",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONG.indexOf(path.relative(path.dirname(import.meta.dirname), moduleId).replace(".test.ts", ""));
      return found === -1 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
