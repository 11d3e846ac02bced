/** Carries out one command of `npm run orders` with the database of its settings. */
import { getPayment } from "#app/checkout/payments.server.ts";
import { listRefunds, type Refund, refundOrder, type RefundOutcome } from "#app/checkout/refunds.server.ts";
import { type Contact, getContact } from "#app/checkout/contacts.server.ts";
import { cancel, getRemarks } from "#app/operator/orders.server.ts";
import { getItem } from "#app/shop/catalogue.server.ts";
import type { KeyedOrder, Price } from "#app/shop/item.ts";
import { formatPrice } from "#app/shop/money.ts";
import { countTakenBack, findOrder, listLatestOrders } from "#app/shop/orders.server.ts";
import { Refusal } from "#server/refusal.ts";
import { carryOut } from "../carry-out.ts";
import { momentOf, print } from "../items/print.ts";
import { type Command, readCommand } from "./command-line.ts";

/** Orders that are listed. */
const MOST = 100;

await carryOut(() => obey(readCommand(process.argv.slice(2))));

async function obey(command: Command): Promise<void> {
  switch (command.name) {
    case "list":
      return list();
    case "show":
      return show(await known(command.orderId));
    case "cancel":
      return cancelKnown(await known(command.orderId), command.key);
    case "refund": {
      const order = await known(command.orderId);
      return tell(await refundOrder(command), order);
    }
    default:
      command satisfies never;
  }
}

async function list(): Promise<void> {
  const orders = await listLatestOrders(MOST);
  for (const order of orders) print(await lineOf(order));
  if (orders.length === 0) print("No orders yet.");
}

async function show(order: KeyedOrder): Promise<void> {
  print(await lineOf(order));
  const { note, sentAt, tracking } = await getRemarks(order.id);
  const contact = await getContact(order.id);
  if (contact?.email) print(`  ${[contact.email, contact.name, ...addressOf(contact)].filter(Boolean).join(", ")}`);
  if (sentAt) print(`  sent ${momentOf(sentAt)}${tracking ? `: ${tracking}` : ""}`);
  if (note) print(`  note: ${note}`);
  const units = await countTakenBack(order.id);
  if (units > 0) print(`  ${units} of ${order.quantity} taken back`);
  for (const refund of await listRefunds(order.id)) print(`  ${refundLine(refund)}`);
}

/** What the shop took no money for is taken back at once. */
async function cancelKnown(order: KeyedOrder, key: string | undefined): Promise<void> {
  const outcome = await cancel(order.id, key === undefined ? {} : { key });
  switch (outcome.kind) {
    case "busy":
      throw new Refusal("The till is busy. Try again in a moment.");
    case "taken_back":
      return print(
        outcome.units === 0
          ? "It was cancelled before."
          : `Cancelled: ${outcome.units} back. The shop took no money for it.`,
      );
    default:
      return tell(outcome, order);
  }
}

function tell(outcome: RefundOutcome, { id }: KeyedOrder): void {
  switch (outcome.kind) {
    case "asked":
      return print(`Asked for: ${refundLine(outcome.refund)}`, "A running shop does it, and tries until it is done.");
    case "repeated":
      return print(
        `It was asked for before: ${refundLine(outcome.refund)}`,
        "For another one, add --again, or a --key of its own.",
      );
    case "not_found":
      throw new Refusal(`There is no order ${id}.`);
    case "another":
      throw new Refusal("There is a refund of this order already. For another one, add --again.");
    case "key_reused":
      throw new Refusal("The key has made a different refund of this order.");
    case "sent":
      throw new Refusal("It has been sent: it cannot be cancelled any more. `refund` gives money back.");
    case "disputed":
      throw new Refusal("The buyer's bank has taken this payment up. What it decides counts, so nothing is refunded.");
    case "nothing_paid":
      throw new Refusal(
        outcome.status === null
          ? "The shop took no money for this order. `cancel` takes its goods back."
          : `Nothing was charged for this order: its payment is ${outcome.status}.`,
      );
    case "too_much":
      throw new Refusal(
        `At most ${formatPrice({ amount: outcome.left, currency: outcome.currency })} is left to give back.`,
      );
    case "too_many":
      throw new Refusal(`At most ${outcome.left} of the goods are left to take back.`);
    default:
      outcome satisfies never;
  }
}

function addressOf({ address }: Contact): (string | undefined)[] {
  if (!address) return [];
  const { line1, line2, postcode, city, region, country } = address;
  return [line1, line2, postcode, city, region, country];
}

function refundLine({ amount, currency, goods, units, status, askedAt }: Refund): string {
  const what = amount === 0 ? "no money" : formatPrice({ amount, currency });
  const where =
    goods === null
      ? "made at the provider, which says nothing of the goods"
      : goods === "kept"
        ? "goods kept"
        : `${units} ${goods}`;
  return [what, where, status, momentOf(askedAt)].join(" · ");
}

async function lineOf(order: KeyedOrder): Promise<string> {
  const payment = await getPayment(order.id);
  const sum: Price = { amount: order.price.amount * order.quantity, currency: order.price.currency };
  const name = order.name ?? (await getItem(order.itemId))?.name ?? order.itemId;
  const money = payment
    ? [
        payment.status,
        ...(payment.refunded > 0 ? [`${formatPrice({ ...sum, amount: payment.refunded })} back`] : []),
        ...(payment.disputed ? ["disputed"] : []),
      ].join(", ")
    : "no money taken";
  return [
    order.id,
    `${name} (${order.itemId}) run ${order.run} No. ${order.number}`,
    `${order.quantity} for ${formatPrice(sum)}`,
    money,
    momentOf(order.placedAt),
  ].join(" · ");
}

async function known(orderId: string): Promise<KeyedOrder> {
  const order = await findOrder(orderId);
  if (!order) throw new Refusal(`There is no order ${orderId}.`);
  return order;
}
