/**
 * The front: what is asked most is answered here, before Express and Remix look at it, by the same functions that their
 * routes call. The rest goes to Remix straight, or to the whole chain of remix-serve, which alone has the files.
 */
import { healthz, readyz } from "./api/health.server.ts";
import { item, items } from "./api/items.server.ts";
import { live } from "./api/live.server.ts";
import { order } from "./api/orders.server.ts";
import { purchases } from "./api/purchases.server.ts";
import { reset } from "./api/reset.server.ts";
import { env } from "./env.server.ts";
import { type Endpoint, type Params, respond } from "./http/endpoint.server.ts";
import { type Exchange, type Front, setFront } from "./http/exchange.server.ts";
import { findPage } from "./http/kept-pages.server.ts";
import { answerByRemix } from "./http/remix.server.ts";
import { send } from "./http/send.server.ts";
import { itemPage } from "./pages/item.server.ts";
import { contentOf, type ReadPage } from "./pages/read-page.server.ts";
import { shopWindow } from "./pages/window.server.ts";

/** By address; `:id` is one part of it. What is not here is answered by the whole chain. */
const TABLE: Record<string, Answering> = {
  "/healthz": program(healthz),
  "/readyz": program(readyz),
  "/api/items": program(items),
  "/api/items/:id": program(item),
  "/api/items/:id/purchases": program(purchases),
  "/api/items/:id/reset": program(reset),
  "/api/orders/:id": program(order),
  "/api/live": program(live),

  "/": page(shopWindow),
  "/items/:id": page(itemPage),

  "/_root.data": remix,
  "/items/:id.data": remix,
  "/items/:id/reset": remix,
  "/items/:id/reset.data": remix,
  "/orders/:id": remix,
  "/orders/:id.data": remix,
};

type Answering = (exchange: Exchange, params: Params, passOn: () => void) => void | Promise<void>;

function program(endpoint: Endpoint): Answering {
  return async (exchange, params) => send(exchange, await respond(endpoint, exchange, params));
}

/** One that is kept, or whatever Remix makes of it: it renders what is not, and answers every form. */
function page(read: ReadPage): Answering {
  return async (exchange, params, passOn) => {
    const { method } = exchange.request;
    const kept = method === "GET" || method === "HEAD" ? await keptPage(read, exchange, params) : undefined;
    if (kept) return send(exchange, kept);
    return remix(exchange, params, passOn);
  };
}

async function keptPage(read: ReadPage, exchange: Exchange, params: Params) {
  // What fails here fails for Remix, too, which makes a page of it.
  return contentOf(exchange, read, params)
    .then(findPage)
    .catch(() => undefined);
}

/** The development server has Remix's handler, and what it puts into pages, to itself. */
function remix(exchange: Exchange, _params: Params, passOn: () => void): void | Promise<void> {
  return env.NODE_ENV === "development" ? passOn() : answerByRemix(exchange);
}

const fixed = new Map(Object.entries(TABLE).filter(([address]) => !address.includes(":")));
const patterns = Object.entries(TABLE)
  .filter(([address]) => address.includes(":"))
  .map(([address, answer]) => ({ pattern: patternOf(address), answer }));

/** An id here is one that needs no decoding. */
function patternOf(address: string): RegExp {
  return new RegExp(`^${address.replaceAll(".", "\\.").replace(":id", "([\\w-]+)")}$`);
}

const front: Front = (exchange, passOn) => {
  const [path = ""] = exchange.target.split("?", 1);
  const answer = fixed.get(path);
  if (answer) return void answer(exchange, {}, passOn);
  for (const { pattern, answer } of patterns) {
    const found = pattern.exec(path);
    if (found) return void answer(exchange, { id: found[1] }, passOn);
  }
  passOn();
};

/** From now on. */
export function answerFirst(): void {
  if (env.FRONT) setFront(front);
}
