/**
 * What a database held at the time of each earlier migration, in the SQL of that time. A filler holds for every migration from its
 * own to the next filler's: add one when a migration changes what these statements write.
 */

import { type Reason, wayOf } from "#app/shop/moves.ts";

const [ANN, BOB] = ["aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"];
const order = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const key = (number: number) => `99999999-0000-4000-8000-00000000000${number}`;
const placed = (minute: number) => new Date(Date.UTC(2026, 10, 1, 12, minute));

/** Of each item, by its id. `sold-some` was restocked and corrected, `reset-once` is in its second run. */
export const STOCKS = [
  { id: "not-open-yet", quantity: 7, version: 1, run: 1 },
  { id: "reset-once", quantity: 2, version: 4, run: 2 },
  { id: "sold-out", quantity: 0, version: 2, run: 1 },
  { id: "sold-some", quantity: 5, version: 5, run: 1 },
];

export const OPENS_AT = new Date("2999-03-28T01:30:00.000Z");

const sold = (nth: number, itemId: string, run: number, number: number, buyerId: string, quantity: number) => ({
  ...{ id: order(nth), itemId, run, number, buyerId, key: key(nth), quantity },
  ...{ priceAmount: 900, currency: "EUR", placedAt: placed(nth) },
});

type Sold = ReturnType<typeof sold>;

/** By their ids. */
export const ORDERS: [Sold, ...Sold[]] = [
  sold(1, "sold-some", 1, 1, ANN, 2),
  sold(2, "sold-some", 1, 2, BOB, 1),
  sold(3, "reset-once", 1, 1, ANN, 1),
  sold(4, "reset-once", 2, 1, BOB, 1),
  sold(5, "sold-out", 1, 1, ANN, 1),
];

/** item, version, run, reason, delta, balance, order: in the order of the versions. */
const MOVEMENTS: [string, number, number, string, number, number, number?][] = [
  ["not-open-yet", 1, 1, "opening", 7, 7],
  ["reset-once", 1, 1, "opening", 2, 2],
  ["reset-once", 2, 1, "sale", -1, 1, 3],
  ["reset-once", 3, 2, "reset", 2, 3],
  ["reset-once", 4, 2, "sale", -1, 2, 4],
  ["sold-out", 1, 1, "opening", 1, 1],
  ["sold-out", 2, 1, "sale", -1, 0, 5],
  ["sold-some", 1, 1, "opening", 5, 5],
  ["sold-some", 2, 1, "sale", -2, 3, 1],
  ["sold-some", 3, 1, "sale", -1, 2, 2],
  ["sold-some", 4, 1, "restock", 4, 6],
  ["sold-some", 5, 1, "correction", -1, 5],
];

/** item, version, run, reason, units, available, sold, order: as lines are since they name two accounts. */
const LINES: [string, number, number, string, number, number, number, number?][] = [
  ["not-open-yet", 1, 1, "opening", 7, 7, 0],
  ["reset-once", 1, 1, "opening", 1, 1, 0],
  ["reset-once", 2, 1, "sale", 1, 0, 1, 3],
  ["reset-once", 3, 2, "opening", 3, 3, 0],
  ["reset-once", 4, 2, "sale", 1, 2, 1, 4],
  ["sold-out", 1, 1, "opening", 1, 1, 0],
  ["sold-out", 2, 1, "sale", 1, 0, 1, 5],
  ["sold-some", 1, 1, "opening", 5, 5, 0],
  ["sold-some", 2, 1, "sale", 2, 3, 2, 1],
  ["sold-some", 3, 1, "sale", 1, 2, 3, 2],
  ["sold-some", 4, 1, "restock", 4, 6, 3],
  ["sold-some", 5, 1, "correction", -1, 5, 3],
];

const text = (value: string | undefined) => (value === undefined ? "NULL" : `'${value}'`);

const placedOrders = `
  WITH placed AS (
    INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at) VALUES
    ${ORDERS.map(
      ({ id, itemId, run, number, buyerId, key, quantity, priceAmount, currency, placedAt }) =>
        `('${id}', '${itemId}', ${run}, ${number}, '${buyerId}', '${key}', ${quantity}, ${priceAmount}, '${currency}', '${placedAt.toISOString()}')`,
    ).join(",\n")}
  )`;

const ordersAndMovements = `${placedOrders}
  INSERT INTO movements (item_id, version, run, reason, delta, balance, order_id, created_at) VALUES
  ${MOVEMENTS.map(
    ([itemId, version, run, reason, delta, balance, ofOrder]) =>
      `('${itemId}', ${version}, ${run}, '${reason}', ${delta}, ${balance}, ${text(ofOrder === undefined ? undefined : order(ofOrder))}, '${placed(ofOrder ?? 0).toISOString()}')`,
  ).join(",\n")};`;

const ordersAndLines = `${placedOrders}
  INSERT INTO movements (item_id, version, run, reason, units, from_account, to_account, available, held, sold, order_id, created_at) VALUES
  ${LINES.map(([itemId, version, run, reason, units, available, sold, ofOrder]) => {
    const [from, to] = wayOf(reason as Reason, units);
    const orderId = text(ofOrder === undefined ? undefined : order(ofOrder));
    return `('${itemId}', ${version}, ${run}, '${reason}', ${Math.abs(units)}, '${from}', '${to}', ${available}, 0, ${sold}, ${orderId}, '${placed(ofOrder ?? 0).toISOString()}')`;
  }).join(",\n")};`;

const lastNumber = (id: string, ofRun: number) =>
  ORDERS.filter(({ itemId, run }) => itemId === id && run === ofRun).length;

const unitsSold = (id: string, ofRun: number) =>
  ORDERS.reduce((sum, { itemId, run, quantity }) => sum + (itemId === id && run === ofRun ? quantity : 0), 0);

const WORDS = `'A name', 'A line', 'A story.', '/items/moon-moth.svg', 'A moth.', 900, 'EUR'`;
const opensAt = (id: string) => text(id === "not-open-yet" ? OPENS_AT.toISOString() : undefined);

export const FILLERS: { from: string; fill: string }[] = [
  {
    // Quantities stand in `items`.
    from: "20261124000000_shop",
    fill: `BEGIN;
      INSERT INTO items (id, name, tagline, story, picture, picture_alt, price_amount, currency, starting_quantity, max_per_order,
                         limit_per_buyer, opens_at, quantity, version, run, last_number) VALUES
      ${STOCKS.map(
        ({ id, quantity, version, run }) =>
          `('${id}', ${WORDS}, 5, 2, 3, ${opensAt(id)}, ${quantity}, ${version}, ${run}, ${lastNumber(id, run)})`,
      ).join(",\n")};
      ${ordersAndMovements}
      COMMIT;`,
  },
  {
    // They stand in `stock`.
    from: "20261129000000_stock_beside_items",
    fill: `BEGIN;
      INSERT INTO items (id, name, tagline, story, picture, picture_alt, price_amount, currency, starting_quantity, max_per_order,
                         limit_per_buyer, opens_at) VALUES
      ${STOCKS.map(({ id }) => `('${id}', ${WORDS}, 5, 2, 3, ${opensAt(id)})`).join(",\n")};
      INSERT INTO stock (item_id, available, version, run, last_number) VALUES
      ${STOCKS.map(
        ({ id, quantity, version, run }) => `('${id}', ${quantity}, ${version}, ${run}, ${lastNumber(id, run)})`,
      ).join(",\n")};
      ${ordersAndMovements}
      COMMIT;`,
  },
  {
    // Lines name two accounts.
    from: "20261205000000_four_accounts",
    fill: `BEGIN;
      INSERT INTO items (id, name, tagline, story, picture, picture_alt, price_amount, currency, starting_quantity, max_per_order,
                         limit_per_buyer, opens_at) VALUES
      ${STOCKS.map(({ id }) => `('${id}', ${WORDS}, 5, 2, 3, ${opensAt(id)})`).join(",\n")};
      INSERT INTO stock (item_id, available, sold, version, run, last_number) VALUES
      ${STOCKS.map(
        ({ id, quantity, version, run }) =>
          `('${id}', ${quantity}, ${unitsSold(id, run)}, ${version}, ${run}, ${lastNumber(id, run)})`,
      ).join(",\n")};
      ${ordersAndLines}
      COMMIT;`,
  },
];

/** How a shop locked items before sales closed by themselves: its statement to the letter. */
export const LOCK_BEFORE_CLOSINGS = {
  of: "20261215000000_pictures_have_icons",
  /** A list of ids. */
  lock: `
    WITH locked AS MATERIALIZED (
      SELECT * FROM stock WHERE item_id = ANY($1) ORDER BY item_id FOR UPDATE
    )
    SELECT item_id AS id, available AS quantity, held, sold, version, edition, current_epoch() AS epoch, run,
           last_number AS "lastNumber", clock_timestamp() AS "lockedAt",
           name, starting_quantity AS "startingQuantity", max_per_order AS "maxPerOrder",
           limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt", paused,
           coalesce(opens_at > clock_timestamp(), false) AS "notOpen", price_amount AS "priceAmount", currency,
           payment, hold_seconds AS "holdSeconds", status
    FROM locked, LATERAL item_now(item_id)`,
};

/** How a shop sold before the stock had a table of its own: its statements to the letter, in their order, in one transaction. */
export const SALE_BEFORE_STOCK = {
  of: "20261127000000_item_ids_are_short",
  /** An item's id. */
  lock: `
    WITH locked AS MATERIALIZED (SELECT * FROM items WHERE id = $1 FOR UPDATE)
    SELECT id, quantity, version, run, last_number AS "lastNumber", starting_quantity AS "startingQuantity",
           max_per_order AS "maxPerOrder", limit_per_buyer AS "limitPerBuyer", opens_at AS "opensAt",
           coalesce(opens_at > clock_timestamp(), false) AS "notOpen", clock_timestamp() AS "lockedAt",
           price_amount AS "priceAmount", currency
    FROM locked`,
  /** Lists of ids, numbers, buyers, keys, quantities, versions, balances; item, run, price, currency, time; quantity, version, last number. */
  record: `
    WITH sale AS (
      SELECT * FROM unnest(
        $1::uuid[], $2::int[],
        $3::uuid[], $4::uuid[],
        $5::int[], $6::int[], $7::int[]
      ) AS sale (order_id, number, buyer_id, key, quantity, version, balance)
    ), placed AS (
      INSERT INTO orders (id, item_id, run, number, buyer_id, key, quantity, price_amount, currency, placed_at)
      SELECT order_id, $8, $9, number, buyer_id, key, quantity, $10, $11, $12
      FROM sale
      -- Two tills that meet the same keys wait for each other in one order, never in a circle.
      ORDER BY buyer_id, key
    ), moved AS (
      INSERT INTO movements (item_id, version, run, reason, delta, balance, order_id, created_at)
      SELECT $8, version, $9, 'sale', -quantity, balance, order_id, $12
      FROM sale
    )
    UPDATE items
    SET quantity = $13, version = $14, last_number = $15
    WHERE id = $8`,
};
