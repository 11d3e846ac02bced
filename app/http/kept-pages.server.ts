/**
 * Pages rendered once and kept as text. What a page is made from is its name here, so two visitors share a page only
 * when it would be rendered the same for both. What differs from visitor to visitor stands as a placeholder in the kept
 * text and is put in with each answer: the nonce, and what a loader passes through `perVisitor`.
 */
import { hash, randomBytes } from "node:crypto";
import { env } from "#app/env.server.ts";
import { report } from "#app/report.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { exactJson } from "./exact-json.ts";
import { currentExchange } from "./exchange.server.ts";
import { type Page, PageStore } from "./page-store.ts";

const kept = singleton(
  "kept-pages",
  () => new PageStore({ pages: env.PAGES_KEPT, bytes: env.PAGES_KEPT_MB * 1_048_576 }),
);

/**
 * For a loader to say that its page is worth keeping for the next visitor: it is made from nothing but its data, its path and
 * these of the address's parameters. Any other, such as a campaign's, changes nothing that it shows.
 */
export function keepPage(...parameters: string[]): void {
  if (env.PAGES_KEPT > 0) currentExchange().keptBy = parameters;
}

const placeholders = singleton("placeholders", () => ({
  nonce: placeholderOf("nonce"),
  values: new Map<string, string>(),
}));

/** Unguessable, and of characters that neither an item's id nor a UUID has: nothing that a page shows of its address can be one. */
function placeholderOf(name: string): string {
  return `_${name}_${randomBytes(16).toString("hex")}_`;
}

/**
 * For a value of a loader that belongs to one visitor: a document gets a placeholder, which the page carries until it is
 * sent. `value` must be text that HTML and JSON leave as it is, such as a UUID. A page's data alone is sent as it is.
 */
export function perVisitor(name: string, value: string): string {
  const { asksForData, filling, url } = currentExchange();
  const placeholder = placeholders.values.get(name) ?? placeholderOf(name);
  // Put into an address that the page repeats, it would put the visitor's own value there.
  if (asksForData || url.href.includes(placeholder)) return value;
  placeholders.values.set(name, placeholder);
  filling.set(placeholder, value);
  return placeholder;
}

/** When this answer is made, for the page to say how old it is: as ISO 8601, and as its clock shows it. */
export interface RenderedAt {
  moment: string;
  clock: string;
}

/** Each visitor's own, so that a page lives until its data changes. */
export function renderedAt(): RenderedAt {
  const now = new Date().toISOString();
  return { moment: perVisitor("moment", now), clock: perVisitor("clock", `${now.slice(11, 19)} UTC`) };
}

/** The query of this exchange's page, as the page knows it: where it is kept for others, without what only this visitor's had. */
export function pageSearch(): string {
  const { url, keptBy } = currentExchange();
  if (!keptBy) return url.search;
  const parameters = keptBy.flatMap((name) => url.searchParams.getAll(name).map((value) => [name, value]));
  return parameters.length > 0 ? `?${String(new URLSearchParams(parameters))}` : "";
}

/** The page made from `data`, which its path and `pageSearch` are part of: a kept one, or what `render` makes with the nonce it is given. */
export async function pageOf(
  data: unknown,
  nonce: string,
  render: (nonce: string) => Promise<string>,
): Promise<Buffer<ArrayBuffer>> {
  const { filling, keptBy } = currentExchange();
  const make = () => render(placeholders.nonce).then(split);
  const name = keptBy && nameOf(data);
  const { pieces, places } = await (name ? kept.get(name, make) : make());
  const values = new Map(filling).set(placeholders.nonce, nonce);
  return Buffer.concat(pieces.flatMap((piece, index) => [piece, Buffer.from(values.get(places[index] ?? "") ?? "")]));
}

function nameOf(data: unknown): string | undefined {
  const json = exactJson(data);
  if (json !== undefined) return hash("sha256", json, "base64");
  singleton("page-not-kept", () => {
    report("page_not_kept", { path: currentExchange().url.pathname });
    return true;
  });
  return undefined;
}

function split(html: string): Page {
  const parts = html.split(new RegExp(`(${[placeholders.nonce, ...placeholders.values.values()].join("|")})`));
  return {
    pieces: parts.filter((_, index) => index % 2 === 0).map((piece) => Buffer.from(piece)),
    places: parts.filter((_, index) => index % 2 === 1),
  };
}
