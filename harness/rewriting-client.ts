/** The shop's own client with a change to the SQL on its way to PostgreSQL: how a control takes a guard out. */
import { PrismaPg } from "@prisma/adapter-pg";
import { type Database, TRANSACTION_LIMITS } from "#app/db.server.ts";
import { PrismaClient } from "#prisma/client/client.ts";
import { rewriteStatements } from "./rewriting-adapter.ts";

/** `rewrite` changes a statement of a transaction (COMMIT is one), or leaves it out by returning "". */
export function rewritingClient(rewrite: (sql: string) => string, poolSize = 20): Database {
  const factory = new PrismaPg({ connectionString: process.env.DATABASE_URL ?? "", max: poolSize });
  const connectPlain = factory.connect.bind(factory);
  factory.connect = async () => rewriteStatements(await connectPlain(), rewrite);
  return new PrismaClient({ adapter: factory, transactionOptions: TRANSACTION_LIMITS });
}
