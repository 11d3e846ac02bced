/** All orders as a table. */
import { Prisma } from "#prisma/client/client.ts";
import { givesBack } from "#app/checkout/payments.server.ts";
import { writeAmount } from "#app/shop/money.ts";
import { takesBack } from "#app/shop/orders.server.ts";
import { iso, type Table } from "./export.server.ts";
import { fromWhat, type Wanted } from "./orders.server.ts";

const COLUMNS = [
  ...["number", "order id", "item", "name", "run", "quantity", "price", "currency", "total"],
  ...["payment status", "captured", "refunded", "units back", "placed at"],
  ...["buyer's name", "e-mail", "address", "sent at", "tracking", "note"],
];

interface Row {
  number: number | null;
  id: string;
  itemId: string;
  name: string;
  run: number;
  quantity: number;
  priceAmount: number;
  currency: string;
  status: string;
  captured: number;
  refunded: number;
  back: number;
  at: string;
  buyer: string | null;
  email: string | null;
  address: string | null;
  sentAt: string | null;
  tracking: string | null;
  note: string | null;
}

export function ordersTable(wanted: Omit<Wanted, "after">): Table<Row> {
  return { columns: COLUMNS, query: query(wanted), cellsOf };
}

function cellsOf(row: Row): (string | number | null)[] {
  const { currency, quantity } = row;
  const money = (amount: number) => writeAmount({ amount, currency });
  return [
    ...[row.number, row.id, row.itemId, row.name, row.run, quantity],
    ...[money(row.priceAmount), currency, money(row.priceAmount * quantity)],
    ...[row.status, money(row.captured), money(row.refunded), row.back, row.at],
    ...[row.buyer, row.email, row.address, row.sentAt, row.tracking, row.note],
  ];
}

/** What belongs to an order is added up for all orders at once: looked up order by order, a million take minutes. */
function query(wanted: Omit<Wanted, "after">): Prisma.Sql {
  return Prisma.sql`
    WITH taken AS MATERIALIZED (
      SELECT order_id, sum(units)::int AS units FROM movements WHERE ${takesBack} GROUP BY order_id
    ), given AS MATERIALIZED (
      SELECT order_id, sum(amount)::int AS amount FROM refunds WHERE ${givesBack} GROUP BY order_id
    ), chosen AS (
      SELECT sold.*, items.name AS item_name, payments.status, captured, contacts.name AS buyer, email, address, sent_at, tracking, note
      ${fromWhat(wanted)}
    )
    SELECT number, id, item_id AS "itemId", coalesce(name, item_name) AS name, run, quantity, price_amount AS "priceAmount", currency,
           coalesce(status, CASE WHEN number IS NULL THEN 'held' ELSE 'none' END) AS status, coalesce(captured, 0) AS captured,
           coalesce(given.amount, 0) AS refunded, coalesce(taken.units, 0) AS back, ${iso(Prisma.sql`at`)} AS at, buyer, email,
           nullif(concat_ws(', ', address->>'line1', address->>'line2', nullif(concat_ws(' ', address->>'postcode', address->>'city'), ''),
                            address->>'region', address->>'country'), '') AS address,
           ${iso(Prisma.sql`sent_at`)} AS "sentAt", tracking, note
    FROM chosen LEFT JOIN taken ON taken.order_id = id LEFT JOIN given ON given.order_id = id
    ORDER BY chosen.at DESC, id DESC`;
}
