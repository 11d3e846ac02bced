/** What the shop says of itself, as an operator changes it. */
import { db, type Transaction } from "#app/db.server.ts";
import { insertAct } from "#app/shop/acts.server.ts";
import { pathOf } from "#app/shop/pictures.ts";
import type { Setting, Shop, ShopSettings } from "#app/shop/shop-settings.ts";
import {
  FIXED,
  type KnownShop,
  publishShop,
  type SettingsRow,
  shopOf,
  type StoredSettings,
  toStored,
} from "#app/shop-settings.server.ts";
import { keepFiles, keepOn, type Made } from "./pictures.server.ts";

/** Somebody has changed them since: `now` is what they are. */
export type SettingsChange = { kind: "done" } | { kind: "moved_on"; now: KnownShop };

/**
 * What is named changes, unless the environment says what it is, or they are not of the edition that was `seen`. Every instance shows it
 * at once, or within a second where the others cannot be told.
 */
export async function changeSettings(
  change: Partial<ShopSettings>,
  who: string,
  seen?: number,
): Promise<SettingsChange> {
  const row = await db.$transaction(async (tx) => {
    const was = await lockSettings(tx);
    const before = shopOf(was);
    const changed = (Object.entries(change) as [Setting, string][]).filter(
      ([setting, value]) => !(setting in FIXED) && before[setting] !== value,
    );
    if (changed.length === 0) return was;
    if (seen !== undefined && seen !== was.edition) return { ...was, movedOn: before };
    const after = Object.fromEntries(changed);
    await insertAct(tx, {
      who,
      what: "settings_changed",
      before: Object.fromEntries(changed.map(([setting]) => [setting, before[setting]])),
      after,
    });
    return writeSettings(tx, toStored(was.settings, after));
  });
  publishShop(row);
  return row && "movedOn" in row ? { kind: "moved_on", now: row.movedOn } : { kind: "done" };
}

/** Undefined: the shop has none any more, and shows its name. */
export async function changeLogo(made: Made | undefined, who: string): Promise<void> {
  const row = await db.$transaction(async (tx) => {
    const was = await lockSettings(tx);
    const { logo: before, ...others } = was.settings;
    if (made) await keepFiles(tx, made);
    if (before?.name === made?.picture.name) return was;
    // Pages that are open go on showing it for a while.
    if (before) await keepOn(tx, pathOf(before));
    await insertAct(tx, {
      who,
      what: "settings_changed",
      before: { logo: before ? pathOf(before) : null },
      after: { logo: made ? pathOf(made.picture) : null },
    });
    return writeSettings(tx, made ? { ...others, logo: withoutBlurred(made) } : others);
  });
  publishShop(row);
}

/** Every page has the logo at once, and nothing to show until then. */
function withoutBlurred({ picture: { blurred, ...logo } }: Made): Shop["logo"] {
  return logo;
}

/** Nobody else changes them until the transaction ends. */
async function lockSettings(tx: Transaction): Promise<SettingsRow> {
  await tx.$executeRaw`LOCK TABLE shop_settings IN EXCLUSIVE MODE`;
  const [row = { edition: 0, settings: {} }] = await tx.$queryRaw<
    SettingsRow[]
  >`SELECT edition, settings FROM shop_settings`;
  return row;
}

async function writeSettings(tx: Transaction, settings: StoredSettings): Promise<SettingsRow | undefined> {
  const [row] = await tx.$queryRaw<SettingsRow[]>`
    INSERT INTO shop_settings AS known (settings) VALUES (${JSON.stringify(settings)}::jsonb)
    ON CONFLICT (one) DO UPDATE SET settings = excluded.settings, edition = known.edition + 1
    RETURNING edition, settings`;
  return row;
}
