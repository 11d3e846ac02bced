/**
 * Pages rendered once and kept as text. What a page is made from is its name here, so two visitors share a page only
 * when it would be rendered the same for both. What differs from visitor to visitor stands as a placeholder in the kept
 * text and is put in with each answer: the nonce, and what a loader passes through `perVisitor`.
 */
import { randomUUID } from "node:crypto";
import { env } from "#app/env.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { currentExchange } from "./exchange.server.ts";

/** Unguessable, so that no text of the shop's can contain one by accident or on purpose. */
const placeholders = singleton("placeholders", () => ({
  nonce: randomUUID().replaceAll("-", ""),
  values: new Map<string, string>(),
}));

/** Pieces of a page, and between each two of them the placeholder that stood there. */
interface Page {
  pieces: string[];
  places: string[];
}

/** The one used last is last; the first is dropped first. */
const kept = singleton("kept-pages", () => new Map<string, Promise<Page>>());

/** For a loader to say that its page is made from nothing but its data, and worth keeping for the next visitor. */
export function keepPage(): void {
  currentExchange().keepPage = env.PAGES_KEPT > 0;
}

/**
 * For a value of a loader that belongs to one visitor: a document gets a placeholder, which the page carries until it is
 * sent. `value` must be text that HTML and JSON leave as it is, such as a UUID. A page's data alone is sent as it is.
 */
export function perVisitor(name: string, value: string): string {
  const { asksForData, filling } = currentExchange();
  if (asksForData) return value;
  const placeholder = placeholders.values.get(name) ?? randomUUID();
  placeholders.values.set(name, placeholder);
  filling.set(placeholder, value);
  return placeholder;
}

/** The time as far as pages tell it, ISO 8601: with a whole second in it a page is rendered once a second, not for each visitor. */
export function renderedAt(): string {
  return new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
}

/** The page made from `data`: a kept one, or what `render` makes with the nonce it is given. */
export async function pageOf(
  data: unknown,
  nonce: string,
  render: (nonce: string) => Promise<string>,
): Promise<string> {
  const { filling, keepPage } = currentExchange();
  const page = keepPage ? keptUnder(JSON.stringify(data), render) : render(placeholders.nonce).then(split);
  const { pieces, places } = await page;
  const values = new Map(filling).set(placeholders.nonce, nonce);
  return pieces.map((piece, index) => piece + (values.get(places[index] ?? "") ?? "")).join("");
}

function keptUnder(name: string, render: (nonce: string) => Promise<string>): Promise<Page> {
  const page = kept.get(name) ?? render(placeholders.nonce).then(split);
  kept.delete(name);
  kept.set(name, page);
  page.catch(() => kept.delete(name));
  for (const first of kept.keys()) {
    if (kept.size <= env.PAGES_KEPT) break;
    kept.delete(first);
  }
  return page;
}

function split(html: string): Page {
  const parts = html.split(new RegExp(`(${[placeholders.nonce, ...placeholders.values.values()].join("|")})`));
  return { pieces: parts.filter((_, index) => index % 2 === 0), places: parts.filter((_, index) => index % 2 === 1) };
}
