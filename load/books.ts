/** The shop's orders beside the bank's own books: what neither of them can say alone. */

/** An order, and how many of its units were taken back. */
export interface SoldOrder {
  id: string;
  quantity: number;
  takenBack: number;
  /** Of all its units. */
  amount: number;
  currency: string;
}

/** As `GET /test-bank/payments` tells it. */
export interface BankPayment {
  id: string;
  orderId: string;
  status: string;
  amount: number;
  captured: number;
  refunded: number;
  currency: string;
}

/** Of an order that was taken back as a whole, nothing may be kept; of another, its sum, once. */
export function compareBooks(orders: SoldOrder[], payments: BankPayment[]): string[] {
  const byOrder = Map.groupBy(payments, ({ orderId }) => orderId);
  const sold = new Map(orders.map((order) => [order.id, order]));
  const wrong: string[] = [];
  for (const order of orders) {
    const captured = (byOrder.get(order.id) ?? []).filter((payment) => payment.captured > 0);
    const kept = captured.reduce((sum, payment) => sum + payment.captured - payment.refunded, 0);
    const isOurs = order.takenBack === order.quantity;
    if (captured.length > 1) wrong.push(`order ${order.id} was charged ${captured.length} times`);
    if (!isOurs && captured.length === 0) wrong.push(`order ${order.id} is sold, and was never charged`);
    if (isOurs ? kept > 0 : order.takenBack === 0 && captured.length === 1 && kept !== order.amount)
      wrong.push(
        `order ${order.id}: ${kept} of ${order.amount} is kept, ${order.takenBack} of ${order.quantity} came back`,
      );
    if (captured.some(({ currency }) => currency !== order.currency)) wrong.push(`order ${order.id}: another currency`);
  }
  for (const { id, orderId, status, captured, refunded } of payments) {
    if (captured > refunded && !sold.has(orderId))
      wrong.push(`payment ${id} of ${orderId} was charged, and nothing sold`);
    if (status === "authorised" || status === "processing") wrong.push(`payment ${id} of ${orderId} is left ${status}`);
  }
  return wrong;
}
