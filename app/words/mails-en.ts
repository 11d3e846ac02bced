/** English, as the mails speak it. */
import type { Price } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { type Letter, link } from "./letter.ts";
import { formatMoment } from "./moment.ts";
import { plural } from "./plural.ts";

export const mails = {
  yours: (facts: {
    itemName: string;
    quantity: number;
    /** The order's place in its run. */
    number: number;
    soldAt: Date;
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
          ["Paid", facts.paid ? formatPrice(facts.paid) : "nothing: the shop took no money"],
          ["When", formatMoment(facts.soldAt)],
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

  holdEnded: (facts: { itemName: string; endedAt: Date; page: string | undefined }): Letter => ({
    subject: `No longer held for you: ${facts.itemName}`,
    blocks: [
      `${facts.itemName} was held for you until ${formatMoment(facts.endedAt)}, and was not paid for. You were not charged.`,
      ...link("See if it is still available", facts.page),
    ],
  }),
};
