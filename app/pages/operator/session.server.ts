/** Who works on the operator's pages: a session of the database, by a cookie that holds nothing but its token. */
import { randomUUID } from "node:crypto";
import { redirect } from "@remix-run/node";
import { env } from "#app/env.server.ts";
import { findSession, LASTS, type OperatorSession } from "#app/operator/sessions.server.ts";
import { isUuid } from "#app/shop/item.ts";
import { cookieLine, cookiesNamed } from "#app/http/cookies.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { HmacKey } from "#app/http/hmac-key.ts";
import { SignedCookie } from "#app/http/signed-cookie.ts";

const SESSION = "operator";
/** Signed: it says only that somebody has signed in with this browser before. */
const BROWSER = "operator-browser";
const YEAR = 365 * 24 * 60 * 60;
const TOKEN = /^[\w-]{43}$/;
const browserCookie = new SignedCookie(env.COOKIE_SECRET.map((secret) => new HmacKey(secret)));

/** Pages of the operator are nobody else's, and are asked for anew each time. */
export const NOT_KEPT = { "Cache-Control": "private, no-store" };

/** The session that asks. Whoever has none is led to sign in, and back. */
export async function requireOperator(): Promise<OperatorSession> {
  const session = await currentOperator();
  if (session) return session;
  const { request, url } = currentExchange();
  const here = `${url.pathname.replace(/\.data$/, "")}${url.search}`;
  const back = request.method === "GET" ? `?${String(new URLSearchParams({ to: here }))}` : "";
  throw redirect(`/operator/sign-in${back}`, { headers: NOT_KEPT });
}

export function currentOperator(): Promise<OperatorSession | undefined> {
  return currentExchange().once(currentOperator, async () => {
    const token = cookiesNamed(currentExchange(), SESSION)[0];
    return token !== undefined && TOKEN.test(token) ? findSession(token) : undefined;
  });
}

/** The id of this browser, if somebody has signed in with it before. */
export function knownBrowser(): string | undefined {
  const content = browserCookie.read(cookiesNamed(currentExchange(), BROWSER)[0] ?? "")?.content;
  return isUuid(content) ? content : undefined;
}

/** The headers that make a browser this session's. */
export function signingIn(token: string): Headers {
  const headers = new Headers(NOT_KEPT);
  headers.append("Set-Cookie", cookieLine(currentExchange(), SESSION, token, LASTS));
  headers.append(
    "Set-Cookie",
    cookieLine(currentExchange(), BROWSER, browserCookie.write(knownBrowser() ?? randomUUID()), YEAR),
  );
  return headers;
}

export function signingOut(): Headers {
  const headers = new Headers(NOT_KEPT);
  headers.append("Set-Cookie", cookieLine(currentExchange(), SESSION, "", 0));
  return headers;
}

/** No part that leads out of the folder, as `..` and `//` do, and nothing that no address holds as it is: a header would refuse it. */
const OPERATORS_PAGE = /^\/operator(?:\/[\w-][\w.-]*)*\/?(?:\?[!-[\]-~]*)?$/;

/** Where to go after signing in: an operator's page of this shop, and nowhere else. */
export function backTo(wanted: string | null | undefined): string {
  return wanted && OPERATORS_PAGE.test(wanted) && !wanted.startsWith("/operator/sign-in") ? wanted : "/operator";
}
