/** English, as the pages of the shop speak it. Whole sentences with what they name as parameters, so that another language may put it in another order. */
import type { Price, Stock } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { spanInUnits, type Units } from "#app/shop/span.ts";
import type { ShopPage } from "#app/shop/shop-settings.ts";
import type { Language } from "./languages.ts";
import { plural } from "./plural.ts";
import { timesIn } from "./times.ts";

const UNITS: Units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** To a minute while it is minutes. */
function spoken(seconds: number): string {
  return seconds >= 60 ? plural(Math.round(seconds / 60), "minute", "minutes") : plural(seconds, "second", "seconds");
}

/** How long to wait. */
function inSeconds(seconds: number): string {
  return seconds === 1 ? "a second" : `${seconds} seconds`;
}

const lines = {
  line1: "the street and number",
  line2: "the second line",
  postcode: "the postcode",
  city: "the city",
  region: "the region",
};

const LANGUAGE = "en";

export const en = {
  lang: LANGUAGE as Language,
  price: (price: Price) => formatPrice(price, LANGUAGE),
  time: timesIn(LANGUAGE),

  navigation: "Shop",
  findOrder: {
    title: "Find my order",
    intro: "Enter the e-mail address that you bought with. We’ll mail you the links to your receipts.",
    email: "E-mail",
    send: "Mail me the links",
    sending: "Sending…",
    asked: {
      title: "Look in your inbox",
      text: (email: string) =>
        `If anything was bought with ${email}, a mail with the receipts is on its way. It can take a few minutes.`,
      next: "Nothing there? Look among your spam, and try the other addresses that you use. We mail one address at most every ten minutes, and five times a day.",
    },
    tooOften: (minutes: number) =>
      `This was asked for very often from your network. Try again in ${plural(minutes, "minute", "minutes")}.`,
    elsewhere:
      "The browser that you bought with knows your receipts, too: open the item’s page there. What isn’t paid for yet is no order.",
    noMail: "This shop sends no mail, so it can’t send you the links.",
    writeTo: "Write to the shop, and say when you bought what:",
  },

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
    closes: (closing: string) => `On sale until ${closing}`,
    closedOn: (day: string) => `Closed ${day}`,
    goneOn: (day: string) => `Sold out ${day}`,
    goneWithin: (day: string, seconds: number) => `Sold out ${day}, in ${spanInUnits(seconds, UNITS)}`,
    opens: (opening: string) => `Opens ${opening}`,
    opened: (opening: string) => `Since ${opening}`,
  },

  stock: {
    state: {
      available: "Available",
      all_held: "All held",
      sold_out: "Sold out",
      paused: "Paused",
      closed: "Closed",
      not_open: "Coming soon",
    } satisfies Record<Stock["state"], string>,
    left: "left",
    /** After the number, of as many. */
    leftOf: (edition: number) => `of ${edition} left`,
    last: "Last one",
    pieces: (count: number): string => (count === 1 ? "piece" : "pieces"),
    inCheckout: (count: number, until: string | undefined) =>
      `${count} in checkout, may come back${until === undefined ? "" : ` at ${until}`}`,
  },

  countdown: {
    days: (count: number) => plural(count, "day", "days"),
    /** `now`: at zero, until the shop has said so. */
    opening: {
      label: "Opens in",
      now: "Any moment now",
      spoken: (seconds: number) => `Opens in ${spoken(seconds)}.`,
    },
    /** In the place of one that has come to its end. */
    opened: { label: "The wait is over", text: "Open" },
    closing: {
      label: "Closes in",
      now: "Closing now",
      spoken: (seconds: number) => `Closes in ${spoken(seconds)}.`,
    },
    calendar: "Add to calendar",
    /** An entry of the visitor's calendar. */
    entry: (itemName: string) => `${itemName} goes on sale`,
  },

  /** On the picture beside a link to the shop. */
  card: {
    left: (count: number, of: number) =>
      count < of ? `${count} of ${of} left` : count === 1 ? "One left" : `${count} left`,
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
    heading: (quantity: number): string => (quantity === 1 ? "It’s held for you." : `${quantity} are held for you.`),
    until: "Held until",
    left: "left",
    toPay: "To pay",
    email: "E-mail",
    emailHint: "Your receipt is sent there.",
    name: "Name",
    optional: "optional",
    sendTo: "Where shall we send your order?",
    line1: "Street and number",
    line2: "Apartment, floor, company",
    postcode: "Postcode",
    city: "City",
    region: "State or region",
    country: "Country",
    chooseCountry: "Choose a country",
    pay: (sum: string) => `Pay ${sum}`,
    paying: "Going to the payment page…",
    payNote: "You pay by card on the next page. Your card is charged only once the sale is confirmed.",
    release: "Give back",
    spoken: (seconds: number) => `${spoken(seconds)} left to pay.`,
    confirming: {
      title: "Confirming your payment…",
      text: "This takes a moment. The page goes on by itself.",
      notPaid: "Not paid yet? Go back to pay",
    },
    ended: {
      time: { title: "Your time is up", text: "This was not paid for in time. You were not charged." },
      given_up: { title: "Given back", text: "You were not charged." },
      declined: {
        title: "The payment was refused",
        text: "Your bank did not go through with the payment, so nothing was sold. You were not charged.",
      },
      reset: { title: "The sale has ended", text: "What was held for you no longer is. You were not charged." },
      operator: { title: "The shop ended this", text: "What was held for you no longer is. You were not charged." },
    },
    /** Its time is up, and the provider has not said yet what became of its pages. */
    unsettled: {
      title: "Your time is up",
      text: "If you authorised a payment, we’re checking it. The page goes on by itself.",
    },
    endedLate: "If you authorised a payment, it will be cancelled. Your bank may show it for a few days.",
    refused: {
      limit: (limit: number) => ({
        title: `Limit: ${limit} per person`,
        text: "This would take you over the limit. Nothing was charged. You can give back what is held.",
      }),
      pages: (limit: number) => ({
        title: `You have been to the payment page ${limit} times`,
        text: "Nothing was charged. Give back what is held, and press again.",
      }),
      away: {
        title: "The payment page can’t be reached right now",
        text: "Nothing was charged, and everything is still held for you. Try again in a moment.",
      },
      busy: { title: "The till is busy", text: "Nothing was charged. Try again in a moment." },
      email: {
        title: "The payment provider doesn’t take this e-mail address",
        text: "Nothing was charged. Enter another one.",
      },
    },
    heldOnItem: {
      until: (quantity: number) => (quantity === 1 ? "Held for you until" : `${quantity} held for you until`),
      pay: "Pay now",
    },
  },

  receipt: {
    yours: (quantity: number): string => (quantity === 1 ? "It’s yours." : "They’re yours."),
    notYours: (quantity: number): string => (quantity === 1 ? "It’s not yours." : "They’re not yours."),
    number: "No.",
    edition: (count: number) => (count === 1 ? "the only one" : `edition of ${count}`),
    pieces: (count: number) => `${count} pieces`,
    price: "Price",
    paid: "Paid",
    toPay: "To pay",
    title: (itemName: string) => `Receipt: ${itemName}`,
    quantity: "Quantity",
    ordered: "Ordered",
    id: "Order ID",
    takenBack: "The shop has cancelled this order.",
    print: "Print",
    certificate: "Save as a picture",
    next: {
      title: "What happens next",
      mailed: "Your receipt is on its way to you by e-mail.",
      ships: (quantity: number) =>
        `We pack ${quantity === 1 ? "it" : "them"}, and write to you when ${quantity === 1 ? "it is" : "they are"} on the way.`,
      here: "This page only opens in this browser. Print or save it to keep a copy.",
      questions: (email: string) => `Questions? Write to ${email}.`,
    },
    /** What a buyer tells others. */
    mine: (itemName: string, number: number) => `${itemName}, No. ${number}, is mine.`,
    payment: {
      authorised: "Your card has been authorised. It is charged within a moment.",
      captured: "Your card was charged.",
      refunded: (sum: string) => `${sum} went back to your card.`,
      failed: "Your bank refused the payment after all, so the sale was undone. You were not charged.",
      cancelled: "The payment was cancelled before your card was charged.",
    },
  },

  /** Around every page. */
  frame: {
    skip: "Skip to content",
    promise: "Live stock counts. No piece is ever sold twice.",
    credit: "Runs on Lastone.",
    /** Of a shop that has not said anything itself. */
    headline: "A few of each. Just one of some.",
    intro: "Small runs by people who make things slowly. The number you see is exactly what’s left.",
    toShop: "Back to the shop",
    toItem: "Back to the item",
  },

  live: {
    connecting: "Connecting",
    live: "Live",
    asOf: (clock: string) => `As of ${clock}`,
    reconnecting: (clock: string) => `Reconnecting, as of ${clock}`,
    offline: (clock: string) => `Offline, as of ${clock}`,
    /** Until a script follows the stock. */
    asOfMoment: "As of",
    again: "Check again",
  },

  pictures: (count: number) => `${count} pictures`,

  item: {
    noLongerSold: "No longer sold",
    archived: "This is no longer sold. What was sold stays with its buyers.",
    /** The shop takes no money for it. */
    bySeller: "Payment is arranged with the seller.",
    resetting: "Resetting…",
    reset: "Reset demo",
    resetNote: (edition: number) => `Restocks to ${edition} and starts a new sale. Past orders are kept.`,
    changes: {
      title: "What was changed",
      on: (moment: string) => `on ${moment}`,
      opensAt: (from: string, to: string) => `Opening moved from ${from} to ${to}`,
      closesAt: (from: string, to: string) => `Closing moved from ${from} to ${to}`,
      price: (from: string, to: string) => `Price changed from ${from} to ${to}`,
      limitPerBuyer: (from: string, to: string) => `Limit for one buyer changed from ${from} to ${to}`,
      maxPerOrder: (from: string, to: string) => `Limit for one order changed from ${from} to ${to}`,
      noTime: "no time",
      noLimit: "none",
    },
    owned: {
      units: (units: number) => (units === 1 ? "You’ve got this one." : `You’ve got ${units} of these.`),
      receipt: (number: number, units: number) =>
        units > 1 ? `Receipt for order No. ${number}, ${units} pieces` : `Receipt for order No. ${number}`,
      limit: (limit: number) => `You’ve reached the limit of ${limit} per person.`,
      another: "Buy another",
    },
  },

  buy: {
    quantity: "Quantity,",
    upTo: (most: number) => `up to ${most}`,
    fewer: "One fewer",
    more: "One more",
    buy: "Buy",
    buyLast: "Buy the last one",
    buying: "Buying…",
    again: "Try again",
    off: {
      all_held: "All held",
      sold_out: "Sold out",
      not_open: "Not open yet",
      paused: "Paused",
      closed: "Closed",
    },
    note: {
      soldOut: "See what’s still available",
      opens: (opening: string) => `Opens ${opening}.`,
      closes: (closing: string) => `On sale until ${closing}.`,
      allHeld: (clock: string) =>
        `Buyers are paying for the last ones. This page tells you if one comes back, at the earliest at ${clock}.`,
      paused: "Sales are paused. This page will tell you when they resume.",
      closed: "The sale has closed.",
      kept: "It’s kept for you while you pay by card.",
    },
    unanswered: "No answer yet. Press again: it can’t buy twice.",
    placing: "Placing your order…",
    decidingLast: "Confirming your order… It has just sold out, and you may be the one who got it.",
    deciding: "Confirming your order… The stock has just changed.",
  },

  /** What a press came to that bought nothing: what happened, and what to do next. */
  answer: {
    lost: { title: "Someone else got there first", next: "It’s sold out, and nothing was ordered." },
    notOpen: (opening: string | undefined) => ({
      title: "Not open yet",
      next: `Nothing was ordered.${opening === undefined ? "" : ` The sale opens ${opening}.`}`,
    }),
    paused: { title: "Sales are paused", next: "Nothing was ordered. This page will tell you when they resume." },
    closed: { title: "The sale has closed", next: "Nothing was ordered." },
    openAgain: {
      title: "It’s open again",
      next: "It had closed a moment ago, and nothing was ordered. Try again.",
    },
    allHeld: {
      title: "All of them are held",
      next: "Buyers are paying for the last ones. Nothing was ordered. This page will tell you when one comes back.",
    },
    cameBack: { title: "One came back", next: "All were held a moment ago, and nothing was ordered. Try again." },
    holdOpen: {
      title: "One is held for you already",
      next: "Nothing new was ordered. Pay for what is held for you, or give it back first.",
    },
    inStockAgain: {
      title: "It’s back in stock",
      next: "It was sold out a moment ago, and nothing was ordered. Try again.",
    },
    moreNow: {
      title: "There are more now",
      next: "There weren’t that many a moment ago, and nothing was ordered. Try again.",
    },
    notEnough: {
      title: "There aren’t that many left",
      next: "Nothing was ordered. Choose a smaller quantity and try again.",
    },
    openNow: { title: "It’s open now", next: "It wasn’t a moment ago, and nothing was ordered. Try again." },
    resumed: {
      title: "Sales have resumed",
      next: "They were paused a moment ago, and nothing was ordered. Try again.",
    },
    priceChanged: (was: string, now: string) => ({
      title: `The price is now ${now}`,
      next: `It was ${was} on this page. Nothing was ordered. Buy again if you want it at the new price.`,
    }),
    busy: (certain: boolean) => ({
      title: "The till is busy",
      next: `${certain ? "Nothing was bought this time." : "We don’t know yet whether it went through."} Try again in a moment: it’s the same attempt and can’t buy twice.`,
    }),
    /** The page presses again by itself. */
    newHereAgain: (seconds: number) => ({
      title: "One moment…",
      next: `This one is limited per person, and your browser is new here. We’ll try again for you in ${inSeconds(seconds)}.`,
    }),
    newHere: (seconds: number) => ({
      title: "Just a moment",
      next: `This one is limited per person, and your browser is new here or keeps no cookies. Nothing was ordered. Try again in ${inSeconds(seconds)}.`,
    }),
    notNewAnyMore: {
      title: "You can buy now",
      next: "Your browser was new here a moment ago, and nothing was ordered. Try again.",
    },
    waitForOthers: (held: number, until: string) => ({
      title: "Give others a chance",
      next: `${held} were held from here and not paid for. Nothing was ordered. You can try again from ${until}.`,
    }),
    limitPerOrder: (limit: number) => ({
      title: `Limit: ${limit} per order`,
      next: "Nothing was ordered. Choose a smaller quantity and try again.",
    }),
    limitPerNetwork: (limit: number) => ({
      title: "The limit for your network is reached",
      next: `Buyers from one network can have ${limit} of these. Nothing was ordered.`,
    }),
    limitPerPerson: (limit: number, owned: number) => ({
      title: `Limit: ${limit} per person`,
      next:
        owned === 0
          ? "Nothing was ordered. Choose a smaller quantity and try again."
          : `You have ${owned}. You can buy ${limit - owned} more. This order wasn’t placed.`,
    }),
  },

  share: { share: "Share", copied: "Link copied", copy: "Copy this link:" },

  /** Where an item cannot be had any more. */
  instead: {
    title: "Still available",
    nothing: "What else there is",
    opens: (opening: string) => `Opens ${opening}`,
    all: "Everything in the shop",
    gone: "What has gone",
  },

  /** For ears, when a state has lasted. */
  news: {
    soldOut: (name: string) => `${name} is sold out.`,
    allHeld: (name: string) => `${name} is all held for buyers who are paying. Some may come back.`,
    paused: (name: string) => `Sales of ${name} are paused.`,
    closed: (name: string) => `The sale of ${name} has closed.`,
    back: (name: string) => `${name} is back in stock.`,
    onSale: (name: string) => `${name} is on sale now.`,
  },

  /** Instead of a page. */
  failure: {
    refused: {
      malformed: {
        title: "That request isn’t complete",
        detail: "Nothing was done. Go back, reload the page and try again.",
      },
      "cookie-invalid": {
        title: "We couldn’t read your cookie",
        detail: "Nothing was bought. You have a new cookie now: go back to the item and buy again.",
      },
      "cross-site": {
        title: "That came from another site",
        detail: "Another site asked for this, so nothing was done.",
      },
      "not-found": { title: "Not found", detail: "We can’t find that page." },
      "method-not-allowed": { title: "That isn’t possible here", detail: "This page can only be read." },
      "too-slow": {
        title: "That took too long to arrive",
        detail: "Nothing was done. Try again when the connection is better.",
      },
      "too-large": { title: "That’s too large", detail: "Nothing was done." },
      "key-reused": {
        title: "That key was used for something else",
        detail: "This form already made another purchase. Go back to the item for a fresh one.",
      },
    },
    notFound: { item: "We can’t find that item.", order: "We can’t find that order." },
    unreachable: {
      title: "We can’t reach the shop",
      detail:
        "If you were placing an order, we don’t know yet whether it went through. This page tells you as soon as the shop answers. Trying again can’t buy twice.",
    },
    away: {
      title: "We’ll be back in a moment",
      detail: "The shop can’t reach its stock right now. Nothing is lost.",
    },
    broken: { title: "Something broke", detail: "That was our fault, not yours." },
    keepsChecking: "This page keeps checking by itself.",
    reload: "Reload this page",
    reference: "Quote this reference if you contact us; our log carries it too:",
  },
};
