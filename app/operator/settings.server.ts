/** What the shop says of itself, as an operator changes it. */
import { db } from "#app/db.server.ts";
import { insertAct } from "#app/shop/acts.server.ts";
import type { ShopSettings } from "#app/shop/shop-settings.ts";
import { FIXED, learnShop, type SettingsRow, shopOf } from "#app/shop-settings.server.ts";

/** Somebody has changed them since: `now` is what they are. */
export type SettingsChange = { kind: "done" } | { kind: "moved_on"; now: ShopSettings };

/**
 * What is named changes, unless the environment says what it is, or they are not of the edition that was `seen`. Every instance shows it
 * within a second, this one at once.
 */
export async function changeSettings(
  change: Partial<ShopSettings>,
  who: string,
  seen?: number,
): Promise<SettingsChange> {
  const row = await db.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE shop_settings IN EXCLUSIVE MODE`;
    const [was = { edition: 0, settings: {} }] = await tx.$queryRaw<
      SettingsRow[]
    >`SELECT edition, settings FROM shop_settings`;
    const before = shopOf(was);
    const changed = Object.entries(change).filter(
      ([setting, value]) => !(setting in FIXED) && before[setting as keyof ShopSettings] !== value,
    );
    if (changed.length === 0) return was;
    if (seen !== undefined && seen !== was.edition) return { ...was, movedOn: before };
    const after = Object.fromEntries(changed);
    const [is] = await tx.$queryRaw<SettingsRow[]>`
      INSERT INTO shop_settings AS known (settings) VALUES (${JSON.stringify({ ...was.settings, ...after })}::jsonb)
      ON CONFLICT (one) DO UPDATE SET settings = excluded.settings, edition = known.edition + 1
      RETURNING edition, settings`;
    await insertAct(tx, {
      who,
      what: "settings_changed",
      before: Object.fromEntries(changed.map(([setting]) => [setting, before[setting as keyof ShopSettings]])),
      after,
    });
    return is;
  });
  learnShop(row);
  return row && "movedOn" in row ? { kind: "moved_on", now: row.movedOn } : { kind: "done" };
}
