/** English. Whole sentences with what they name as parameters, so that another language may put it in another order. */
import { formatMoment } from "./moment.ts";
import type { Price } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import type { Block, Letter } from "./letter.ts";

function plural(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** A link that stands alone, if there is one: a shop that does not know its own address sends none. */
function link(label: string, href: string | undefined): Block[] {
  return href === undefined ? [] : [{ label, href }];
}

const lines = {
  line1: "the first line",
  line2: "the second line",
  postcode: "the postcode",
  city: "the city",
  region: "the region",
};

export const en = {
  lang: "en",
  units: (count: number) => plural(count, "unit", "units"),

  contact: {
    emailMissing: "Enter your e-mail address.",
    emailWrong: "This is not an e-mail address. It looks like name@example.org.",
    nameMissing: "Enter your name.",
    addressMissing: "Enter the address to send it to.",
    missing: (field: keyof typeof lines) => `Enter ${lines[field]} of the address.`,
    countryMissing: "Choose a country.",
    countryUnknown: "Choose a country from the list.",
    tooLong: (most: number) => `This is too long. It may have ${plural(most, "character", "characters")}.`,
    unreadable: "This has characters that cannot be printed. Type it instead of pasting it.",
  },

  mails: {
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

    refunded: (facts: { itemName: string; refunded: Price; receipt: string | undefined }): Letter => ({
      subject: `Refunded: ${formatPrice(facts.refunded)} for ${facts.itemName}`,
      blocks: [
        `${formatPrice(facts.refunded)} for ${facts.itemName} goes back to the card that you paid with.`,
        "It can take your bank a few days to show it.",
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
  },
};
