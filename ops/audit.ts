/** `npm run audit`: whether every quantity is what its movements and orders make it. Exit 1 and the broken lines when not. */
import { audit } from "#app/shop/audit.server.ts";

const began = performance.now();
const { items, orders, movements, findings } = await audit();
const seconds = ((performance.now() - began) / 1_000).toFixed(2);

for (const { rule, itemId, line } of findings) process.stdout.write(`${itemId}: ${line} (rule broken: ${rule}).\n`);
const verdict = findings.length === 0 ? "everything adds up" : `${counted(findings.length, "rule")} broken`;
const seen = [counted(items, "item"), counted(orders, "order"), counted(movements, "movement")].join(", ");
process.stdout.write(`${seen}: ${verdict} (${seconds} s).\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
