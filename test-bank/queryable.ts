import type pg from "pg";

/** A pool, or the one connection of a transaction. */
export type Queryable = Pick<pg.ClientBase, "query">;

/** Rolled back when `work` throws. */
export async function transaction<T>(pool: pg.Pool, work: (connection: pg.PoolClient) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken = false;
  try {
    await connection.query("BEGIN");
    const result = await work(connection);
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => (broken = true));
    throw error;
  } finally {
    connection.release(broken);
  }
}
