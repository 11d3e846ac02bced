/** What the shop says of itself, as the root's loader gives it to every page. */
import { useRouteLoaderData } from "@remix-run/react";
import { DEFAULTS, type Shop } from "#app/shop/shop-settings.ts";

interface Root {
  shop: Shop;
}

/** Of a page whose root could not be loaded, what every shop says. */
export function useShop(): Shop {
  return useRouteLoaderData<Root>("root")?.shop ?? DEFAULTS;
}

/** A page's title in the browser's tab: what it is, and whose. */
export function titleIn(matches: { id: string; data: unknown }[], title?: string): string {
  const root = matches.find(({ id }) => id === "root")?.data as Root | undefined;
  const name = root?.shop.name ?? DEFAULTS.name;
  return title === undefined ? name : `${title} · ${name}`;
}
