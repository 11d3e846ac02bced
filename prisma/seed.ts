/**
 * Fills an empty shop with six items. Sales of the sold-out one go through the shop's own purchase, like any other.
 * Run again after it was cut off, it does what is missing.
 */
import { db, disconnect } from "#app/db.server.ts";
import type { NewItem } from "#app/shop/catalogue.server.ts";
import { purchase } from "#app/shop/purchase.server.ts";
import { addItem } from "#app/shop/stocking.server.ts";

const HOUR = 60 * 60 * 1_000;
const WEEK = 7 * 24 * HOUR;

/** Sold by the press: the shop takes no money. */
const UNPAID = { payment: "none", holdSeconds: 600, ships: false } as const;
/** Held while it is paid for. */
const BY_CARD = { ...UNPAID, payment: "card" } as const;

const ITEMS: Omit<NewItem, "position">[] = [
  {
    id: "moon-moth",
    name: "Moon Moth",
    tagline: "Foil card, the only one",
    story:
      "Printed once, on the night the plate cracked. The silver in the wings is real leaf, laid by hand, and catches the light the way the moth does: late, and all at once.\n\nThere is no second one, and there will not be.",
    picture: "/items/moon-moth.svg",
    pictureAlt:
      "A tilted foil trading card shows a pale green luna moth spreading its wings past the frame in front of a golden full moon, above a red seal marked 1/1.",
    price: { amount: 18_000, currency: "EUR" },
    startingQuantity: 1,
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    closesAt: null,
    ...UNPAID,
  },
  {
    id: "tin-comet",
    name: "Tin Comet",
    tagline: "Wind-up toy, ten made",
    story:
      "Ten turns of the key, eleven seconds across the floor. Stamped from one sheet of tin on a press older than anyone who works it, and lacquered by hand.\n\nThe numbers one to ten are given in the order of sale.",
    picture: "/items/tin-comet.svg",
    pictureAlt:
      "A red, cream and blue wind-up tin rocket with riveted panels, a pilot in its porthole and a big blue key in its side climbs up, trailing flame and stamped stars.",
    price: { amount: 6_400, currency: "EUR" },
    startingQuantity: 10,
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    closesAt: null,
    ...BY_CARD,
  },
  {
    id: "last-lighthouse",
    name: "The Last Lighthouse",
    tagline: "Screen print, four colours",
    story:
      "Four screens, four evenings, twelve sheets that came out right. The beam is left unprinted: it is the paper that shines.",
    picture: "/items/last-lighthouse.svg",
    pictureAlt:
      "In a thin dark frame, a screen print of a red-and-white striped lighthouse on a black rock throws its golden beam across a starry night sea.",
    price: { amount: 9_500, currency: "EUR" },
    startingQuantity: 12,
    maxPerOrder: 1,
    limitPerBuyer: null,
    opensAt: null,
    closesAt: null,
    ...UNPAID,
  },
  {
    id: "clay-whistle",
    name: "Clay Whistle",
    tagline: "Stoneware bird, two notes",
    story:
      "Every bird is pinched from one lump of clay and tuned before it is fired. The low note is always right. The high one is the kiln's decision.",
    picture: "/items/clay-whistle.svg",
    pictureAlt:
      "A plump terracotta bird whistle with dripping deep-blue glaze on its head, wing and tail, and five finger holes, stands on a fluted green plinth.",
    price: { amount: 3_800, currency: "EUR" },
    startingQuantity: 24,
    maxPerOrder: 3,
    limitPerBuyer: 6,
    opensAt: null,
    closesAt: null,
    ...BY_CARD,
  },
  {
    id: "night-ferry",
    name: "Night Ferry",
    tagline: "Travel poster, run of sixty",
    story:
      "For a line that stopped sailing in 1961. Drawn from the timetable, a napkin, and one grandmother's memory of the lit windows.",
    picture: "/items/night-ferry.svg",
    pictureAlt:
      "A travel poster hung by two clips shows a white ferry with rows of lit windows crossing dark water under a crescent moon.",
    price: { amount: 4_200, currency: "EUR" },
    startingQuantity: 60,
    maxPerOrder: 4,
    limitPerBuyer: null,
    opensAt: null,
    closesAt: null,
    ...BY_CARD,
  },
  {
    id: "paper-garden",
    name: "Paper Garden",
    tagline: "Pop-up book, opens soon",
    story:
      "Two hundred and six cuts, no glue. Open it slowly: the arch comes last. The first printing goes on sale a week after this shop first opened.",
    picture: "/items/paper-garden.svg",
    pictureAlt:
      "An open pop-up book raises a paper-cut garden of layered leaves, tulips and daisies around a small white arch.",
    price: { amount: 7_900, currency: "EUR" },
    startingQuantity: 120,
    maxPerOrder: 1,
    limitPerBuyer: 1,
    opensAt: new Date(Math.ceil((Date.now() + WEEK) / HOUR) * HOUR),
    closesAt: null,
    ...BY_CARD,
  },
];

const SOLD_OUT = "last-lighthouse";

if ((await db.item.count()) === 0) {
  await db.$transaction(async (tx) => {
    for (const [position, item] of ITEMS.entries()) await addItem(tx, { ...item, position });
  });
}
for (let number = 1; number <= 12; number += 1) {
  // The same key every time: a sale that an earlier run made is found, not made again.
  const key = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const { kind } = await purchase({ itemId: SOLD_OUT, buyerId: key, key, quantity: 1 });
  if (kind === "sold_out") break; // visitors were quicker
  if (kind !== "purchased" && kind !== "repeated")
    throw new Error(`the seed's order ${number} of ${SOLD_OUT} was not sold: ${kind}`);
}
await disconnect();
