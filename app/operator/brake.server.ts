/**
 * Slows guessing down, on all instances together: by where it comes from, and in all. A browser that has signed in before is counted
 * by itself, so nobody can lock the operator out.
 */
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { keyedHash } from "#app/keyed-hash.server.ts";

/** Tries of one source that cost nothing, and seconds after the next one, doubled with each. */
const FREE = 5;
const FIRST_WAIT = 10;
const LONGEST_WAIT = 900;
/** Tries of all sources within the time after which they are forgotten. */
const FREE_OF_ALL = 100;
const FORGOTTEN_AFTER = 3_600;

/** `browser`: the id of one that has signed in before. */
export interface Source {
  address: string;
  browser: string | undefined;
}

/** A try, counted before the password is looked at: many at once would otherwise all be free. Seconds to wait, or its id. */
export async function countTry({ address, browser }: Source): Promise<{ wait: number } | { id: string }> {
  const [secret = ""] = env.COOKIE_SECRET;
  const source = keyedHash(secret, browser === undefined ? ["sign-in", address] : ["sign-in browser", browser]);
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE sign_in_tries IN EXCLUSIVE MODE`;
    await tx.$executeRaw`
      DELETE FROM sign_in_tries WHERE tried_at < statement_timestamp() - make_interval(secs => ${FORGOTTEN_AFTER})`;
    const [seen] = await tx.$queryRaw<{ own: number; all: number; sinceOwn: number | null; sinceAny: number | null }[]>`
      SELECT count(*) FILTER (WHERE source = ${source})::int AS own, count(*)::int AS all,
             extract(epoch FROM statement_timestamp() - max(tried_at) FILTER (WHERE source = ${source}))::float8 AS "sinceOwn",
             extract(epoch FROM statement_timestamp() - max(tried_at))::float8 AS "sinceAny"
      FROM sign_in_tries`;
    const { own = 0, all = 0, sinceOwn, sinceAny } = seen ?? {};
    const wait = Math.max(
      own < FREE ? 0 : waitAfter(own - FREE) - (sinceOwn ?? 0),
      browser !== undefined || all < FREE_OF_ALL ? 0 : FIRST_WAIT - (sinceAny ?? 0),
    );
    if (wait > 0) return { wait: Math.ceil(wait) };
    const [tried] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO sign_in_tries (source, tried_at) VALUES (${source}, statement_timestamp()) RETURNING id::text`;
    if (!tried) throw new Error("a try was not counted");
    return tried;
  });
}

/** It was no guess. What the same source has tried before is forgotten with it. */
export async function forgetTries(id: string): Promise<void> {
  await db.$executeRaw`
    DELETE FROM sign_in_tries WHERE source = (SELECT source FROM sign_in_tries WHERE id = ${id}::bigint)`;
}

function waitAfter(tries: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
}
