/** What every session of the shop is told when it begins, whatever its server, database or role has as a default. */
import type pg from "pg";

/** Defaults under which the shop's statements would mean something else. */
const MEANING = {
  // Prisma's adapter writes a time without its zone, and drops the offset of each one that it reads: every time would be shifted.
  TimeZone: "UTC",
  // The only style of dates that it can read.
  DateStyle: "ISO",
  // Whoever waits for an item's row must then see what the buyer before has left. Any other level fails instead.
  default_transaction_isolation: "read committed",
};

/**
 * Tells it to a session, with limits of its own. Not as start-up options: those of the connection string would take their
 * place, and poolers refuse them.
 */
export async function beginSession(session: pg.ClientBase, limits: Record<string, number> = {}): Promise<void> {
  const settings = Object.entries({ ...MEANING, ...limits });
  await session.query(
    `SELECT ${settings.map(([name, value]) => `set_config('${name}', '${value}', false)`).join(", ")},
            -- What is confirmed survives a crash of the server, too.
            CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END`,
  );
}
