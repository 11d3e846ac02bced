/** The shop's own client with a change to the SQL on its way to PostgreSQL: how a control takes a guard out. */
import { PrismaPg } from "@prisma/adapter-pg";
import { type Database, TRANSACTION_LIMITS } from "#app/db.server.ts";
import { PrismaClient } from "#prisma/client/client.ts";

/** `rewrite` changes a statement of a transaction (COMMIT is one), or leaves it out by returning "". */
export function rewritingClient(rewrite: (sql: string) => string, poolSize = 20): Database {
  const factory = new PrismaPg({ connectionString: process.env.DATABASE_URL ?? "", max: poolSize });
  const connectPlain = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connectPlain();
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
  };
  return new PrismaClient({ adapter: factory, transactionOptions: TRANSACTION_LIMITS });
}
