import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { signIn } from "#app/operator/sessions.server.ts";
import { isPasswordSet } from "#app/operator/password.server.ts";
import { backTo, currentOperator, knownBrowser, NOT_KEPT, signingIn } from "./session.server.ts";
import { data, redirect } from "@remix-run/node";

export type SignInMessage = { kind: "wrong" } | { kind: "wait"; seconds: number } | { kind: "not_set" };

export async function signInPage() {
  const to = backTo(currentExchange().url.searchParams.get("to"));
  if (await currentOperator()) throw redirect(to, { headers: NOT_KEPT });
  return data({ to, isSet: await isPasswordSet() }, { headers: NOT_KEPT });
}

export async function answerSignIn() {
  const exchange = currentExchange();
  const { password = "", who = "", to } = await readForm(exchange);
  const browser = exchange.request.headers["user-agent"] ?? "";
  const source = { address: exchange.address, browser: knownBrowser() };
  const answer = await signIn(password, { who, browser, source });
  switch (answer.kind) {
    case "signed_in":
      return redirect(backTo(to), { status: 303, headers: signingIn(answer.token) });
    case "wrong":
    case "not_set":
      return data<SignInMessage>({ kind: answer.kind }, { status: 403, headers: NOT_KEPT });
    case "wait": {
      const headers = { ...NOT_KEPT, "Retry-After": String(answer.seconds) };
      return data<SignInMessage>({ kind: "wait", seconds: answer.seconds }, { status: 429, headers });
    }
    default:
      return answer satisfies never;
  }
}
