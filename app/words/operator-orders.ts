/** What the operator's pages about orders say. */
import type { NotSent, OrderState, Over } from "#app/operator/orders.server.ts";
import type { PaymentStatus } from "#app/checkout/payments.server.ts";

export const words = {
  list: {
    title: "Orders",
    none: "No orders yet.",
    noneFound: "No orders like that.",
    search: "Number, e-mail, name or order id",
    find: "Find",
    all: "All",
    state: {
      held: "Held",
      paid: "Paid",
      to_send: "To send",
      sent: "Sent",
      cancelled: "Cancelled",
      refunded: "Refunded",
      disputed: "Disputed",
    } satisfies Record<OrderState, string>,
    older: "Older",
    newest: "Newest",
    csv: "As a table (CSV)",
    number: (run: number, number: number) => (run === 1 ? `No. ${number}` : `No. ${number}, run ${run}`),
    units: (quantity: number, price: string) => `${quantity} × ${price}`,
  },
  status: {
    none: "no money taken",
    held: "held, not paid",
    begun: "payment begun",
    authorised: "authorised",
    captured: "paid",
    cancelled: "payment let go",
    expired: "payment expired",
    failed: "payment refused",
  } satisfies Record<PaymentStatus | "none" | "held", string>,
  over: {
    cancelled: "cancelled",
    taken_back: "taken back, and still paid",
    refunded: "refunded",
  } satisfies Record<Over, string>,
  tag: {
    back: (units: number) => (units === 1 ? "1 taken back" : `${units} taken back`),
    refunded: (sum: string) => `${sum} refunded`,
    disputed: "disputed",
    sent: "sent",
    toSend: "to send",
  },
  order: {
    title: (name: string, number: number) => `${name}, No. ${number}`,
    facts: {
      quantity: "Quantity",
      price: "Price of one",
      total: "In all",
      placed: "Sold",
      run: "Run",
      id: "Order id",
      item: "Item",
      receipt: "The buyer’s page",
    },
    payment: "Payment",
    status: "State",
    captured: "Charged",
    refunded: "Gone back",
    atProvider: "At the provider",
    provider: { stripe: "Open in Stripe", "test-bank": "The test bank’s books" },
    buyer: "Buyer",
    email: "E-mail",
    name: "Name",
    address: "Address",
    erased: "Erased.",
    noContact: "The shop does not know who the buyer is.",
    mails: "Mails",
    movements: "Units",
    acts: "What was done",
    refunds: "Refunds",
    nothing: "–",
    reason: (reason: string, units: number, from: string, to: string) => `${reason}: ${units} from ${from} to ${to}`,
  },
  cancel: {
    title: "Cancel",
    text: "All money and all goods back, before it is sent.",
    button: "Cancel this order",
    sure: "Yes, cancel it",
  },
  refund: {
    title: "Refund",
    amount: "Money that goes back",
    amountHint: (left: string) => `At most ${left}.`,
    goods: "What becomes of the goods?",
    back: "They came back, and are for sale again",
    gone: "They will never be sold again",
    kept: "The buyer keeps them",
    units: "How many",
    unitsHint: (left: number) => `Of those that come back or are gone: at most ${left}.`,
    again: "There is a refund already. This is another one.",
    button: "Refund",
    missing: { amount: "Say how much.", goods: "Say what becomes of the goods." },
    wrong: { amount: (example: string) => `Enter a sum such as ${example}.`, units: "Enter a whole number." },
    line: (sum: string, goods: string, status: string) => `${sum} · ${goods} · ${status}`,
    goodsOf: (goods: string | null, units: number) =>
      goods === null
        ? "made at the provider, which says nothing of the goods"
        : goods === "kept"
          ? "goods kept"
          : `${units} ${goods}`,
  },
  note: {
    title: "Note",
    hint: "Only operators see it.",
    button: "Keep the note",
    tooLong: (length: number, most: number) =>
      `It has ${length.toLocaleString("en")} characters: at most ${most.toLocaleString("en")} can be kept.`,
    unreadable: "It has a character in it that nobody can see. Type it anew.",
    movedOn: (now: string | null) =>
      now === null
        ? "Somebody has taken the note away meanwhile. Yours is kept when you press again."
        : `Somebody has written another note meanwhile: “${now}”. Yours replaces it when you press again.`,
  },
  send: {
    title: "Send",
    to: "Mark it as sent once it is on its way. The buyer is told by mail.",
    tracking: "Link to where the parcel is",
    trackingHint: "Optional. It begins with https://.",
    wrong: (most: number) => `Enter a link that begins with https://, of at most ${most} characters.`,
    button: "Mark as sent",
    change: "Keep the link",
    sentAt: (when: string) => `Sent ${when}.`,
  },
  said: {
    asked: "It is asked for. The shop does it now, and tries until it is done.",
    repeated: "That was asked for before. Nothing was done twice.",
    taken_back: "It is cancelled: its goods are for sale again. The shop took no money for it.",
    sent: "It is marked as sent.",
    sent_before: "The link is kept. It had been sent before, so the buyer is not told again.",
    noted: "The note is kept.",
  },
  refused: {
    not_found: "This order is gone.",
    key_reused: "The page was sent before with something else in it. Here it is anew: send it once more.",
    disputed: "The buyer’s bank has taken this payment up. What it decides counts, so nothing is refunded.",
    sent: "It has been sent: it can’t be cancelled any more. A refund gives money back.",
    nothing_paid: "There is no money of this order that could go back.",
    too_much: (left: string) => `At most ${left} is left to give back.`,
    too_many: (left: number) => `At most ${left} of the goods are left to take back.`,
    busy: "The till is busy. Nothing was done. Try again in a moment.",
    another: "There is a refund of this order already. Tick the box if this is another one.",
    notSent: {
      not_shipped: "This item is not sent.",
      not_paid: "It is not paid for yet.",
      disputed: "The buyer’s bank has taken the payment up. Send nothing until it has decided.",
      taken_back: "It was cancelled or refunded with its goods: there is nothing to send.",
    } satisfies Record<NotSent, string>,
  },
};

/** What an order is now. That it was paid says no more than the half of one that is over. */
export function stateInWords(status: keyof typeof words.status, over: Over | undefined): string {
  if (!over) return words.status[status];
  return status === "captured" ? words.over[over] : `${words.over[over]}, ${words.status[status]}`;
}
