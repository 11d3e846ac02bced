/** What a visitor may like instead of an item that cannot be had any more: what is left of the others, and what opens next. */
import { currentItems } from "#app/shop/catalogue.server.ts";
import { firstPictureOf } from "#app/shop/pictures.ts";
import { arrange } from "./arrangement.ts";

/** So many, in the order of the window. */
const MOST = 3;

/** No quantity is in it: the page that shows it is kept until something of it changes. */
export type Instead = Awaited<ReturnType<typeof listInstead>>;

/** First what can be bought, then what opens next; and whether the window tells what has gone. */
export async function listInstead(itemId: string) {
  const items = await currentItems();
  const others = items.filter(({ id }) => id !== itemId);
  const available = others.filter(({ state }) => state === "available");
  const opening = others
    .filter(({ state, opensAt }) => state === "not_open" && opensAt !== null)
    .sort((one, other) => Number(one.opensAt) - Number(other.opensAt));
  const shown = [...available, ...opening].slice(0, MOST).map((item) => ({
    id: item.id,
    name: item.name,
    price: item.price,
    ...firstPictureOf(item),
    opensAt: item.state === "not_open" ? item.opensAt : null,
  }));
  return { items: shown, hasGone: arrange(items).gone.length > 0 };
}
