/** Two drivers with one face: a strategy is written once and runs through either, with the same prepared statements. */
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { Prisma, PrismaClient } from "#prisma/client/client.ts";

/** What a statement may tell: units left of the item, and the number of an order. */
export interface Row {
  quantity?: number;
  number: number;
}

export interface Session {
  run: (statement: Prisma.Sql) => Promise<Row[]>;
}

export type Isolation = "ReadCommitted" | "Serializable";

export interface Database extends Session {
  transaction: <T>(work: (tx: Session) => Promise<T>, isolation?: Isolation) => Promise<T>;
  close: () => Promise<void>;
}

export type Driver = (url: string, applicationName: string) => Database;

/** A pool opens a connection when all it has are in use, and here never closes one: those open are the most it needed. */
const POOL = { max: 50, idleTimeoutMillis: 0 };

const names = new Map<string, string>();

/** The name under which a connection keeps a statement prepared. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `statement ${names.size}`;
  names.set(text, name);
  return name;
}

export const throughPg: Driver = (url, applicationName) => {
  const pool = new pg.Pool({ ...POOL, connectionString: url, application_name: applicationName });
  const sessionOf = (client: pg.Pool | pg.PoolClient): Session => ({
    run: async ({ text, values }) => (await client.query<Row>({ name: nameOf(text), text, values })).rows,
  });
  return {
    ...sessionOf(pool),
    transaction: async (work, isolation = "ReadCommitted") => {
      const client = await pool.connect();
      try {
        await client.query(isolation === "Serializable" ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN");
        const result = await work(sessionOf(client));
        await client.query("COMMIT");
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot even roll back is thrown away.
        await client.query("ROLLBACK").then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
    },
    close: () => pool.end(),
  };
};

export const throughPrisma: Driver = (url, applicationName) => {
  const adapter = new PrismaPg(
    { ...POOL, connectionString: url, application_name: applicationName },
    { statementNameGenerator: ({ sql }) => nameOf(sql) },
  );
  const client = new PrismaClient({ adapter, errorFormat: "minimal" });
  return {
    run: (statement) => client.$queryRaw<Row[]>(statement),
    transaction: (work, isolation = "ReadCommitted") =>
      client.$transaction((tx) => work({ run: (statement) => tx.$queryRaw<Row[]>(statement) }), {
        isolationLevel: isolation,
        // Through `pg` nobody is turned away, so nobody is here.
        maxWait: 60_000,
        timeout: 60_000,
      }),
    close: () => client.$disconnect(),
  };
};
