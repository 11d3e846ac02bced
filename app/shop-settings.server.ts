/** What the shop says of itself now, as this instance knows it: a change here is known at once, one elsewhere is told, and read once a second. */
import { type Database, db } from "./db.server.ts";
import { env } from "./env.server.ts";
import {
  DEFAULTS,
  isText,
  pathOfPage,
  SETTINGS,
  type Setting,
  type Shop,
  SHOP_PAGES,
  type ShopPage,
  type ShopSettings,
} from "./shop/shop-settings.ts";
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

type Texts = Partial<Record<ShopPage, string>>;

/**
 * As the database has them. A text stands apart, and in its setting's place the path of its page: an earlier version beside this one
 * shows that as a link. The text counts as long as its path stands there.
 */
export interface StoredSettings extends Partial<Shop> {
  texts?: Texts;
}

export interface SettingsRow {
  edition: number;
  settings: StoredSettings;
}

const NOTHING_SET: SettingsRow = { edition: 0, settings: {} };
const state = singleton("shop-settings", () => ({ known: shopOf(NOTHING_SET) }));

/** Of what a later version beside this one has stored, no page is told. */
export function shopOf({ edition, settings: { texts, logo, ...others } }: SettingsRow): KnownShop {
  const settings = pick(SETTINGS, (setting) => others[setting]) as Partial<ShopSettings>;
  const pages = pick(SHOP_PAGES, (page) => (others[page] === pathOfPage(page) ? texts?.[page] : undefined));
  return { ...DEFAULTS, ...settings, ...pages, ...FIXED, ...(logo && { logo }), edition };
}

/** What is stored when these are changed. */
export function toStored({ texts, ...others }: StoredSettings, changed: Partial<ShopSettings>): StoredSettings {
  const textOf = (page: ShopPage) => {
    const value = changed[page];
    if (value === undefined) return texts?.[page];
    return isText(value) ? value : undefined;
  };
  return { ...others, ...withoutTexts(changed), texts: pick(SHOP_PAGES, textOf) };
}

const shown = new WeakMap<KnownShop, KnownShop>();

/** What every page is told of the shop: in the place of a text, where its page is. All the texts would be most of each page. */
export function shownShop(shop: KnownShop): KnownShop {
  const made = shown.get(shop) ?? withoutTexts(shop);
  shown.set(shop, made);
  return made;
}

function withoutTexts<Some extends Partial<ShopSettings>>(settings: Some): Some {
  return { ...settings, ...pick(SHOP_PAGES, (page) => (isText(settings[page] ?? "") ? pathOfPage(page) : undefined)) };
}

/** Those of the names that have a value. */
function pick<Name extends string>(
  names: readonly Name[],
  valueOf: (name: Name) => string | undefined,
): Partial<Record<Name, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = valueOf(name);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, string>>;
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
