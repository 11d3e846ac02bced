/**
 * What a page is made from, and what a form of it is answered: read and done once for an exchange, by the front or by the
 * loader and the action of Remix. What the front has begun and cannot send, because no page is kept for it, Remix renders.
 */
import { data, redirect } from "@remix-run/node";
import type { AnswerHeaders } from "#app/http/answer.ts";
import type { Params } from "#app/http/endpoint.server.ts";
import { currentExchange, type Exchange } from "#app/http/exchange.server.ts";
import type { PageContent } from "#app/http/kept-pages.server.ts";

export type ReadPage<Content extends PageContent = PageContent> = (params: Params) => Promise<Content>;

/** Another page to go to, or a message on the form's own page. */
export type FormAnswer<Message = unknown> =
  | { kind: "redirect"; location: string; headers: AnswerHeaders }
  | { kind: "message"; message: Message; status: number; headers: AnswerHeaders };

export type AnswerForm<Message = unknown> = (exchange: Exchange, params: Params) => Promise<FormAnswer<Message>>;

const contents = new WeakMap<Exchange, Promise<PageContent>>();
const formAnswers = new WeakMap<Exchange, Promise<FormAnswer>>();

/** For the front. */
export function contentOf(exchange: Exchange, read: ReadPage, params: Params): Promise<PageContent> {
  const content = read(params);
  contents.set(exchange, content);
  return content;
}

/** For the front. */
export function formAnswerOf(exchange: Exchange, answer: AnswerForm, params: Params): Promise<FormAnswer> {
  const given = answer(exchange, params);
  formAnswers.set(exchange, given);
  return given;
}

/** For a loader. */
export async function readPage<Content extends PageContent>(read: ReadPage<Content>, params: Params) {
  const content = await ((contents.get(currentExchange()) as Promise<Content> | undefined) ?? read(params));
  return data(content.data as Content["data"], { headers: content.headers });
}

/** For an action. */
export async function answerForm<Message>(answer: AnswerForm<Message>, params: Params) {
  const exchange = currentExchange();
  const known = formAnswers.get(exchange) as Promise<FormAnswer<Message>> | undefined;
  const given = await (known ?? answer(exchange, params));
  if (given.kind === "redirect") return redirect(given.location, { status: 303, headers: given.headers });
  return data(given.message, { status: given.status, headers: given.headers });
}
