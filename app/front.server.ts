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
import type { Answer } from "./http/answer.ts";
import { type Endpoint, type Params, respond } from "./http/endpoint.server.ts";
import { type Exchange, type Front, setFront } from "./http/exchange.server.ts";
import { findPage } from "./http/kept-pages.server.ts";
import { answerByRemix } from "./http/remix.server.ts";
import { send } from "./http/send.server.ts";
import { type AnswerForm, contentOf, formAnswerOf, type ReadPage } from "./pages/answer-page.server.ts";
import { itemPage } from "./pages/item.server.ts";
import { press } from "./pages/press.server.ts";
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
  "/items/:id": page(itemPage, press),

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

/** From a page that is kept, or else by Remix, which renders what is not. `form`: what answers the page's own form. */
function page(read: ReadPage, form?: AnswerForm): Answering {
  return async (exchange, params, passOn) => {
    const answer = await keptAnswer(exchange, params, read, form).catch(() => undefined);
    return answer ? send(exchange, answer) : remix(exchange, params, passOn);
  };
}

/** Undefined when Remix must answer. What has failed is known to it, and it makes a page of it. */
async function keptAnswer(
  exchange: Exchange,
  params: Params,
  read: ReadPage,
  form?: AnswerForm,
): Promise<Answer | undefined> {
  const { method } = exchange.request;
  if (method === "GET" || method === "HEAD") return findPage(await contentOf(exchange, read, params));
  if (method !== "POST" || !form) return undefined;
  const given = await formAnswerOf(exchange, form, params);
  if (given.kind === "redirect")
    return { status: 303, headers: { ...given.headers, Location: given.location }, body: "" };
  const { status, message } = given;
  return findPage(await contentOf(exchange, read, params), { status, actionData: message });
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
