/** How the shop window shows its items: what the next drop is about as large as it can be, what can be had, and what has gone. */
import { isOver, isScarce, type Item } from "#app/shop/item.ts";

type Arranged = Pick<Item, "id" | "state" | "quantity" | "startingQuantity" | "opensAt">;

/** Ids, each in one of the lists, in the order in which they are shown. */
export interface Arrangement {
  /** Over the whole width, one below the other. */
  leads: string[];
  cards: string[];
  gone: string[];
}

/** Decided when the page is made: what sells out or opens while it is open stays where its visitor has seen it. */
export function arrange(items: readonly Arranged[]): Arrangement {
  const gone = items.filter(isOver);
  const here = items.filter((item) => !isOver(item));
  if (isDropOfItsOwn(items)) return { leads: ids(items), cards: [], gone: [] };
  if (here.length <= FEW) return { leads: ids(here), cards: [], gone: ids(gone) };
  const lead = firstToOpen(here) ?? here.find((item) => isScarce(item, item.startingQuantity)) ?? here[0];
  return { leads: lead ? [lead.id] : [], cards: ids(here.filter((item) => item !== lead)), gone: ids(gone) };
}

/** The items in the order in which they are seen. */
export function shownFirst<T extends Arranged>(items: readonly T[]): T[] {
  const { leads, cards, gone } = arrange(items);
  const byId = new Map(items.map((item) => [item.id, item]));
  return [...leads, ...cards, ...gone].flatMap((id) => byId.get(id) ?? []);
}

/** Of so many each has the whole width. */
const FEW = 2;

/** Whether the window shows each of them with all that there is to say. */
export function isDropOfItsOwn(items: readonly unknown[]): boolean {
  return items.length <= FEW;
}

function ids(items: readonly Arranged[]): string[] {
  return items.map(({ id }) => id);
}

function firstToOpen(items: readonly Arranged[]): Arranged | undefined {
  const opening = (item: Arranged) => (item.state === "not_open" ? (item.opensAt?.getTime() ?? Infinity) : Infinity);
  return items
    .filter((item) => Number.isFinite(opening(item)))
    .reduce<Arranged | undefined>(
      (first, item) => (first && opening(first) <= opening(item) ? first : item),
      undefined,
    );
}
