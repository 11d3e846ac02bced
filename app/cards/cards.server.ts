/** Cards: made when they are first asked for, by a process of their own (card-maker.ts), one at a time, and remembered. */
import { createHash } from "node:crypto";
import { runMaker } from "#app/making/maker.server.ts";
import { OneAtATime } from "#app/making/one-at-a-time.ts";
import { shownFirst } from "#app/pages/arrangement.ts";
import { readPublicFile } from "#app/public-file.server.ts";
import { currentItem, currentItems } from "#app/shop/catalogue.server.ts";
import type { Item } from "#app/shop/item.ts";
import { findPictureFile } from "#app/shop/picture-files.server.ts";
import { readAddress } from "#app/shop/pictures.ts";
import { SharedReading } from "#app/shop/shared-reading.ts";
import { currentShop, type KnownShop } from "#app/shop-settings.server.ts";
import { singleton } from "#app/singleton.server.ts";
import type { CardJob } from "./card-maker.ts";
import { isLanguage, type Language, LANGUAGES } from "#app/words/languages.ts";
import {
  type CardSheet,
  type CertificateSheet,
  type Certified,
  sheetOfCertificate,
  sheetOfItem,
  sheetOfWindow,
} from "./sheet.ts";

/** Grows when cards are drawn in another way: those that others have kept are not asked for again under their name. */
const DRAWING = 1;

/** Bytes of them that are remembered: some hundred. */
const MOST_REMEMBERED = 16 * 1_048_576;
/** Of each desk: whose cards may wait for their turn. */
const MOST_WAITING = 20;
/** It takes half a second of an idle core. */
const MAKER = { program: "app/cards/card-maker.ts", memory: 64 };

interface NamedSheet {
  sheet: CardSheet | CertificateSheet;
  /** Follows from all that is drawn: what is asked for by a name that is not the present one is not kept under it. */
  name: string;
}

export interface Card {
  name: string;
  content: Buffer<ArrayBuffer>;
}

/** What a card is of, an item or else the window, and in which language. */
interface Subject {
  item?: string;
  language: Language;
}

/** By name, the least recently asked for first. */
const remembered = singleton("cards", () => ({ cards: new Map<string, Buffer<ArrayBuffer>>(), bytes: 0 }));
/** Apart: anyone can ask for many cards, and no buyer's certificate may wait for those. */
const desks = singleton("card-desks", () => ({
  cards: new OneAtATime(MOST_WAITING),
  certificates: new OneAtATime(MOST_WAITING),
}));

/** Whoever asks while one is made shares the next, which is of the state that is then: mostly it is made already. */
const cards = new SharedReading((subject) => desks.cards.run(() => makeNow(JSON.parse(subject) as Subject)));
/** An order never changes, so it is known by all that is drawn. */
const certificates = new SharedReading((sheet) =>
  desks.certificates.run(() => makeOnce(named(JSON.parse(sheet) as CertificateSheet))),
);

/** The card as it is now, whatever version was asked for. Undefined when there is no such item. Throws TooMany when too many wait already. */
export async function currentCard(subject: Subject): Promise<Card | undefined> {
  const now = await sheetNow(subject);
  return now && (recall(now) ?? cards.get(JSON.stringify(subject)));
}

/** Of an order, for its buyer alone: whoever asks has seen to that. Throws TooMany, too. */
export async function certificateOf(order: Certified, language: Language): Promise<Card> {
  const sheet = sheetOfCertificate(order, currentShop(), language);
  return recall(named(sheet)) ?? certificates.get(JSON.stringify(sheet));
}

/** Where an item's card is, as it is now. */
export function itemCard(item: Item, language: Language): string {
  return addressOf(`/cards/${item.id}.jpg`, itemSheet(item, language), language);
}

/** Where the window's card is, as it is now. */
export function windowCard(items: readonly Item[], language: Language): string {
  return addressOf("/card.jpg", windowSheet(items, language), language);
}

function addressOf(file: string, { name }: NamedSheet, language: Language): string {
  return `${file}?${language === LANGUAGES[0] ? "" : `lang=${language}&`}v=${name}`;
}

/** In which language the card at this address is: whoever fetches it reads for others. */
export function languageIn({ searchParams }: URL): Language {
  const language = searchParams.get("lang");
  return isLanguage(language) ? language : LANGUAGES[0];
}

async function sheetNow({ item: id, language }: Subject): Promise<NamedSheet | undefined> {
  if (id === undefined) return windowSheet(await currentItems(), language);
  const item = await currentItem(id);
  return item && itemSheet(item, language);
}

const sheets = new WeakMap<Item, Map<Language, NamedSheet & { shop: KnownShop }>>();

/** What is remembered of an item, or of the shop, is one object until something of it changes. */
function itemSheet(item: Item, language: Language): NamedSheet {
  const shop = currentShop();
  const ofItem = sheets.get(item) ?? new Map<Language, NamedSheet & { shop: KnownShop }>();
  sheets.set(item, ofItem);
  const known = ofItem.get(language);
  if (known?.shop === shop) return known;
  const made = { ...named(sheetOfItem(item, shop, language)), shop };
  ofItem.set(language, made);
  return made;
}

/** The last one of each language: every visitor of the window asks for it, and it changes with an item or the shop alone. */
const windowSheets = new Map<Language, { items: readonly Item[]; shop: KnownShop; sheet: NamedSheet }>();

function windowSheet(items: readonly Item[], language: Language): NamedSheet {
  const shop = currentShop();
  const known = windowSheets.get(language);
  if (known?.shop === shop && isSame(known.items, items)) return known.sheet;
  const sheet = named(sheetOfWindow(shownFirst(items), shop, language));
  windowSheets.set(language, { items, shop, sheet });
  return sheet;
}

/** The list is made anew each time, and what is in it is not. */
function isSame(some: readonly Item[], others: readonly Item[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index]);
}

function named(sheet: NamedSheet["sheet"]): NamedSheet {
  const name = createHash("sha256")
    .update(`${DRAWING} ${JSON.stringify(sheet)}`)
    .digest("hex");
  return { sheet, name: name.slice(0, 16) };
}

async function makeNow(subject: Subject): Promise<Card | undefined> {
  const now = await sheetNow(subject);
  return now && makeOnce(now);
}

async function makeOnce(now: NamedSheet): Promise<Card> {
  const content = recall(now)?.content ?? (await make(now.sheet));
  remember(now.name, content);
  return { name: now.name, content };
}

async function make(sheet: NamedSheet["sheet"]): Promise<Buffer<ArrayBuffer>> {
  const job: CardJob = { sheet, files: await filesOf([...sheet.pictures, sheet.logo]) };
  const made = await runMaker(MAKER, JSON.stringify(job));
  if (made.kind === "made") return made.output;
  const why = made.kind === "failed" ? `exit ${made.code}` : "it took too long";
  throw new Error(`the card could not be made: ${why}`);
}

/** Those that there are. */
async function filesOf(addresses: string[]): Promise<CardJob["files"]> {
  const found = await Promise.all(
    addresses.map(async (address): Promise<[string, string][]> => {
      const made = readAddress(address);
      const file = await (made ? findPictureFile(made.name, made.file) : readPublicFile(address));
      return file ? [[address, file.toString("base64")]] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

function recall({ name }: NamedSheet): Card | undefined {
  const content = remembered.cards.get(name);
  if (!content) return undefined;
  remember(name, content);
  return { name, content };
}

function remember(name: string, card: Buffer<ArrayBuffer>): void {
  if (remembered.cards.delete(name)) remembered.bytes -= card.length;
  remembered.cards.set(name, card);
  remembered.bytes += card.length;
  for (const [oldest, { length }] of remembered.cards) {
    if (remembered.bytes <= MOST_REMEMBERED) return;
    remembered.cards.delete(oldest);
    remembered.bytes -= length;
  }
}
