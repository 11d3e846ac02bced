/** Who is signed in: in the database, so that all instances know it, and any session can be ended from any other. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { db } from "#app/db.server.ts";
import { OneAtATime, TooMany } from "#app/making/one-at-a-time.ts";
import { insertAct } from "#app/shop/acts.server.ts";
import { BLANK, UNSEEN } from "#app/shop/unseen.ts";
import { type Source, countTry, forgetTries } from "./brake.server.ts";
import { singleton } from "#app/singleton.server.ts";
import { isPasswordSet, numberOfPassword } from "./password.server.ts";

/** Seconds that a session lasts after it was last used, and between two writings of when that was. */
export const LASTS = 14 * 24 * 60 * 60;
const SEEN_EVERY = 300;

const LONGEST = { who: 60, browser: 300 };
const TOKEN_BYTES = 32;
/** Longer, it is no password, and costs. */
const LONGEST_PASSWORD = 1_024;

/** Who may wait to be let in: beyond them, guessing would take database and processor from the sale. */
const MOST_WAITING = 5;

/** Two, so that strangers who fill the one keep nobody out who has signed in before. */
const doors = singleton("operator-doors", () => ({
  known: new OneAtATime(MOST_WAITING),
  strangers: new OneAtATime(MOST_WAITING),
}));

export interface OperatorSession {
  id: string;
  who: string;
  browser: string;
  beganAt: Date;
  seenAt: Date;
}

export type SignIn =
  | { kind: "signed_in"; token: string }
  | { kind: "wrong" | "not_set" }
  /** Seconds. */
  | { kind: "wait"; seconds: number };

interface Visitor {
  who: string;
  /** As it names itself. */
  browser: string;
  source: Source;
}

export async function signIn(password: string, visitor: Visitor): Promise<SignIn> {
  if (!(await isPasswordSet())) return { kind: "not_set" };
  const door = visitor.source.browser === undefined ? doors.strangers : doors.known;
  try {
    return await door.run(() => check(password, visitor));
  } catch (error) {
    if (error instanceof TooMany) return { kind: "wait", seconds: 1 };
    throw error;
  }
}

async function check(password: string, { who, browser, source }: Visitor): Promise<SignIn> {
  const tried = await countTry(source);
  if ("wait" in tried) return { kind: "wait", seconds: tried.wait };
  const number = password.length > LONGEST_PASSWORD ? undefined : await numberOfPassword(password);
  if (number === undefined) return { kind: "wrong" };
  await forgetTries(tried.id);
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  await db.$executeRaw`
    INSERT INTO operator_sessions (id, token_hash, who, browser, password_number, began_at, seen_at)
    VALUES (${randomUUID()}::uuid, ${hashOf(token)}, ${nameOf(who)}, ${cut(browser, LONGEST.browser)}, ${number},
            statement_timestamp(), statement_timestamp())`;
  return { kind: "signed_in", token };
}

/** The session of a token, if it is still on. */
export async function findSession(token: string): Promise<OperatorSession | undefined> {
  if (!(await isPasswordSet())) return undefined;
  const [found] = await db.$queryRaw<(OperatorSession & { isOld: boolean })[]>`
    SELECT id, who, browser, began_at AS "beganAt", seen_at AS "seenAt",
           seen_at < statement_timestamp() - make_interval(secs => ${SEEN_EVERY}) AS "isOld"
    FROM operator_sessions
    WHERE token_hash = ${hashOf(token)} AND ended_at IS NULL AND password_number = (SELECT number FROM operator_password)
      AND seen_at > statement_timestamp() - make_interval(secs => ${LASTS})`;
  if (!found) return undefined;
  const { isOld, ...session } = found;
  if (isOld)
    await db.$executeRaw`UPDATE operator_sessions SET seen_at = statement_timestamp() WHERE id = ${session.id}::uuid`;
  return session;
}

/** Those that are on, the latest first. */
export function listSessions(): Promise<OperatorSession[]> {
  return db.$queryRaw`
    SELECT id, who, browser, began_at AS "beganAt", seen_at AS "seenAt" FROM operator_sessions
    WHERE ended_at IS NULL AND password_number = (SELECT number FROM operator_password) AND seen_at > statement_timestamp() - make_interval(secs => ${LASTS})
    ORDER BY seen_at DESC`;
}

/** Ends a session, somebody's own or another's. */
export async function endSession(id: string, who: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const ended = await tx.$queryRaw<{ who: string; browser: string }[]>`
      UPDATE operator_sessions SET ended_at = statement_timestamp() WHERE id = ${id}::uuid AND ended_at IS NULL RETURNING who, browser`;
    if (ended[0]) await insertAct(tx, { who, what: "session_ended", before: ended[0] });
  });
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Nobody acts under a name that cannot be seen. */
function nameOf(who: string): string {
  const name = cut(who, LONGEST.who).trim();
  return BLANK.test(name) ? "operator" : name;
}

const EACH_UNSEEN = new RegExp(UNSEEN, "gu");

function cut(text: string, longest: number): string {
  return Array.from(text.replaceAll(EACH_UNSEEN, " ").trim()).slice(0, longest).join("");
}
