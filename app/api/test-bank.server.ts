/**
 * `/test-bank/…`: the test bank's page for people and its books for anybody, at the shop's own address. In demo mode alone; its switches
 * and its interface for programs stay on its own port, which nobody else reaches.
 */
import { env } from "#app/env.server.ts";
import type { Answer, AnswerHeaders } from "#app/http/answer.ts";
import { problem } from "#app/http/answer.ts";
import { readForm } from "#app/http/body.server.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { notFound } from "#app/http/refusals.server.ts";

/** Milliseconds that the bank may take. */
const ANSWERS_WITHIN = 10_000;
const HANDED_ON = /^\/test-bank\/(pay\/\w+|payments)$/;
const KEPT = ["content-type", "cache-control", "content-security-policy", "location"];

export const testBank: Endpoint = {
  GET: ({ url }) => ask(url.pathname, {}),
  POST: async (exchange) => {
    const { outcome = "" } = await readForm(exchange);
    return ask(exchange.url.pathname, { method: "POST", body: new URLSearchParams({ outcome }) });
  },
};

async function ask(path: string, request: RequestInit): Promise<Answer> {
  if (!env.TEST_BANK_URL || !HANDED_ON.test(path)) throw notFound("address");
  try {
    const response = await fetch(new URL(path, env.TEST_BANK_URL), {
      ...request,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWERS_WITHIN),
    });
    const headers: AnswerHeaders = {};
    for (const name of KEPT) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
  } catch {
    return problem({ type: "provider-away", headers: RETRY_AFTER });
  }
}
