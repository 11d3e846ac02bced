import { expect, test } from "vitest";
import { type BankPayment, compareBooks, type SoldOrder } from "./books.ts";

const order: SoldOrder = { id: "a", quantity: 2, takenBack: 0, amount: 500, currency: "EUR" };
const payment: BankPayment = {
  id: "cs_1",
  orderId: "a",
  status: "captured",
  amount: 500,
  captured: 500,
  refunded: 0,
  currency: "EUR",
};
const cancelled = { ...payment, id: "cs_2", status: "cancelled", captured: 0 };

test("an order is charged once, by its sum, and whatever else was authorised is let go", () => {
  expect(compareBooks([order], [payment, cancelled])).toEqual([]);
  expect(compareBooks([], [cancelled, { ...cancelled, status: "expired" }])).toEqual([]);
  const returned = { ...order, takenBack: 2 };
  expect(compareBooks([returned], [cancelled])).toEqual([]);
  expect(compareBooks([returned], [{ ...payment, refunded: 500 }])).toEqual([]);
});

test.each([
  ["charged twice", [order], [payment, { ...payment, id: "cs_2" }]],
  ["never charged", [order], [cancelled]],
  ["charged for nothing", [], [payment]],
  ["charged another sum", [order], [{ ...payment, captured: 400 }]],
  ["charged in another currency", [order], [{ ...payment, currency: "USD" }]],
  ["charged, though all came back", [{ ...order, takenBack: 2 }], [payment]],
  ["still authorised", [], [{ ...cancelled, status: "authorised" }]],
  ["still under way", [order], [payment, { ...cancelled, status: "processing" }]],
])("%s", (_, orders, payments) => {
  expect(compareBooks(orders, payments)).not.toEqual([]);
});
