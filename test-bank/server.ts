/** The test bank's HTTP server: Stripe's interface for programs, a page for people, its switches, and its books for anybody. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { ZodError } from "zod";
import { fromProvider } from "#app/checkout/amounts.ts";
import { answerProgram } from "./api.ts";
import { findPayment, listPayments } from "./books.ts";
import { Postman } from "./events.ts";
import type { PaymentRow } from "./objects.ts";
import { noPage, type Page, paymentPage, refusedPage } from "./page.ts";
import { type Outcome, OUTCOMES, press, settleWhatIsDue } from "./people.ts";
import { dispute } from "./requests.ts";
import { type BankKeys, openBooks } from "./schema.ts";
import { readSwitches, setSwitches } from "./switches.ts";
import { transaction } from "./queryable.ts";

const MOST_BYTES = 64 * 1024;

export interface BankSettings {
  databaseUrl: string;
  /** 0 for any that is free. */
  port: number;
  /** Where the shop takes events. */
  webhook: string;
  /** Where people find the bank's pages: an origin. Undefined: on the bank's own port. */
  pages: string | undefined;
  /** To begin with; those that are not named stay as they were. */
  switches: unknown;
}

export interface Bank extends BankKeys {
  url: string;
  stop: () => Promise<void>;
}

export async function startBank(settings: BankSettings): Promise<Bank> {
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    max: 3,
    application_name: "lastone test bank",
    keepAlive: true,
  });
  // One that the server closes is replaced at the next query.
  pool.on("error", () => undefined);
  const server = createServer();
  try {
    const keys = await openBooks(pool);
    await setSwitches(pool, settings.switches);
    server.listen(settings.port, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pages = settings.pages ?? url;
    const postman = new Postman(pool, settings.webhook, keys.webhookSecret, () => settleWhatIsDue(pool, pages));
    serve(server, { pool, keys, pages, postman });
    return {
      ...keys,
      url,
      stop: async () => {
        server.close();
        server.closeAllConnections();
        await postman.stop();
        await pool.end();
      },
    };
  } catch (error) {
    server.close();
    await pool.end();
    throw error;
  }
}

interface Serving {
  pool: pg.Pool;
  keys: BankKeys;
  pages: string;
  postman: Postman;
}

function serve(server: Server, serving: Serving): void {
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer(serving, request, response).catch((error: unknown) => {
      process.stderr.write(`The test bank failed at ${request.method} ${request.url}: ${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { type: "api_error", message: "The test bank cannot answer now." } });
    });
  });
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pool, keys, pages, postman } = serving;
  const { pathname, search } = new URL(request.url ?? "/", "http://bank");
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "");
  const body = await readBody(request);
  if (body === undefined) return sendJson(response, 413, { error: { message: "Too large." } });

  if (pathname.startsWith("/v1/")) {
    const answered = await answerProgram(
      { pool, secretKey: keys.secretKey, pages },
      {
        method,
        path: pathname,
        query: search,
        body,
        authorization: request.headers.authorization,
        key: request.headers["idempotency-key"]?.toString(),
      },
    );
    postman.kick();
    if (answered.lost) return void response.destroy();
    if (answered.replayed) response.setHeader("Idempotent-Replayed", "true");
    return send(response, answered.status, "application/json", answered.body);
  }

  const [, session] = /^\/test-bank\/pay\/(\w+)$/.exec(pathname) ?? [];
  if (session !== undefined && method === "GET") {
    const payment = await findPayment(pool, "session", session);
    return sendPage(response, payment ? paymentPage(payment) : noPage());
  }
  if (session !== undefined && method === "POST") return pressed(serving, request, response, session, body);
  if (pathname === "/test-bank/payments" && method === "GET")
    return sendJson(response, 200, (await listPayments(pool)).map(toldOf));
  if (pathname === "/test-bank/switches") {
    try {
      if (method === "POST") return sendJson(response, 200, await setSwitches(pool, JSON.parse(body)));
      return sendJson(response, 200, await readSwitches(pool));
    } catch (error) {
      if (!(error instanceof ZodError || error instanceof SyntaxError)) throw error;
      return sendJson(response, 400, { error: { message: error.message } });
    }
  }
  if (pathname === "/test-bank/disputes" && method === "POST") {
    const { intent, closed } = Object.fromEntries(new URLSearchParams(body)) as Partial<Record<string, string>>;
    const disputed = await transaction(pool, async (connection) =>
      dispute(connection, await readSwitches(connection), intent ?? "", closed === "1"),
    );
    postman.kick();
    return disputed
      ? sendJson(response, 200, toldOf(disputed))
      : sendJson(response, 404, { error: { message: "Nothing was captured." } });
  }
  sendPage(response, noPage());
}

async function pressed(
  { pool, pages, postman }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
  session: string,
  body: string,
): Promise<void> {
  // The shop looks at the others that come through it.
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return sendPage(response, refusedPage(403, "Another site asked for this, so nothing was done."));
  const outcome = new URLSearchParams(body).get("outcome");
  if (!isOutcome(outcome)) return sendPage(response, refusedPage(400, "Choose one of the buttons."));
  const next = await press(pool, pages, session, outcome);
  postman.kick();
  if (!next) return sendPage(response, noPage());
  if ("stays" in next) return sendPage(response, paymentPage(next.payment, next.stays));
  const to = next.goTo === "success" ? next.payment.success_url : next.payment.cancel_url;
  const target = new URL(to.replaceAll("{CHECKOUT_SESSION_ID}", session));
  // Whoever calls the shop by another name than its own, such as 127.0.0.1 for localhost, has the cookies of that name.
  const location =
    target.origin === new URL(pages).origin ? target.pathname + target.search + target.hash : target.href;
  response.writeHead(303, { Location: location, "Cache-Control": "no-store" }).end();
}

function isOutcome(text: string | null): text is Outcome {
  return OUTCOMES.some((outcome) => outcome === text);
}

/** A line of the books for outsiders, in the shop's words and minor units. */
function toldOf(row: PaymentRow): Record<string, unknown> {
  const { amount, currency } = fromProvider(row.amount, row.currency);
  return {
    id: row.session,
    orderId: row.order_id,
    status: statusOf(row),
    amount,
    captured: fromProvider(row.received, currency).amount,
    refunded: fromProvider(row.refunded, currency).amount,
    currency,
  };
}

/** Not by the shop's own reading of the same states: whoever compares the two must see it when one of them is wrong. */
function statusOf({ session_status, intent_status }: PaymentRow): string {
  switch (intent_status) {
    case "requires_capture":
      return "authorised";
    case "succeeded":
      return "captured";
    case "canceled":
      return "cancelled";
    case "processing":
      return "open";
    case "requires_payment_method":
    case null:
      return session_status === "complete" ? "failed" : session_status;
    default:
      throw new Error(`no such status: ${String(intent_status satisfies never)}`);
  }
}

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  return size > MOST_BYTES ? undefined : Buffer.concat(chunks).toString("utf8");
}

function sendPage(response: ServerResponse, { status, html, policy }: Page): void {
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "same-origin");
  send(response, status, "text/html; charset=utf-8", html);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, "application/json; charset=utf-8", JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
}
