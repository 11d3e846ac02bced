/** What the commands print of an item. Its first line says what there is; the others are indented, so that `grep -v '^ '` leaves the first. */
import type { Item, Order, Stock } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import type { ItemChange } from "#app/shop/catalogue.server.ts";

/** The shop's own address, as buyers see it: the command cannot know what stands in front of the shop. */
const SHOP = (process.env.BASE_URL ?? "").replace(/\/+$/, "");

export function print(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${printable(line)}\n`);
}

export function printItem(item: Item): void {
  print(
    headOf(item),
    `  ${[item.name, formatPrice(item.price), limitsOf(item), paymentOf(item), openingOf(item), closingOf(item), pauseOf(item), `version ${item.version}`].filter((part) => part !== "").join(" · ")}`,
    `  ${pageOf(item)}`,
  );
}

/** All that is known of it. */
export function printWhole(item: Item): void {
  const rows = [
    ["name", item.name],
    ["tagline", item.tagline],
    ["story", item.story],
    ["picture", item.picture],
    ["picture alt", item.pictureAlt],
    ["price", formatPrice(item.price)],
    ["payment", paymentOf(item) || "none: sold by the press"],
    ["sent", item.ships ? "yes: its buyer is asked where to" : "no"],
    ["held", `${item.held}`],
    ["limits", limitsOf(item)],
    ["opening", openingOf(item) || "open"],
    ["closing", closingOf(item) || "never"],
    ["status", item.status],
    ["paused", item.paused ? "yes" : "no"],
    ["started with", `${item.startingQuantity}`],
    ["version", `${item.version}`],
    ["page", pageOf(item)],
  ];
  print(headOf(item));
  for (const [label = "", value = ""] of rows)
    print(`  ${label.padEnd(14)}${value === "" ? "none" : value.replaceAll("\n", `\n${" ".repeat(16)}`)}`);
}

/** As its buyer's receipt names it. The price is that of one unit when it was sold. */
export function printOrder({ id, run, number, quantity, price, placedAt }: Order): void {
  print(`run ${run}, No. ${number}: ${quantity} at ${formatPrice(price)}, ${momentOf(placedAt)}, ${SHOP}/orders/${id}`);
}

/** Of a draft nothing is for sale yet. */
function headOf(item: Item): string {
  if (item.status === "draft") return `${item.id}: draft, ${item.startingQuantity} to sell`;
  return firstLine(item) + (item.status === "archived" ? ", archived" : "");
}

export function firstLine({ id, quantity, run, state }: Stock): string {
  return `${id}: ${quantity} left in run ${run}, ${state.replace("_", " ")}`;
}

function limitsOf({ maxPerOrder, limitPerBuyer }: Item): string {
  return limitPerBuyer === null ? `${maxPerOrder} per order` : `${maxPerOrder} per order, ${limitPerBuyer} per buyer`;
}

function paymentOf({ payment, holdSeconds, held }: Item): string {
  if (payment === "none") return "";
  return `by card, held for ${holdSeconds} s${held > 0 ? `, ${held} held now` : ""}`;
}

function openingOf({ opensAt, state }: Item): string {
  return opensAt ? `${state === "not_open" ? "opens" : "opened"} ${momentOf(opensAt)}` : "";
}

/** As the state has it, which is decided by the database's clock. Before the opening it is still to come. */
function closingOf({ closesAt, state }: Item): string {
  return closesAt ? `${state === "closed" ? "closed" : "closes"} ${momentOf(closesAt)}` : "";
}

/** Where the state has something else to say. */
function pauseOf({ paused, state }: Item): string {
  return paused && state !== "paused" ? "paused as well" : "";
}

/** Such as "2027-01-31 18:00 UTC", with its seconds when it has any. */
export function momentOf(moment: Date): string {
  const [day = "", time = ""] = moment.toISOString().split("T");
  return `${day} ${time.replace(/(:00)?\.000Z$/, "").replace(/Z$/, "")} UTC`;
}

function pageOf({ id }: Item): string {
  return `${SHOP}/items/${id}`;
}

/** What a change made of an item: each field that is other now, with both values where they are short. */
export function differencesOf(before: Item, after: Item, change: ItemChange): string[] {
  return Object.keys(change).flatMap((field) => {
    const [was, is] = [before, after].map((item) => shown(item[field as keyof Item]));
    return was === undefined || was === is ? [] : [`${field}: ${was} → ${is ?? ""}`];
  });
}

function shown(value: Item[keyof Item] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return "none";
  if (value instanceof Date) return momentOf(value);
  if (Array.isArray(value)) return `${value.length} pictures`;
  if (typeof value === "object") return formatPrice(value);
  const text = String(value);
  return text.length > 60
    ? `${JSON.stringify(text.slice(0, 60))}…`
    : typeof value === "string"
      ? JSON.stringify(text)
      : text;
}

/** Names from before they were checked may hold what a terminal obeys, or what turns the rest of the line. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
