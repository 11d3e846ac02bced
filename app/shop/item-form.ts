/**
 * What an operator may write of an item: read from JSON or a form, and checked. Every mistake is told, each with its
 * field and in the shop's own words.
 */
import { z } from "zod";
import { type Item, isItemId, type Numbers } from "./item.ts";
import { digitsOf, isCurrency, readAmount, writeAmount } from "./money.ts";
import { BLANK, UNSEEN } from "./unseen.ts";
import { isZone, localTimeOf, momentsOf } from "./zoned-time.ts";
import type { ItemChange, NewItem } from "./catalogue.server.ts";

/** What is wrong with one field, as the end of a sentence that begins with the field's name. */
export interface Mistake {
  field: (string | number)[];
  says: string;
}

export type Read<T> = { item: T; mistakes?: undefined } | { item?: undefined; mistakes: [Mistake, ...Mistake[]] };

/** Beyond it somebody has mistyped. */
export const MOST_UNITS = 1_000_000;

/** What one order may hold: a page offers each quantity up to it. */
export const MOST_PER_ORDER = 1_000;

/** What PostgreSQL's integer holds. */
const MOST_MONEY = 2_147_483_647;

/** In characters: every page of the window carries the first three, and every item's page all of them. */
export const LONGEST = { name: 120, tagline: 200, pictureAlt: 500, story: 10_000, picture: 200 };

/** An opening or a closing outside of these years is a slip of the pen. */
const YEARS = { first: 2000, last: 2999 };

const NO_TIME = "must be a time with its zone, such as 2027-01-31T18:00:00Z";
const NO_PRICE = 'must be a price such as { "amount": 900, "currency": "EUR" }';

/** A story may have line breaks and tabs. */
const UNSEEN_IN_A_STORY = /(?![\n\r\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

function text(longest: number, unseen = UNSEEN) {
  return z.string().superRefine((value, context) => {
    const tell = (message: string) => context.addIssue({ code: "custom", message });
    const length = Array.from(value).length;
    if (length > longest)
      tell(`is ${length.toLocaleString("en")} characters long; at most ${longest.toLocaleString("en")} are allowed`);
    if (!value.isWellFormed()) tell("contains half a character (a lone surrogate, such as \\ud800)");
    const [found] = unseen.exec(value) ?? [];
    if (found) tell(`contains ${codeOf(found)}, an invisible character`);
  });
}

function words(longest: number) {
  return text(longest).refine((value) => !BLANK.test(value), "is empty");
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

const wholeNumber = (least: number, most = MOST_UNITS) =>
  z.number().refine((value) => Number.isInteger(value) && value >= least && value <= most, {
    message: `must be a whole number from ${least} to ${most.toLocaleString("en")}`,
  });

const time = z
  .string()
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  // An hour of the zone that there is not, such as +99:99.
  .refine((moment) => !Number.isNaN(moment.getTime()), NO_TIME)
  .refine(
    (moment) => !(moment.getUTCFullYear() < YEARS.first || moment.getUTCFullYear() > YEARS.last),
    `must be in the years ${YEARS.first} to ${YEARS.last}`,
  );

/** In which the fields are checked, and so the order in which mistakes of one line are told. */
const told = z.object({
  name: words(LONGEST.name),
  tagline: text(LONGEST.tagline),
  story: text(LONGEST.story, UNSEEN_IN_A_STORY),
  // The shop's pages show pictures of their own origin alone.
  picture: text(LONGEST.picture).refine(
    (value) => /^\/(?!\/)[^?#%\\]*$/.test(value),
    "must be a path under public/, such as /items/moth.svg",
  ),
  pictureAlt: words(LONGEST.pictureAlt),
  price: z
    .object({
      amount: wholeNumber(0, MOST_MONEY),
      currency: z.string().refine(isCurrency, "is not a currency code such as EUR"),
    })
    .strict(),
  maxPerOrder: wholeNumber(1, MOST_PER_ORDER),
  limitPerBuyer: wholeNumber(1).nullable(),
  opensAt: time.nullable(),
  closesAt: time.nullable(),
  payment: z.enum(["none", "card"], { message: 'must be "none" or "card"' }),
  holdSeconds: wholeNumber(5, 3_600),
  ships: z.boolean(),
  position: wholeNumber(0),
  status: z.enum(["draft", "published", "archived"], { message: 'must be "draft", "published" or "archived"' }),
});
/** Why an item cannot open and close then. */
export function whyNotThen({ opensAt, closesAt }: Pick<ItemChange, "opensAt" | "closesAt">): string | undefined {
  return opensAt && closesAt && closesAt <= opensAt ? "must be after the opening" : undefined;
}

function demandOrder(item: Pick<ItemChange, "opensAt" | "closesAt">, context: z.RefinementCtx): void {
  const message = whyNotThen(item);
  if (message !== undefined) context.addIssue({ code: "custom", path: ["closesAt"], message });
}

const id = z
  .string()
  .refine(isItemId, "must be lower-case letters, digits and single hyphens, at most 64 characters, such as hawk-moth");

const newItem = told
  .extend({
    id,
    quantity: wholeNumber(0),
    tagline: told.shape.tagline.default(""),
    story: told.shape.story.default(""),
    maxPerOrder: told.shape.maxPerOrder.default(1),
    limitPerBuyer: told.shape.limitPerBuyer.default(null),
    opensAt: told.shape.opensAt.default(null),
    closesAt: told.shape.closesAt.default(null),
    payment: told.shape.payment.default("none"),
    holdSeconds: told.shape.holdSeconds.default(600),
    ships: told.shape.ships.default(false),
    position: told.shape.position.nullable().default(null),
    status: told.shape.status
      .refine((status) => status !== "archived", 'must be "draft" or "published" at first')
      .default("published"),
  })
  .strict()
  .superRefine(demandOrder)
  .transform(({ quantity, ...item }): NewItem => ({ ...item, startingQuantity: quantity }));

const itemChange = told
  .partial()
  .extend({
    id,
    // Of a draft.
    quantity: wholeNumber(0).optional(),
  })
  .strict()
  .refine((item) => Object.keys(item).length > 1, "contains nothing to change")
  .superRefine(demandOrder)
  .transform(({ quantity, ...item }): ItemChange => ({
    ...item,
    ...(quantity !== undefined && { startingQuantity: quantity }),
  }));

/** A new item with all that was left out. */
export function readNewItem(content: unknown): Read<NewItem> {
  return read(newItem, content);
}

/** What is to be other than it is. */
export function readItemChange(content: unknown): Read<ItemChange> {
  return read(itemChange, content);
}

function read<T>(
  schema: z.ZodType<T, z.ZodTypeDef, unknown>,
  content: unknown,
  errorMap: z.ZodErrorMap = inOurWords,
): Read<T> {
  const parsed = schema.safeParse(content, { errorMap });
  if (parsed.success) return { item: parsed.data };
  const [first, ...rest] = parsed.error.issues.flatMap(mistakesOf);
  return { mistakes: [first as Mistake, ...rest] };
}

function mistakesOf(issue: z.ZodIssue): Mistake[] {
  // Unknown fields come as one issue of the object that they stand in.
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ field: [...issue.path, key], says: "is not a known field" }));
  return [{ field: issue.path, says: issue.message }];
}

/** For whatever a field does not say itself. */
const inOurWords: z.ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type" && issue.received === "undefined") return { message: "is missing" };
  if (["opensAt", "closesAt"].includes(String(issue.path.at(-1)))) return { message: NO_TIME };
  if (issue.path.at(-1) === "price") return { message: NO_PRICE };
  if (issue.code === "invalid_type") return { message: KINDS[issue.expected] ?? "is not what the shop expects here" };
  return { message: "is not what the shop expects here" };
};

const KINDS: Partial<Record<z.ZodParsedType, string>> = {
  string: "must be text in quotes",
  number: "must be a whole number without quotes",
  boolean: "must be true or false",
  object: 'must be an item in braces, such as { "id": "hawk-moth" }',
};

/** What a form sends of an item: the file's fields, each as people write it. Nothing else in a form is read. */
export const ITEM_FIELDS = [
  ...["id", "name", "tagline", "story", "picturePath", "pictureAlt", "price.amount", "price.currency", "quantity"],
  ...[
    "maxPerOrder",
    "limitPerBuyer",
    "payment",
    "holdSeconds",
    "ships",
    "opensAt",
    "closesAt",
    "zone",
    "which",
    "whichClosing",
    "position",
    "status",
  ],
] as const;
export type ItemField =
  | Exclude<keyof z.input<typeof told>, "price" | "picture">
  | ("id" | "picturePath" | "price.amount" | "price.currency" | "quantity" | "zone" | "which" | "whichClosing");
export type ItemFields = Partial<Record<ItemField, string>>;

/** A new item as a form sends it. An id that is left out is made from the name. */
export function readNewItemForm(fields: ItemFields): Read<NewItem> {
  const { content, mistakes } = contentOf(fields);
  const made = { ...content, id: content.id ?? idFrom(fields.name ?? "") };
  return together(read(newItem, made, inWordsOfForms), mistakes, fields);
}

/** What a form sends of an item that is there. A field that is not sent stays as it is. */
export function readItemChangeForm(id: string, fields: ItemFields): Read<ItemChange> {
  const { content, mistakes } = contentOf(fields);
  return together(read(itemChange, { ...content, id }, inWordsOfForms), mistakes, fields);
}

function together<T>(item: Read<T>, mistakes: Mistake[], { picturePath = "" }: ItemFields): Read<T> {
  // Whoever has entered no path is to choose a file.
  const isPath = picturePath.trim() !== "";
  const [first, ...rest] = [...mistakes, ...(item.mistakes ?? [])]
    .map((mistake) => (isPath && mistake.field.join() === "picture" ? { ...mistake, field: ["picturePath"] } : mistake))
    .filter(({ field }, index, all) => all.findIndex((other) => other.field.join() === field.join()) === index);
  return first ? { mistakes: [first, ...rest] } : item;
}

/** Where a picture is uploaded, which is none of an item's fields. */
export type FormField = ItemField | "picture";

/** The form's name of the field that a mistake is in; "" for what is wrong with all of it. */
export function fieldOf({ field }: Mistake): FormField | "" {
  const name = field.join(".");
  if (name === "startingQuantity") return "quantity";
  return name === "price" ? "price.amount" : (name as FormField | "");
}

/** The content of a file that says the same. What cannot be said in one is a mistake already. */
function contentOf(fields: ItemFields): { content: Record<string, unknown>; mistakes: Mistake[] } {
  const { name, tagline, story, pictureAlt, payment } = fields;
  const price = priceIn(fields);
  const opening = momentIn(fields, "opensAt", "which");
  const closing = momentIn(fields, "closesAt", "whichClosing");
  const position = numberIn(fields.position);
  const content = {
    id: fields.id?.trim() || undefined,
    ...{ name: name?.trim(), tagline: tagline?.trim(), pictureAlt: oneLine(pictureAlt), payment: payment || undefined },
    // A form sends line breaks as two characters.
    story: story?.replaceAll("\r\n", "\n"),
    picture: fields.picturePath?.trim() || undefined,
    price: price.value,
    quantity: numberIn(fields.quantity) ?? undefined,
    maxPerOrder: numberIn(fields.maxPerOrder) ?? undefined,
    limitPerBuyer: numberIn(fields.limitPerBuyer),
    holdSeconds: numberIn(fields.holdSeconds) ?? undefined,
    ships: shipsIn(fields.ships),
    opensAt: opening.value,
    closesAt: closing.value,
    position: position ?? undefined,
    status: fields.status || undefined,
  };
  const said = Object.entries(content).filter(([, value]) => value !== undefined);
  return {
    content: Object.fromEntries(said),
    mistakes: [price, opening, closing].flatMap(({ mistake }) => mistake ?? []),
  };
}

/** Of a field that is higher than one line, so that all of it is seen. Cut, not matched: a search for spaces before a break is slow where none comes. */
function oneLine(text: string | undefined): string | undefined {
  const lines = text?.split(/[\r\n]/).map((line) => line.trim());
  return lines?.filter((line) => line !== "").join(" ");
}

/** Null of a field that is left empty, undefined of one that is not sent; what is no number stays what it is, for the schema to refuse. */
function numberIn(text: string | undefined): number | string | null | undefined {
  const written = text?.trim();
  if (written === undefined) return undefined;
  if (written === "") return null;
  return /^\d{1,12}$/.test(written) ? Number(written) : written;
}

function shipsIn(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (["on", "true", "yes", "1"].includes(text)) return true;
  return ["", "off", "false", "no", "0"].includes(text) ? false : text;
}

/** What a field says, or what is wrong with it. */
interface Said {
  value?: unknown;
  mistake?: Mistake;
}

function priceIn(fields: ItemFields): Said {
  const [written, currency] = [fields["price.amount"]?.trim(), fields["price.currency"]?.trim().toUpperCase()];
  if (written === undefined && currency === undefined) return {};
  const price = (amount: number) => ({ amount, currency: currency ?? "" });
  // A currency that is none is told by the schema.
  if (written === undefined || written === "")
    return { value: price(0), mistake: { field: ["price", "amount"], says: "is missing" } };
  const amount = readAmount(written, currency ?? "");
  const known = isCurrency(currency ?? "") ? (currency ?? "") : "EUR";
  if (amount !== undefined && amount > MOST_MONEY) {
    const most = writeAmount({ amount: MOST_MONEY, currency: known });
    return { value: price(0), mistake: { field: ["price", "amount"], says: `must be at most ${most}` } };
  }
  if (amount !== undefined) return { value: price(amount) };
  const example = writeAmount({ amount: 42 * 10 ** digitsOf(known), currency: known });
  return { value: price(0), mistake: { field: ["price", "amount"], says: `must be an amount such as ${example}` } };
}

/** `which`: the field that says which of two is meant. */
function momentIn(fields: ItemFields, name: "opensAt" | "closesAt", which: "which" | "whichClosing"): Said {
  const [written, chosen] = [fields[name]?.trim(), fields[which]];
  if (written === undefined) return {};
  if (written === "") return { value: null };
  const zone = fields.zone?.trim() ?? "";
  const mistake = (says: string, field: ItemField = name) => ({ value: null, mistake: { field: [field], says } });
  if (!isZone(zone)) return mistake("is not a time zone such as Europe/Berlin", "zone");
  const meant = momentsOf(written, zone);
  switch (meant.kind) {
    case "once":
      return { value: meant.moment.toISOString() };
    case "twice":
      if (chosen === "earlier" || chosen === "later") return { value: meant[chosen].toISOString() };
      return mistake(`comes twice in ${zone}, since the clocks are put back: say which of the two is meant`);
    case "never":
      return mistake(
        `does not come in ${zone}, since the clocks are put forward over it. ${meant.suggestion.replace("T", " ")} does`,
      );
    case "no_time":
      return mistake("must be a date and a time, such as 2027-01-31T18:00");
    default:
      return meant satisfies never;
  }
}

/**
 * The fields that say something other than those of `others`: 40 is 40.00, and a moment is the same in every zone. What is not sent, or
 * leaves the item as it is, says nothing.
 */
export function otherThan(others: ItemFields, fields: ItemFields): ItemField[] {
  const [theirs, ours] = [saidIn(others), saidIn(fields)];
  return ITEM_FIELDS.filter((field) => ours[field] !== undefined && ours[field] !== theirs[field]);
}

/** What belongs to another field, such as the zone, is in what that one says. */
function saidIn(fields: ItemFields): Partial<Record<string, string>> {
  const { price, picture: picturePath, ...content } = contentOf(fields).content;
  const { amount, currency } = (price ?? {}) as Partial<Item["price"]>;
  const said = { ...content, picturePath, "price.amount": amount, "price.currency": currency };
  return Object.fromEntries(Object.entries(said).map(([field, value]) => [field, JSON.stringify(value)]));
}

/** The fields of a form that changes nothing of the item. */
export function fieldsOf(
  item: Omit<Item, keyof Numbers | "status" | "paused" | "changes"> & { id: string },
  zone: string,
): Required<ItemFields> {
  const [opensAt, which] = localFieldsOf(item.opensAt, zone);
  const [closesAt, whichClosing] = localFieldsOf(item.closesAt, zone);
  return {
    ...{ id: item.id, name: item.name, tagline: item.tagline, story: item.story },
    ...{ picturePath: item.picture, pictureAlt: item.pictureAlt },
    "price.amount": writeAmount(item.price),
    "price.currency": item.price.currency,
    quantity: String(item.startingQuantity),
    maxPerOrder: String(item.maxPerOrder),
    limitPerBuyer: item.limitPerBuyer === null ? "" : String(item.limitPerBuyer),
    payment: item.payment,
    holdSeconds: String(item.holdSeconds),
    ships: item.ships ? "on" : "",
    ...{ opensAt, which, closesAt, whichClosing, zone },
    position: String(item.position),
    status: "",
  };
}

/** The time in the zone, and if it comes twice there, which of the two it is. */
function localFieldsOf(moment: Date | null, zone: string): [time: string, which: "" | "earlier" | "later"] {
  if (!moment) return ["", ""];
  const time = localTimeOf(moment, zone);
  const meant = momentsOf(time, zone);
  if (meant.kind !== "twice") return [time, ""];
  return [time, meant.later.getTime() === moment.getTime() ? "later" : "earlier"];
}

/** Longest that an id from a name is: with a number behind it, it is one still. */
const LONGEST_MADE_ID = 60;

/** Such as hawk-moth of "Hawk Moth": what of a name can stand in an id. */
export function idFrom(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("æ", "ae")
    .replaceAll("ø", "o")
    .replaceAll(/\p{M}|['’]/gu, "");
  const made = plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_MADE_ID)
    .replaceAll(/^-+|-+$/g, "");
  return made === "" ? "item" : made;
}

/** Nobody who fills in a form writes quotes. */
const inWordsOfForms: z.ZodErrorMap = (issue, context) => {
  if (issue.code === "invalid_type" && issue.expected === "number" && issue.received !== "undefined")
    return { message: "must be a whole number" };
  return inOurWords(issue, context);
};
