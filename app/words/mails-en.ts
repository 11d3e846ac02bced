/** English, as the mails speak it. */
import type { Price } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { type Block, type Letter, link } from "./letter.ts";
import { formatMoment, type Zone } from "./moment.ts";
import { plural } from "./plural.ts";

export const mails = {
  yours: (facts: {
    itemName: string;
    quantity: number;
    /** The order's place in its run. */
    number: number;
    soldAt: Date;
    /** In which moments are told: the shop's. */
    zone: Zone;
    /** What was charged; null where the shop took no money. */
    paid: Price | null;
    receipt: string | undefined;
  }): Letter => ({
    subject: `Yours: ${facts.itemName}`,
    blocks: [
      facts.quantity === 1
        ? `One ${facts.itemName} is yours.`
        : `${plural(facts.quantity, "unit", "units")} of ${facts.itemName} are yours.`,
      {
        facts: [
          ["Number", `${facts.number}`],
          ["Quantity", `${facts.quantity}`],
          ["Paid", facts.paid ? formatPrice(facts.paid) : "nothing (the shop took no payment)"],
          ["When", formatMoment(facts.soldAt, "en", facts.zone)],
        ],
      },
      ...link("Your receipt", facts.receipt),
      "Keep this mail. Whoever has the link can see the receipt.",
    ],
  }),

  sent: (facts: {
    itemName: string;
    quantity: number;
    /** Where the parcel is. */
    tracking: string | undefined;
    receipt: string | undefined;
  }): Letter => ({
    subject: `On its way: ${facts.itemName}`,
    blocks: [
      facts.quantity === 1
        ? `Your ${facts.itemName} has been sent.`
        : `Your ${plural(facts.quantity, "unit", "units")} of ${facts.itemName} have been sent.`,
      ...link("Where it is", facts.tracking),
      ...link("Your receipt", facts.receipt),
    ],
  }),

  refunded: (facts: { itemName: string; refunded: Price; receipt: string | undefined }): Letter => ({
    subject: `Refunded: ${formatPrice(facts.refunded)} for ${facts.itemName}`,
    blocks: [
      `${formatPrice(facts.refunded)} for ${facts.itemName} has been refunded to the card you paid with.`,
      "It may take a few days to appear on your statement.",
      ...link("Your receipt", facts.receipt),
    ],
  }),

  /** Asked for by whoever knows the address, the latest first. `more`: there are earlier ones. */
  orders: (facts: {
    orders: { itemName: string; quantity: number; number: number; soldAt: Date; receipt: string | undefined }[];
    more: boolean;
    zone: Zone;
  }): Letter => ({
    subject: facts.orders.length === 1 ? "Your order" : "Your orders",
    blocks: [
      "Somebody, probably you, has asked for the receipts of what was bought with this e-mail address.",
      ...facts.orders.flatMap(({ itemName, quantity, number, soldAt, receipt }): Block[] => {
        const line = `${quantity === 1 ? "" : `${quantity} × `}${itemName}, No. ${number}, ${formatMoment(soldAt, "en", facts.zone)}`;
        return receipt === undefined ? [line] : link(line, receipt);
      }),
      ...(facts.more ? ["There are earlier ones. Write to the shop if one is missing."] : []),
      "Whoever has a link can see its receipt. If it was not you who asked, nobody has seen anything: delete this mail.",
    ],
  }),

  holdEnded: (facts: { itemName: string; endedAt: Date; zone: Zone; page: string | undefined }): Letter => ({
    subject: `No longer held for you: ${facts.itemName}`,
    blocks: [
      `${facts.itemName} was held for you until ${formatMoment(facts.endedAt, "en", facts.zone)}, and was not paid for. You were not charged.`,
      ...link("See if it is still available", facts.page),
    ],
  }),
};
