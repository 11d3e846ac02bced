/** The operator's password: kept as argon2id leaves it (RFC 9106), and checked by one at a time. */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { OneAtATime } from "#app/making/one-at-a-time.ts";
import { BY_COMMAND, insertAct } from "#app/shop/acts.server.ts";
import { singleton } from "#app/singleton.server.ts";

/** OWASP's second recommendation: 19 MiB, twice, by one thread. `memory` in KiB. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const SALT_BYTES = 16;

interface Kept {
  number: number;
  salt: Uint8Array;
  hash: Uint8Array;
}

const state = singleton("operator-password", () => ({
  hashing: new OneAtATime(Infinity),
  kept: undefined as Promise<void> | undefined,
}));

const derive = promisify(argon2);

/** Whether anybody can sign in: the shop has a password, and the database knows it. */
export async function isPasswordSet(): Promise<boolean> {
  const { OPERATOR_PASSWORD: password } = env;
  if (password === undefined) return false;
  state.kept ??= keep(password).catch((error: unknown) => {
    state.kept = undefined;
    throw error;
  });
  await state.kept;
  return true;
}

/** The number of the password that this is: a session lasts as long as it is the latest. Undefined: it is not the password. */
export async function numberOfPassword(given: string): Promise<number | undefined> {
  if (!(await isPasswordSet())) return undefined;
  const [kept] = await db.$queryRaw<Kept[]>`SELECT number, salt, hash FROM operator_password`;
  return kept && (await matches(given, kept)) ? kept.number : undefined;
}

/** Writes down the password that this process was started with, if the database has another. */
async function keep(password: string): Promise<void> {
  const [kept] = await db.$queryRaw<Kept[]>`SELECT number, salt, hash FROM operator_password`;
  if (kept && (await matches(password, kept))) return;
  const salt = randomBytes(SALT_BYTES);
  const hash = await hashOf(password, salt);
  const isSet = await db.$transaction(async (tx) => {
    const [set] = await tx.$queryRaw<{ number: number }[]>`
      INSERT INTO operator_password AS known (salt, hash, set_at) VALUES (${salt}, ${hash}, statement_timestamp())
      ON CONFLICT (one) DO UPDATE SET number = known.number + 1, salt = excluded.salt, hash = excluded.hash, set_at = excluded.set_at
      WHERE known.number = ${kept?.number ?? 0}
      RETURNING number`;
    if (set && set.number > 1) await insertAct(tx, { who: BY_COMMAND, what: "password_changed" });
    return set !== undefined;
  });
  // Another instance was first, most likely with the same password: counted up for nothing, it would end the sessions that have begun there.
  if (!isSet) await keep(password);
}

async function matches(given: string, { salt, hash }: Kept): Promise<boolean> {
  return timingSafeEqual(await hashOf(given, salt), hash);
}

/** One after the other: each takes 19 MiB, and a core for some hundredths of a second. */
function hashOf(password: string, nonce: Uint8Array): Promise<Buffer> {
  return state.hashing.run(async () =>
    Buffer.from(await derive("argon2id", { ...COST, message: password.normalize("NFKC"), nonce })),
  );
}
