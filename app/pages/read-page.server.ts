import { data } from "@remix-run/node";
import type { Params } from "#app/http/endpoint.server.ts";
import { currentExchange, type Exchange } from "#app/http/exchange.server.ts";
import type { PageContent } from "#app/http/kept-pages.server.ts";

/** Reads what a page is made from. */
export type ReadPage<Content extends PageContent = PageContent> = (params: Params) => Promise<Content>;

const contents = new WeakMap<Exchange, Promise<PageContent>>();

/** The page's content, read by the front. What the front finds no kept page for, Remix renders from the same content. */
export function contentOf(exchange: Exchange, read: ReadPage, params: Params): Promise<PageContent> {
  const content = read(params);
  contents.set(exchange, content);
  return content;
}

/** The same for a loader. */
export async function readPage<Content extends PageContent>(read: ReadPage<Content>, params: Params) {
  const content = await ((contents.get(currentExchange()) as Promise<Content> | undefined) ?? read(params));
  return data(content.data as Content["data"], { headers: content.headers });
}
