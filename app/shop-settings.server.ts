/** What the shop says of itself now, as this instance knows it: a change here is known at once, one elsewhere is told, and read once a second. */
import { type Database, db } from "./db.server.ts";
import { env } from "./env.server.ts";
import { DEFAULTS, SETTINGS, type Setting, type Shop, type ShopSettings } from "./shop/shop-settings.ts";
import { singleton } from "./singleton.server.ts";

export interface KnownShop extends Shop {
  /** 0 where nobody has set anything. */
  edition: number;
}

/** What the environment says. It is not changed by a page. */
export const FIXED: Partial<ShopSettings> = Object.fromEntries(
  SETTINGS.flatMap((setting) => {
    const value = env[`SHOP_${setting.toUpperCase() as Uppercase<Setting>}`];
    return value === undefined ? [] : [[setting, value]];
  }),
);

export interface SettingsRow {
  edition: number;
  settings: Partial<Shop>;
}

const NOTHING_SET: SettingsRow = { edition: 0, settings: {} };
const state = singleton("shop-settings", () => ({ known: shopOf(NOTHING_SET) }));

export function shopOf({ edition, settings }: SettingsRow): KnownShop {
  return { ...DEFAULTS, ...settings, ...FIXED, edition };
}

/** As it is in the database, for what is not told a second later. */
export async function readShop(client: Database = db): Promise<KnownShop> {
  const [row] = await client.$queryRaw<SettingsRow[]>`SELECT edition, settings FROM shop_settings`;
  return shopOf(row ?? NOTHING_SET);
}

/** The same object until something of it changes. */
export function currentShop(): KnownShop {
  return state.known;
}

/** What was read, or written here. A database that has gone back to an earlier state has an earlier edition. */
export function learnShop(row: SettingsRow | undefined): void {
  const { edition, settings } = row ?? NOTHING_SET;
  if (edition !== state.known.edition) state.known = shopOf({ edition, settings });
}

const publication = singleton("shop-publication", () => ({ listeners: new Set<() => void>() }));

/** Calls `listener` with each change that this instance commits. */
export function onShopPublished(listener: () => void): void {
  publication.listeners.add(listener);
}

/** Shows a committed change to this instance at once, and has the others told. */
export function publishShop(row: SettingsRow | undefined): void {
  const before = state.known;
  learnShop(row);
  if (state.known !== before) for (const listener of publication.listeners) listener();
}
