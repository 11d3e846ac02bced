/**
 * The controls: shops with one guard taken out, or one fault planted, which the checker must find out.
 */
export interface Break {
  says: string;
  /** Changes the SQL of transactions on its way to PostgreSQL, as harness/rewriting-adapter.ts does. */
  rewrite?: () => (sql: string) => string;
  /** One line of the built shop, as the bundle has it, and what stands in its place (break-shop.ts). */
  plant?: readonly [line: string, instead: string];
  /** Several of them, for a guard that stands in more than one place. */
  plants?: readonly (readonly [line: string, instead: string])[];
  /** What an operator's program does with each restock. */
  restocks?: "twice";
  /** The guards behind it in the database, which would turn the fault into an error. */
  drop?: readonly string[];
}

export const CONTROLS = {
  "no-lock": {
    says: "no FOR UPDATE",
    rewrite: () => (sql: string) => sql.replace("FOR UPDATE", ""),
    drop: [
      "DROP INDEX orders_item_id_run_number_key",
      "ALTER TABLE movements DROP CONSTRAINT movements_pkey",
      "ALTER TABLE stock DISABLE TRIGGER stock_changes_by_movements",
    ],
  },
  "no-key": {
    says: "no look-up by key, and no unique key",
    rewrite: () => (sql: string) => sql.replace("WHERE key = ANY", "WHERE false AND key = ANY"),
    drop: ["DROP INDEX orders_key_buyer_id_key"],
  },
  "false-sold-out": {
    says: "every fifth look at the row finds it as it was when it was last sold out",
    rewrite: () => {
      let looks = 0;
      return (sql: string) => (sql.includes("FOR UPDATE") && (looks += 1) % 5 === 0 ? asLastSoldOut(sql) : sql);
    },
  },
  "early-answer": {
    says: "every fifth answer is given before the COMMIT, which then fails",
    rewrite: () => {
      let commits = 0;
      return (sql: string) => (sql === "COMMIT" && (commits += 1) % 5 === 0 ? "ROLLBACK" : sql);
    },
  },
  "triple-price": {
    says: "orders are written at three times the price",
    plant: ["(sale) => sale.order.price.amount)", "(sale) => sale.order.price.amount * 3)"],
  },
  "limit-forgets-batch": {
    says: "a limit for each buyer does not count what the same batch gave",
    plant: ["this.#owned.set(buyerId,", "this.#owned.has(buyerId,"],
  },
  "open-receipts": {
    says: "a receipt is shown to whoever knows its address",
    plant: [
      "WHERE id = ${orderId}::uuid AND buyer_id = ANY(${buyerIds}::uuid[])",
      "WHERE id = ${orderId}::uuid AND ${buyerIds}::uuid[] IS NOT NULL",
    ],
  },
  "last-come": {
    says: "a till serves whoever came last first",
    plant: [
      "this.#waiting.splice(0, this.#options.limits.batch - toServe.length)",
      "this.#waiting.splice(-this.#options.limits.batch).reverse()",
    ],
  },
  "wrong-hint": {
    says: "another instance is told of one unit more than there are",
    plant: [
      "JSON.stringify(toTell.change)",
      "JSON.stringify({ ...toTell.change, quantity: toTell.change.quantity + 1 })",
    ],
  },
  "restock-twice": { says: "each restock is done twice", restocks: "twice" },
} satisfies Record<string, Break>;

/** Such a state is in the ledger, so only its time gives it away. */
function asLastSoldOut(lockItem: string): string {
  return lockItem
    .replace(
      "available AS quantity, held, sold,",
      "coalesce(past.available, locked.available) AS quantity, locked.held, coalesce(past.sold, locked.sold) AS sold,",
    )
    .replace('AS "nextReleaseAt", version,', 'AS "nextReleaseAt", coalesce(past.version, locked.version) AS version,')
    .replace("AS epoch, run,", "AS epoch, coalesce(past.run, locked.run) AS run,")
    .replace(
      "FROM locked",
      "FROM locked LEFT JOIN LATERAL (SELECT available, sold, version, run FROM movements WHERE item_id = locked.item_id AND available = 0 ORDER BY version DESC LIMIT 1) AS past ON true",
    );
}

export type Control = keyof typeof CONTROLS;

export function isControl(name: string | undefined): name is Control {
  return name !== undefined && Object.hasOwn(CONTROLS, name);
}
