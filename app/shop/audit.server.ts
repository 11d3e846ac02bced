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
    says: "a line's balances are those before it in its run, and its units",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('version %s: %s of %s from %s to %s after %s, %s, %s does not make %s, %s, %s',
                                          version, reason, units, from_account, to_account, available_before, held_before, sold_before, available, held, sold) AS line
      FROM (
        SELECT *, coalesce(lag(available) OVER run_order, 0) AS available_before, coalesce(lag(held) OVER run_order, 0) AS held_before,
               coalesce(lag(sold) OVER run_order, 0) AS sold_before
        FROM ledger WINDOW run_order AS (PARTITION BY item_id, run ORDER BY version, step)
      ) AS chain
      WHERE available <> available_before + CASE 'available' WHEN to_account THEN units WHEN from_account THEN -units ELSE 0 END
         OR held <> held_before + CASE 'held' WHEN to_account THEN units WHEN from_account THEN -units ELSE 0 END
         OR sold <> sold_before + CASE 'sold' WHEN to_account THEN units WHEN from_account THEN -units ELSE 0 END
      ORDER BY item_id, version`,
  },
  {
    says: "a run has what it was stocked with, available, held or sold, after each of its lines",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('run %s, version %s: %s available, %s held, %s sold; %s stocked', run, version, available, held, sold, stocked) AS line
      FROM (
        SELECT *, sum(CASE 'outside' WHEN from_account THEN units WHEN to_account THEN -units ELSE 0 END) OVER (PARTITION BY item_id, run ORDER BY version, step) AS stocked
        FROM ledger
      ) AS chain
      WHERE available + held + sold <> stocked
      ORDER BY item_id, version`,
  },
  {
    says: "a run begins with its opening, and only so, when the one before it has nothing left to sell",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('version %s (%s) is of run %s after run %s with %s available and %s held', version, reason, run, coalesce(run_before, 0), left_available, left_held) AS line
      FROM (
        SELECT *, lag(run) OVER item_order AS run_before, lag(available) OVER item_order AS left_available, lag(held) OVER item_order AS left_held
        FROM ledger WHERE reason <> 'scrap' WINDOW item_order AS (PARTITION BY item_id ORDER BY version, step)
      ) AS chain
      WHERE run <> coalesce(run_before, 0) + (reason = 'opening')::int OR (reason = 'opening' AND left_available + left_held > 0)
      ORDER BY item_id, version`,
  },
  {
    says: "an item is what its run's last line says",
    broken: Prisma.sql`
      SELECT items.id AS "itemId", format('available %s, held %s, sold %s, version %s, run %s; the last line says %s, %s, %s, %s, %s',
                                          stock.available, stock.held, stock.sold, stock.version, stock.run, last.available, last.held, last.sold, latest.version, last.run) AS line
      FROM items
      LEFT JOIN stock ON stock.item_id = items.id
      LEFT JOIN (SELECT item_id, max(version) AS version FROM movements GROUP BY item_id) AS latest ON latest.item_id = items.id
      LEFT JOIN (
        SELECT DISTINCT ON (item_id) item_id, run, available, held, sold FROM ledger ORDER BY item_id, run DESC, version DESC, step DESC
      ) AS last ON last.item_id = items.id
      WHERE (stock.available, stock.held, stock.sold, stock.version, stock.run) IS DISTINCT FROM (last.available, last.held, last.sold, latest.version, last.run)
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
                              number, orders.run, orders.quantity, sale.version, sale.units, sale.item_id, sale.run) END AS line
      FROM orders
      FULL JOIN (SELECT * FROM ledger WHERE reason IN ('sale', 'confirm')) AS sale ON sale.order_id = orders.id
      WHERE (orders.item_id, orders.run, orders.quantity) IS DISTINCT FROM (sale.item_id, sale.run, sale.units)
      ORDER BY 1, orders.run, number, sale.version`,
  },
  {
    says: "no more of an order came back than was sold",
    broken: Prisma.sql`
      SELECT orders.item_id AS "itemId", format('order %s of run %s had %s; %s came back', number, orders.run, quantity, back.units) AS line
      FROM orders
      JOIN (
        SELECT order_id, sum(units) AS units, count(DISTINCT run) AS runs, min(run) AS run FROM movements WHERE reason IN ('return', 'scrap') GROUP BY order_id
      ) AS back ON back.order_id = orders.id
      WHERE back.units > quantity OR back.runs > 1 OR back.run <> orders.run
      ORDER BY 1, orders.run, number`,
  },
  {
    says: "every hold is one line in the ledger, and its end another, as the hold itself says",
    broken: Prisma.sql`
      SELECT coalesce(holds.item_id, line.item_id) AS "itemId",
             format('hold %s of %s (%s): the ledger has %s of %s, and %s of %s', coalesce(holds.id, line.hold_id), holds.quantity, coalesce(why, 'open'),
                    coalesce(line.lines, 0), line.units, coalesce(line.ends, 'no end'), line.end_units) AS line
      FROM holds
      FULL JOIN (
        SELECT hold_id, min(item_id) AS item_id, min(run) AS run, count(*) FILTER (WHERE reason = 'hold') AS lines, sum(units) FILTER (WHERE reason = 'hold') AS units,
               string_agg(reason, ' and ') FILTER (WHERE reason <> 'hold') AS ends, sum(units) FILTER (WHERE reason <> 'hold') AS end_units
        FROM movements WHERE hold_id IS NOT NULL GROUP BY hold_id
      ) AS line ON line.hold_id = holds.id
      WHERE (holds.item_id, holds.run, holds.quantity::bigint, 1::bigint) IS DISTINCT FROM (line.item_id, line.run, line.units, line.lines)
         OR line.ends IS DISTINCT FROM CASE why WHEN 'sold' THEN 'confirm' ELSE CASE WHEN why IS NOT NULL THEN 'release' END END
         OR (line.ends IS NOT NULL AND line.end_units <> holds.quantity)
      ORDER BY 1`,
  },
  {
    says: "an item holds what its open holds hold, and knows which of them ends first",
    broken: Prisma.sql`
      SELECT item_id AS "itemId", format('held %s until %s; its open holds have %s until %s', held, coalesce(next_expiry::text, 'never'), open.units, coalesce(open.first::text, 'never')) AS line
      FROM stock, LATERAL (
        SELECT coalesce(sum(quantity), 0) AS units, min(expires_at) AS first, count(*) FILTER (WHERE holds.run <> stock.run) AS of_other_runs
        FROM holds WHERE holds.item_id = stock.item_id AND ended_at IS NULL
      ) AS open
      WHERE held <> open.units OR next_expiry IS DISTINCT FROM open.first OR open.of_other_runs > 0
      ORDER BY item_id`,
  },
  {
    says: "an order that was paid for is of a hold, and has its quantity, price and buyer",
    broken: Prisma.sql`
      SELECT orders.item_id AS "itemId", format('order %s of run %s', number, orders.run) AS line
      FROM orders LEFT JOIN holds ON holds.id = orders.id
      WHERE (authorisation IS NOT NULL) <> (holds.id IS NOT NULL)
         OR (holds.id IS NOT NULL AND (orders.item_id, orders.run, orders.quantity, orders.price_amount, orders.currency, orders.buyer_id, orders.key)
             IS DISTINCT FROM (holds.item_id, holds.run, holds.quantity, holds.price_amount, holds.currency, holds.buyer_id, holds.key))
      ORDER BY 1, orders.run, number`,
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
