/**
 * What a page is made from, and what its form is answered: read and done once for an exchange, whether the front asks for it
 * or a loader or action of Remix. What the front has begun and cannot send, because no such page is kept, Remix renders.
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

export function contentOf<Content extends PageContent>(read: ReadPage<Content>, params: Params): Promise<Content> {
  return currentExchange().once(read, () => read(params));
}

export function formAnswerOf<Message>(answer: AnswerForm<Message>, params: Params): Promise<FormAnswer<Message>> {
  const exchange = currentExchange();
  return exchange.once(answer, () => answer(exchange, params));
}

/** The content as a loader gives it. */
export async function readPage<Content extends PageContent>(read: ReadPage<Content>, params: Params) {
  const content = await contentOf(read, params);
  return data(content.data as Content["data"], { headers: content.headers });
}

/** The form's answer as an action gives it. */
export async function answerForm<Message>(answer: AnswerForm<Message>, params: Params) {
  const said = await formAnswerOf(answer, params);
  if (said.kind === "redirect") return redirect(said.location, { status: 303, headers: said.headers });
  return data(said.message, { status: said.status, headers: said.headers });
}
