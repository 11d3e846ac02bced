import { currentExchange } from "#app/http/exchange.server.ts";
import { listActs } from "#app/shop/acts.server.ts";
import { requireOperator } from "./session.server.ts";

/** Acts on one page. */
const MOST = 100;

export async function actsPage() {
  await requireOperator();
  const before = currentExchange().url.searchParams.get("before");
  const acts = await listActs({ before: before !== null && /^\d{1,18}$/.test(before) ? before : null, most: MOST + 1 });
  const shown = acts.slice(0, MOST);
  return { acts: shown, older: acts.length > MOST ? shown.at(-1)?.id : undefined };
}
