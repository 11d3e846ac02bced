/** English. Whole sentences with what they name as parameters, so that another language may put it in another order. */
import { formatMoment } from "./moment.ts";
import type { Price } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { largestUnits, type Units } from "#app/shop/span.ts";
import type { ShopPage, ShopSettings } from "#app/shop/shop-settings.ts";
import type { Block, Letter } from "./letter.ts";

function plural(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

const UNITS: Units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** Such as "4 min 12 s". */
function duration(seconds: number): string {
  return largestUnits(seconds, UNITS)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** A link that stands alone, if there is one: a shop that does not know its own address sends none. */
function link(label: string, href: string | undefined): Block[] {
  return href === undefined ? [] : [{ label, href }];
}

const lines = {
  line1: "the street and number",
  line2: "the second line",
  postcode: "the postcode",
  city: "the city",
  region: "the region",
};

export const en = {
  lang: "en",
  units: (count: number) => plural(count, "unit", "units"),

  navigation: "Shop",
  shopPages: {
    about: "About",
    shipping: "Shipping",
    returns: "Returns",
    terms: "Terms",
    privacy: "Privacy",
    imprint: "Imprint",
  } satisfies Record<ShopPage, string>,

  window: {
    empty: "Nothing on sale yet. The first piece will appear here by itself.",
    get: "Get yours",
    getLast: "Get the last one",
    look: "Have a look",
    edition: (count: number) => (count === 1 ? "One of a kind" : `Edition of ${count}`),
    gone: "Gone",
    goneOn: (day: string) => `Sold out ${day}`,
    goneWithin: (day: string, seconds: number) => `Sold out ${day}, in ${duration(seconds)}`,
  },

  stock: {
    left: "left",
    /** After the number, of as many. */
    leftOf: (edition: number) => `of ${edition} left`,
    last: "Last one",
    pieces: (count: number) => (count === 1 ? "piece" : "pieces"),
    inCheckout: (count: number) => `${count} in checkout, may come back`,
  },

  contact: {
    emailMissing: "Enter your e-mail address.",
    emailWrong: "This is not an e-mail address. It looks like name@example.org.",
    nameMissing: "Enter your name.",
    addressMissing: "Enter the address to send it to.",
    missing: (field: keyof typeof lines) => `Enter ${lines[field]} of the address.`,
    countryMissing: "Choose a country.",
    countryUnknown: "Choose a country from the list.",
    tooLong: (most: number) => `This is too long. Use at most ${plural(most, "character", "characters")}.`,
    unreadable: "This contains characters that cannot be printed. Try typing it instead of pasting it.",
  },

  checkout: {
    title: (itemName: string) => `Pay for ${itemName}`,
    heading: (quantity: number) => (quantity === 1 ? "It’s held for you." : "They’re held for you."),
    until: "Held until",
    left: "left",
    toPay: "To pay",
    email: "E-mail",
    emailHint: "Your receipt is sent there.",
    name: "Name",
    optional: "optional",
    sendTo: "Where shall we send it?",
    line1: "Street and number",
    line2: "Apartment, floor, company",
    postcode: "Postcode",
    city: "City",
    region: "State or region",
    country: "Country",
    chooseCountry: "Choose a country",
    pay: (sum: string) => `Pay ${sum}`,
    paying: "Going to the payment page…",
    payNote: "You pay by card on the next page. Your card is charged only once the piece is yours.",
    release: "Give it back",
    goOn: "Go on to pay",
    /** To a minute while it is minutes. */
    spoken: (seconds: number) =>
      seconds >= 60
        ? `${plural(Math.round(seconds / 60), "minute", "minutes")} left to pay.`
        : `${plural(seconds, "second", "seconds")} left to pay.`,
    confirming: {
      title: "Confirming your payment…",
      text: "This takes a moment. The page goes on by itself.",
      notPaid: "Not paid yet? Go back to pay",
    },
    ended: {
      time: { title: "Your time is up", text: "It was held for you, and not paid for in time. You were not charged." },
      given_up: { title: "You gave it back", text: "You were not charged." },
      declined: {
        title: "The payment was refused",
        text: "Your bank did not go through with the payment, so it is not yours. You were not charged.",
      },
      reset: { title: "The sale has ended", text: "It is not held for you any more. You were not charged." },
      operator: { title: "The shop ended this", text: "It is not held for you any more. You were not charged." },
    },
    /** Its time is up, and the provider has not said yet what became of its pages. */
    unsettled: {
      title: "Your time is up",
      text: "If you have authorised a payment, it is being looked at. The page goes on by itself.",
    },
    endedLate: "If you have authorised a payment, it is let go: your bank may show it for a few days.",
    toItem: "Back to the item",
    refused: {
      limit: (limit: number) => ({
        title: `Limit: ${limit} per person`,
        text: "With this one it would be more. Nothing was charged. You can give it back.",
      }),
      pages: (limit: number) => ({
        title: `You have been to the payment page ${limit} times`,
        text: "Nothing was charged. Give this one back, and press again.",
      }),
      away: {
        title: "The payment page can’t be reached right now",
        text: "Nothing was charged, and it is still held for you. Try again in a moment.",
      },
      busy: { title: "The till is busy", text: "Nothing was charged. Try again in a moment." },
      email: {
        title: "The payment provider doesn’t take this e-mail address",
        text: "Nothing was charged. Enter another one.",
      },
    },
    heldOnItem: {
      until: (quantity: number) => (quantity === 1 ? "Held for you until" : `${quantity} held for you until`),
      pay: "Pay for it",
    },
  },

  receipt: {
    yours: (quantity: number) => (quantity === 1 ? "It’s yours." : "They’re yours."),
    notYours: (quantity: number) => (quantity === 1 ? "It’s not yours." : "They’re not yours."),
    number: "No.",
    edition: (count: number) => (count === 1 ? "the only one" : `edition of ${count}`),
    price: "Price",
    paid: "Paid",
    toPay: "To pay",
    /** The shop takes no money for it. */
    byTheSeller: "Payment is arranged with the seller.",
    takenBack: "The shop has cancelled this order.",
    payment: {
      authorised: "Your card has been authorised. It is charged within a moment.",
      captured: "Your card was charged.",
      refunded: (sum: string) => `${sum} went back to your card.`,
      failed: "Your bank refused the payment after all, so the piece went back. You were not charged.",
      cancelled: "The payment was let go before your card was charged. You were not charged.",
    },
  },

  /** Whose mail it is: at its head and at its foot. */
  signed: ({ subject, blocks }: Letter, { name, address, email }: ShopSettings): Letter => ({
    subject: `${subject} · ${name}`,
    blocks: [...blocks, { signed: [name, ...address.split("\n"), email].filter((line) => line !== "") }],
  }),

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
  },
};
