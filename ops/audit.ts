/** `npm run audit`: whether every quantity is what its movements and orders make it. Exit 1 and the broken lines when not. */
import { audit } from "#app/shop/audit.server.ts";

const began = performance.now();
const { items, orders, movements, findings } = await audit();
const seconds = ((performance.now() - began) / 1_000).toFixed(2);

for (const { rule, itemId, line } of findings) process.stdout.write(`${itemId}: ${line}. But ${rule}.\n`);
const verdict = findings.length === 0 ? "everything adds up" : `${findings.length} rules are broken`;
process.stdout.write(`${items} items, ${orders} orders, ${movements} movements: ${verdict} (${seconds} s).\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
