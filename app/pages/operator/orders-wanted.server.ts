/** Which orders an address asks for. */
import { STATES, type Wanted } from "#app/operator/orders.server.ts";

/** Of a search. */
const LONGEST = 200;

export function wantedOrders(query: URLSearchParams): Omit<Wanted, "after"> {
  return {
    state: STATES.find((each) => each === query.get("state")),
    search: (query.get("q") ?? "").slice(0, LONGEST).replaceAll("\0", ""),
  };
}
