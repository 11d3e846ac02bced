/**
 * Pages rendered once and kept as text. What a page is made from is its name here, so two visitors share a page only
 * when it would be rendered the same for both. What differs from visitor to visitor stands as a placeholder in the kept
 * text and is put in with each answer: the nonce, and what a loader passes through `perVisitor`.
 */
import { randomBytes } from "node:crypto";
import { env } from "#app/env.server.ts";
import { report } from "#app/report.server.ts";
import { currentShop, type KnownShop, shownShop } from "#app/shop-settings.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { unpooled } from "#app/unpooled.ts";
import type { Answer, AnswerHeaders } from "./answer.ts";
import { nameOf } from "./exact-json.ts";
import { currentExchange } from "./exchange.server.ts";
import { fillPacked, type PackedPieces, packPieces } from "./packed-page.ts";
import { type Page, PageStore } from "./page-store.ts";
import { contentSecurityPolicy, createNonce } from "./security-headers.server.ts";

const kept = singleton(
  "kept-pages",
  () => new PageStore({ pages: env.PAGES_KEPT, bytes: env.PAGES_KEPT_MB * 1_048_576 }),
);

/**
 * Says that the page is worth keeping for the next visitor: it is made from nothing but its data, its path and
 * these of the address's parameters. Any other, such as a campaign's, changes nothing that it shows.
 */
export function keepPage(...parameters: string[]): void {
  // In development what renders the page changes, too, with each file that is saved.
  if (env.PAGES_KEPT > 0 && env.NODE_ENV !== "development") currentExchange().keptBy = parameters;
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
 * For a value that belongs to one visitor: a document gets a placeholder, which the page carries until it is
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

/** Each visitor's own, so that a page lives until its data changes. `now`: by the clock that openings go by. */
export function renderedAt(now: Date): RenderedAt {
  const moment = now.toISOString();
  return { moment: perVisitor("moment", moment), clock: perVisitor("clock", `${moment.slice(11, 19)} UTC`) };
}

/** The query of this exchange's page, as the page knows it: where it is kept for others, without what only this visitor's had. */
export function pageSearch(): string {
  const { url, keptBy } = currentExchange();
  if (!keptBy) return url.search;
  const parameters = keptBy.flatMap((name) => url.searchParams.getAll(name).map((value) => [name, value]));
  return parameters.length > 0 ? `?${String(new URLSearchParams(parameters))}` : "";
}

/** What the shop says of itself on this exchange's page: one thing, though it changes meanwhile. */
export function shopOfPage(): KnownShop {
  return currentExchange().once(shopOfPage, () => shownShop(currentShop()));
}

/** What a page is made from, and the headers of its answer. */
export interface PageContent {
  data: unknown;
  headers: AnswerHeaders;
}

/** What the page of this exchange shows, besides its content: another status or another message is another page. */
export interface PageState {
  status: number;
  /** What the form's action said. */
  actionData: unknown;
}

/** Of a page that is read, and not the answer to a form. */
const AS_READ: PageState = { status: 200, actionData: null };

/** The page of this content, if it is kept. */
export function findPage({ data, headers }: PageContent, state = AS_READ): Promise<Answer> | undefined {
  const name = nameOfPage(data, state);
  const page = name === undefined ? undefined : kept.find(name);
  return page?.then(async (found) => {
    const filled = await fill(found);
    return { ...filled, status: state.status, headers: { ...headers, ...filled.headers } };
  });
}

/** The page made from `data`: a kept one, or what `render` makes with the nonce it is given. The headers are those of any page. */
export async function pageOf(
  data: unknown,
  state: PageState,
  render: (nonce: string) => Promise<string>,
): Promise<Omit<Answer, "status">> {
  const make = () => render(placeholders.nonce).then(split);
  const name = nameOfPage(data, state);
  return fill(await (name === undefined ? make() : kept.get(name, make)));
}

async function fill(page: Page): Promise<{ headers: AnswerHeaders; body: Buffer<ArrayBuffer> }> {
  const { filling, acceptsGzip } = currentExchange();
  const nonce = createNonce();
  const values = page.places.map((place) =>
    Buffer.from(place === placeholders.nonce ? nonce : (filling.get(place) ?? "")),
  );
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": contentSecurityPolicy(nonce, currentExchange().formsLeadTo),
    Vary: "Accept-Encoding, Accept-Language",
  };
  if (!acceptsGzip) return { headers, body: Buffer.concat(inTurn(page.pieces, values)) };
  const body = fillPacked(page.pieces, await packedFor(page, values), values);
  return { headers: { ...headers, "Content-Encoding": "gzip" }, body };
}

/** Values of one place are all of one length, so the page is packed once. */
async function packedFor(page: Page, values: Buffer[]): Promise<PackedPieces> {
  const gaps = values.map(({ length }) => length);
  const packed = await (page.packed ??= packPieces(page.pieces, gaps));
  return packed.gaps.every((gap, index) => gap === gaps[index]) ? packed : packPieces(page.pieces, gaps);
}

function inTurn(pieces: Buffer[], values: Buffer[]): Buffer[] {
  return pieces.flatMap((piece, index) => [piece, values[index] ?? NOTHING]);
}

const NOTHING = Buffer.alloc(0);

/** Undefined when the page must not be kept. */
function nameOfPage(data: unknown, { status, actionData }: PageState): string | undefined {
  const { keptBy, url, language } = currentExchange();
  if (!keptBy) return undefined;
  // Every page shows what the shop says of itself, in its visitor's language.
  const name = nameOf([url.pathname, pageSearch(), language, status, shopOfPage().edition, data, actionData ?? null]);
  if (name !== undefined) return name;
  singleton("page-not-kept", () => {
    report("page_not_kept", { path: url.pathname });
    return true;
  });
  return undefined;
}

function split(html: string): Page {
  const parts = html.split(new RegExp(`(${[placeholders.nonce, ...placeholders.values.values()].join("|")})`));
  return {
    pieces: unpooled(parts.filter((_, index) => index % 2 === 0).map((piece) => Buffer.from(piece))),
    places: parts.filter((_, index) => index % 2 === 1),
  };
}
