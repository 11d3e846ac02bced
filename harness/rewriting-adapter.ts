import type { SqlDriverAdapter } from "@prisma/driver-adapter-utils";

/** Changes the statements of transactions on their way to PostgreSQL. `rewrite` gives another statement (COMMIT is one), or "" to leave it out. */
export function rewriteStatements<Adapter extends SqlDriverAdapter>(
  adapter: Adapter,
  rewrite: (sql: string) => string,
): Adapter {
  const startPlain = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (level) => {
    const transaction = await startPlain(level);
    const queryPlain = transaction.queryRaw.bind(transaction);
    transaction.queryRaw = (query) => queryPlain({ ...query, sql: rewrite(query.sql) });
    const executePlain = transaction.executeRaw.bind(transaction);
    transaction.executeRaw = (query) => {
      const sql = rewrite(query.sql);
      return sql === "" ? Promise.resolve(0) : executePlain({ ...query, sql });
    };
    return transaction;
  };
  return adapter;
}
