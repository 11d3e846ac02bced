/**
 * The front: what is asked most is answered here, before Express and Remix look at it, by the same functions that their
 * routes call. The rest goes straight to Remix, or to the whole chain of remix-serve, which alone has the files.
 */
import { accent } from "./api/accent.server.ts";
import { calendar } from "./api/calendar.server.ts";
import { certificate, itemCard, windowCard } from "./api/cards.server.ts";
import { healthz, readyz } from "./api/health.server.ts";
import { item, items } from "./api/items.server.ts";
import { live } from "./api/live.server.ts";
import { manifest } from "./api/manifest.server.ts";
import { order, orderPayment, orderRelease } from "./api/orders.server.ts";
import { picture } from "./api/pictures.server.ts";
import { purchases } from "./api/purchases.server.ts";
import { reset } from "./api/reset.server.ts";
import { robots, sitemap } from "./api/robots.server.ts";
import { webhook } from "./api/webhook.server.ts";
import { testBank } from "./api/test-bank.server.ts";
import { env } from "./env.server.ts";
import type { Answer } from "./http/answer.ts";
import { type Endpoint, type Params, respond } from "./http/endpoint.server.ts";
import { type Exchange, type Front, setFront } from "./http/exchange.server.ts";
import { logFault } from "./http/faults.server.ts";
import { findPage } from "./http/kept-pages.server.ts";
import { send } from "./http/send.server.ts";
import { type AnswerForm, contentOf, formAnswerOf, type ReadPage } from "./pages/answer-page.server.ts";
import { findOrdersPage } from "./pages/find-orders.server.ts";
import { itemPage } from "./pages/item.server.ts";
import { press } from "./pages/press.server.ts";
import { shopPage } from "./pages/shop-page.server.ts";
import { shopWindow } from "./pages/window.server.ts";
import { answerByRemix } from "./remix.server.ts";
import { pathOfPage, SHOP_PAGES } from "./shop/shop-settings.ts";

/** By address; `:id` is one part of it. What is not here is answered by the whole chain. */
const TABLE: Record<string, Answerer> = {
  "/healthz": program(healthz),
  "/readyz": program(readyz),
  "/api/items": program(items),
  "/api/items/:id": program(item),
  "/api/items/:id/purchases": program(purchases),
  "/api/items/:id/reset": program(reset),
  "/api/orders/:id": program(order),
  "/api/orders/:id/payment": program(orderPayment),
  "/api/orders/:id/release": program(orderRelease),
  "/api/live": program(live),
  "/webhooks/stripe": program(webhook),
  "/accent/:id.css": program(accent),
  "/pictures/:id.avif": program(picture),
  "/pictures/:id.webp": program(picture),
  "/pictures/:id.png": program(picture),
  "/manifest.webmanifest": program(manifest),
  "/cards/:id.jpg": program(itemCard),
  "/card.jpg": program(windowCard),
  "/orders/:id/certificate.jpg": program(certificate),
  "/robots.txt": program(robots),
  "/sitemap.xml": program(sitemap),
  "/items/:id/opening.ics": program(calendar),
  "/test-bank/pay/:id": program(testBank),
  "/test-bank/payments": program(testBank),

  "/": page(shopWindow),
  "/items/:id": page(itemPage, press),
  // What its form is answered has an e-mail address on it, and is not kept.
  "/orders": page(findOrdersPage),
  ...Object.fromEntries(SHOP_PAGES.map((name) => [pathOfPage(name), page(() => shopPage({ page: name }))])),

  "/_root.data": answerByRemix,
  "/items/:id.data": answerByRemix,
  "/items/:id/reset": answerByRemix,
  "/items/:id/reset.data": answerByRemix,
  "/orders.data": answerByRemix,
  "/orders/:id": answerByRemix,
  "/orders/:id.data": answerByRemix,

  // Forms with files: their bodies wait until the session is known (http/multipart.server.ts).
  "/operator/items/:id": answerByRemix,
  "/operator/items/:id.data": answerByRemix,
  "/operator/items/:id/pictures": answerByRemix,
  "/operator/items/:id/pictures.data": answerByRemix,
  "/operator/settings": answerByRemix,
  "/operator/settings.data": answerByRemix,
};

type Answerer = (exchange: Exchange, params: Params) => Promise<void>;

function program(endpoint: Endpoint): Answerer {
  return async (exchange, params) => send(exchange, await respond(endpoint, exchange, params));
}

/** From a page that is kept, or else by Remix, which renders what is not. `form`: what answers the page's own form. */
function page(read: ReadPage, form?: AnswerForm): Answerer {
  return async (exchange, params) => {
    const answer = await keptAnswer(exchange, params, read, form);
    return answer ? send(exchange, answer) : answerByRemix(exchange);
  };
}

/** Undefined when Remix must answer: also what was refused or has failed here is so for Remix, which makes a page of it. */
async function keptAnswer(
  { request: { method } }: Exchange,
  params: Params,
  read: ReadPage,
  form?: AnswerForm,
): Promise<Answer | undefined> {
  if (method === "GET" || method === "HEAD") {
    const content = await unlessItFails(contentOf(read, params));
    return content && findPage(content);
  }
  if (method !== "POST" || !form) return undefined;
  const said = await unlessItFails(formAnswerOf(form, params));
  if (said?.kind === "redirect")
    return { status: 303, headers: { ...said.headers, Location: said.location }, body: "" };
  const content = said && (await unlessItFails(contentOf(read, params)));
  return content && findPage(content, { status: said.status, actionData: said.message });
}

function unlessItFails<T>(made: Promise<T>): Promise<T | undefined> {
  return made.catch(() => undefined);
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
  const [answer, params] = lookUp(path);
  if (!answer) return passOn();
  answer(exchange, params).catch((error: unknown) => {
    // Nobody answers it any more.
    logFault(error);
    exchange.response.destroy();
  });
};

function lookUp(path: string): [Answerer | undefined, Params] {
  const answer = fixed.get(path);
  if (answer) return [answer, {}];
  for (const { pattern, answer } of patterns) {
    const found = pattern.exec(path);
    if (found) return [answer, { id: found[1] }];
  }
  return [undefined, {}];
}

/** The development server keeps every request to itself: it knows which files have changed since. */
export function answerFirst(): void {
  if (env.FRONT && env.NODE_ENV !== "development") setFront(front);
}
