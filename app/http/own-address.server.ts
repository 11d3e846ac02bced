import { env } from "#app/env.server.ts";

/**
 * An address of this shop as a path, and any other as it is: by a path, whoever came to a demo by another name than SHOP_URL, as a
 * phone in the same network does, stays where their cookie is.
 */
export function withinShop(address: string): string {
  const { origin, pathname, search } = new URL(address);
  return origin === env.SHOP_URL?.origin ? `${pathname}${search}` : address;
}
