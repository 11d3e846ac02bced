/** The audit of the ledger: whether every quantity is what its movements and orders make it. */
import { Prisma } from "#prisma/client/client.ts";
import { connect } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";

/** A line that breaks a rule: the first one of its rule. */
export interface Finding {
  rule: string;
  itemId: string;
  line: string;
}

interface Rule {
  says: string;
  /** Selects `itemId` and `line` of what breaks the rule, the first one first. */
  broken: Prisma.Sql;
}

const RULES: Rule[] = [
  {
    says: "an item's versions are 1, 2, 3 without a gap",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('version %s follows version %s', version, coalesce(before, 0)) AS line
      FROM (SELECT item_id, version, lag(version) OVER (PARTITION BY item_id ORDER BY version) AS before FROM movements) AS chain
      WHERE version <> coalesce(before, 0) + 1
      ORDER BY item_id, version`,
  },
  {
    says: "a movement's balance is the balance before it and its delta",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('version %s: %s and %s make %s, not %s', version, coalesce(before, 0), delta, coalesce(before, 0) + delta, balance) AS line
      FROM (SELECT item_id, version, delta, balance, lag(balance) OVER (PARTITION BY item_id ORDER BY version) AS before FROM movements) AS chain
      WHERE balance <> coalesce(before, 0) + delta
      ORDER BY item_id, version`,
  },
  {
    says: "a run begins with an opening or a reset, and only so",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('version %s (%s) is of run %s after run %s', version, reason, run, coalesce(before, 0)) AS line
      FROM (SELECT item_id, version, run, reason, lag(run) OVER (PARTITION BY item_id ORDER BY version) AS before FROM movements) AS chain
      WHERE run <> coalesce(before, 0) + (reason IN ('opening', 'reset'))::int OR (reason = 'opening') <> (before IS NULL)
      ORDER BY item_id, version`,
  },
  {
    says: "an item is what its last movement says",
    broken: Prisma.sql`
      SELECT items.id AS "itemId", format('available %s, version %s, run %s; the last movement says %s, %s, %s',
                                          available, stock.version, stock.run, last.balance, last.version, last.run) AS line
      FROM items
      LEFT JOIN stock ON stock.item_id = items.id
      LEFT JOIN LATERAL (SELECT version, run, balance FROM movements WHERE item_id = items.id ORDER BY version DESC LIMIT 1) AS last ON true
      WHERE (available, stock.version, stock.run) IS DISTINCT FROM (last.balance, last.version, last.run)
      ORDER BY items.id`,
  },
  {
    says: "the numbers of a run are 1, 2, 3 without a gap",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('run %s: number %s follows number %s', run, number, coalesce(before, 0)) AS line
      FROM (SELECT item_id, run, number, lag(number) OVER (PARTITION BY item_id, run ORDER BY number) AS before FROM orders) AS chain
      WHERE number <> coalesce(before, 0) + 1
      ORDER BY item_id, run, number`,
  },
  {
    says: "an item's last number is that of its run's latest order",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('last number %s; the latest order of run %s has %s', last_number, run, coalesce(latest, 0)) AS line
      FROM stock, LATERAL (SELECT max(number) AS latest FROM orders WHERE item_id = stock.item_id AND orders.run = stock.run) AS sold
      WHERE last_number <> coalesce(latest, 0)
      ORDER BY item_id`,
  },
  {
    says: "every order is one sale in the ledger, and every sale one order",
    broken: Prisma.sql`
      SELECT coalesce(orders.item_id, sale.item_id) AS "itemId",
             CASE WHEN sale.order_id IS NULL THEN format('order %s of run %s has no sale', number, orders.run)
                  WHEN orders.id IS NULL THEN format('version %s is the sale of no order', sale.version)
                  ELSE format('order %s of run %s took %s; its sale, version %s, says %s of item %s, run %s',
                              number, orders.run, orders.quantity, sale.version, -sale.delta, sale.item_id, sale.run) END AS line
      FROM orders
      FULL JOIN (SELECT * FROM movements WHERE reason = 'sale') AS sale ON sale.order_id = orders.id
      WHERE (orders.item_id, orders.run, orders.quantity) IS DISTINCT FROM (sale.item_id, sale.run, -sale.delta)
      ORDER BY 1, orders.run, number, sale.version`,
  },
  {
    says: "no run sold more units than it was stocked with",
    broken: Prisma.sql`
      WITH stocked AS (
        SELECT item_id, run, sum(CASE WHEN reason IN ('opening', 'reset') THEN balance ELSE delta END) AS units
        FROM movements WHERE reason <> 'sale' GROUP BY item_id, run
      ), ordered AS (SELECT item_id, run, sum(quantity) AS units FROM orders GROUP BY item_id, run)
      SELECT item_id AS "itemId", format('run %s: %s units ordered, %s stocked', run, ordered.units, coalesce(stocked.units, 0)) AS line
      FROM ordered LEFT JOIN stocked USING (item_id, run)
      WHERE ordered.units > coalesce(stocked.units, 0)
      ORDER BY item_id, run`,
  },
];

/** Longest audit, in milliseconds. */
const PATIENCE = 30 * 60_000;

export interface Audit {
  /** What was looked at. */
  items: number;
  orders: number;
  movements: number;
  /** Empty when everything holds. */
  findings: Finding[];
}

/** Looks at all items and runs as they were at one moment, also while the shop is selling: on a connection of its own, with its own limits. */
export async function audit(databaseUrl: string = env.DATABASE_URL): Promise<Audit> {
  const client = connect(databaseUrl, 1, { statement_timeout: PATIENCE });
  const look = client.$transaction(
    async (tx) => {
      // A million orders are sorted and joined in memory instead of on disk.
      await tx.$executeRaw`SET LOCAL work_mem = '256MB'`;
      const [counts] = await tx.$queryRaw<Omit<Audit, "findings">[]>`
        SELECT (SELECT count(*)::int FROM items) AS items, (SELECT count(*)::int FROM orders) AS orders, (SELECT count(*)::int FROM movements) AS movements`;
      if (!counts) throw new Error("the audit could not count");
      const findings: Finding[] = [];
      for (const { says, broken } of RULES) {
        const [first] = await tx.$queryRaw<Omit<Finding, "rule">[]>`${broken} LIMIT 1`;
        if (first) findings.push({ rule: says, ...first });
      }
      return { ...counts, findings };
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.RepeatableRead, timeout: PATIENCE },
  );
  return look.finally(() => client.$disconnect());
}
