/** The operator's password: kept as argon2id leaves it (RFC 9106), and checked by one at a time. */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { db } from "#app/db.server.ts";
import { env } from "#app/env.server.ts";
import { BY_COMMAND, insertAct } from "#app/shop/acts.server.ts";
import { singleton } from "#app/singleton.server.ts";

/** OWASP's second recommendation: 19 MiB, twice, by one thread. `memory` in KiB. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const SALT_BYTES = 16;
/** Who waits for a check: beyond them, guessing would take the machine from the sale. */
const MOST_WAITING = 5;

interface Kept {
  number: number;
  salt: Uint8Array;
  hash: Uint8Array;
}

const state = singleton("operator-password", () => ({
  waiting: 0,
  last: Promise.resolve(),
  number: undefined as Promise<number> | undefined,
}));

const derive = promisify(argon2);

/** Too many are being checked. */
export class TooManyChecks extends Error {}

/** The number of the password that is set now: a session of another one has ended. Undefined: none is set, and nobody is let in. */
export async function passwordNumber(): Promise<number | undefined> {
  const { OPERATOR_PASSWORD: password } = env;
  if (password === undefined) return undefined;
  state.number ??= keep(password).catch((error: unknown) => {
    state.number = undefined;
    throw error;
  });
  return state.number;
}

/** Whether this is the password. Throws TooManyChecks. */
export async function isPassword(given: string): Promise<boolean> {
  if ((await passwordNumber()) === undefined) return false;
  const [kept] = await db.$queryRaw<Kept[]>`SELECT number, salt, hash FROM operator_password`;
  return kept !== undefined && (await matches(given, kept));
}

/** Writes down the password that this process was started with, if the database has another. */
async function keep(password: string): Promise<number> {
  const [kept] = await db.$queryRaw<Kept[]>`SELECT number, salt, hash FROM operator_password`;
  if (kept && (await matches(password, kept))) return kept.number;
  const salt = randomBytes(SALT_BYTES);
  const hash = await hashOf(password, salt);
  return db.$transaction(async (tx) => {
    const [set] = await tx.$queryRaw<{ number: number }[]>`
      INSERT INTO operator_password AS known (salt, hash, set_at) VALUES (${salt}, ${hash}, statement_timestamp())
      ON CONFLICT (one) DO UPDATE SET number = known.number + 1, salt = excluded.salt, hash = excluded.hash, set_at = excluded.set_at
      RETURNING number`;
    if (!set) throw new Error("the password was not written");
    if (set.number > 1) await insertAct(tx, { who: BY_COMMAND, what: "password_changed" });
    return set.number;
  });
}

async function matches(given: string, { salt, hash }: Kept): Promise<boolean> {
  return timingSafeEqual(await hashOf(given, salt), hash);
}

/** One after the other: each takes 19 MiB, and a core for some hundredths of a second. */
async function hashOf(password: string, nonce: Uint8Array): Promise<Buffer> {
  if (state.waiting >= MOST_WAITING) throw new TooManyChecks();
  state.waiting += 1;
  const mine = state.last.then(() => derive("argon2id", { ...COST, message: password.normalize("NFKC"), nonce }));
  state.last = mine.then(
    () => undefined,
    () => undefined,
  );
  try {
    return Buffer.from(await mine);
  } finally {
    state.waiting -= 1;
  }
}
