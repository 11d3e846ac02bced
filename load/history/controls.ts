/**
 * The controls: shops with one guard taken out, which the checker must find out. The SQL is changed on its way to PostgreSQL
 * (break-shop.ts), and the guards behind it in the database are dropped, since they would turn the sale into an error.
 */
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
    drop: [],
  },
  "early-answer": {
    says: "every fifth answer is given before the COMMIT, which then fails",
    rewrite: () => {
      let commits = 0;
      return (sql: string) => (sql === "COMMIT" && (commits += 1) % 5 === 0 ? "ROLLBACK" : sql);
    },
    drop: [],
  },
} satisfies Record<string, { says: string; rewrite: () => (sql: string) => string; drop: string[] }>;

/** Such a state is in the ledger, so only its time gives it away. */
function asLastSoldOut(lockItem: string): string {
  return lockItem
    .replace(
      "SELECT id, quantity, version, run,",
      "SELECT id, coalesce(past.balance, quantity) AS quantity, coalesce(past.version, locked.version) AS version, coalesce(past.run, locked.run) AS run,",
    )
    .replace(
      "FROM locked",
      "FROM locked LEFT JOIN LATERAL (SELECT balance, version, run FROM movements WHERE item_id = locked.id AND balance = 0 ORDER BY version DESC LIMIT 1) AS past ON true",
    );
}

export type Control = keyof typeof CONTROLS;

export function isControl(name: string | undefined): name is Control {
  return name !== undefined && Object.hasOwn(CONTROLS, name);
}
