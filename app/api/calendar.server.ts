import ical, { ICalAlarmType } from "ical-generator";
import { env } from "#app/env.server.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { currentItem } from "#app/shop/catalogue.server.ts";
import { isItemId } from "#app/shop/item.ts";
import { currentShop } from "#app/shop-settings.server.ts";
import { wordsIn } from "#app/words/words.ts";

/** Seconds before an opening at which a calendar says so, and an opening's own length in it. */
const WARNING = 600;
const LENGTH = 900;

/** `GET /items/:id/opening.ics`: the opening for a visitor's calendar. Taken again after it was moved, it is the same entry at its new time. */
export const calendar: Endpoint = {
  async GET({ language }, { id }) {
    const item = isItemId(id) ? await currentItem(id) : undefined;
    if (!item?.opensAt || item.status !== "published") throw notFound("opening");
    const { name } = currentShop();
    const page = env.SHOP_URL && new URL(`/items/${item.id}`, env.SHOP_URL);
    const entries = ical({ name, prodId: { company: "Lastone", product: "shop", language } });
    const entry = entries.createEvent({
      id: `${item.id}-opening@${page?.hostname ?? "lastone"}`,
      sequence: item.edition,
      start: item.opensAt,
      end: new Date(item.opensAt.getTime() + LENGTH * 1_000),
      summary: wordsIn(language).countdown.entry(item.name),
      description: [item.tagline, page?.href].filter(Boolean).join("\n"),
      location: name,
      url: page?.href ?? null,
    });
    entry.createAlarm({ type: ICalAlarmType.display, trigger: WARNING });
    return {
      status: 200,
      headers: {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": `attachment; filename="${item.id}.ics"`,
        "Cache-Control": "private, no-cache",
        Vary: "Accept-Language",
      },
      // Each line of a calendar ends, its last one, too.
      body: `${entries.toString()}\r\n`,
    };
  },
};
