/** A request of a program: who asks, under which key, with which luck, and in one transaction with what is kept of it. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { type BankAnswer, fault } from "./answers.ts";
import { parseForm } from "./form.ts";
import { type Queryable, transaction } from "./queryable.ts";
import { REQUESTS } from "./requests.ts";
import { happens, readSwitches } from "./switches.ts";

export interface ApiRequest {
  method: string;
  path: string;
  query: string;
  body: string;
  authorization: string | undefined;
  key: string | undefined;
}

export interface ApiAnswer {
  status: number;
  body: string;
  replayed: boolean;
  /** Nobody is told: the connection breaks. */
  lost: boolean;
}

export interface Api {
  pool: pg.Pool;
  secretKey: string;
  pages: string;
}

export async function answerProgram({ pool, secretKey, pages }: Api, request: ApiRequest): Promise<ApiAnswer> {
  const plain = (answer: BankAnswer) => ({ ...answer, replayed: false, lost: false });
  if (!isAllowed(request.authorization, secretKey))
    return plain(fault(401, { message: "Invalid API Key provided: it is not this bank's." }));
  const found = REQUESTS.find(({ method, address }) => method === request.method && address.test(request.path));
  if (!found) return plain(fault(404, { message: `Unrecognized request URL (${request.method}: ${request.path}).` }));
  const switches = await readSwitches(pool);
  const unlucky = (chance: number) => switches.verbs.includes(found.verb) && happens(chance);
  if (switches.verbs.includes(found.verb)) await sleep(switches.slowAnswers);
  const [, id = ""] = found.address.exec(request.path) ?? [];
  const fields = parseForm(request.method === "GET" ? request.query : request.body);
  const work = async (connection: Queryable): Promise<BankAnswer> => {
    if (unlucky(switches.failBefore)) return broken();
    const answer = await found.handle({ connection, switches, pages, fields, id });
    return answer.status === 200 && unlucky(switches.failAfter) ? broken() : answer;
  };
  const key = request.method === "POST" && !switches.forgetKeys ? request.key : undefined;
  const fingerprint = createHash("sha256").update(`${request.path}\n${request.body}`).digest("hex");
  const answer = await transaction(pool, async (connection) =>
    key === undefined ? { ...(await work(connection)), replayed: false } : once(connection, key, fingerprint, work),
  );
  return { ...answer, lost: unlucky(switches.loseAnswers) };
}

/** What has been answered under this key, or else `work`'s answer, kept together with its effect. */
async function once(
  connection: Queryable,
  key: string,
  fingerprint: string,
  work: (connection: Queryable) => Promise<BankAnswer>,
): Promise<BankAnswer & { replayed: boolean }> {
  const { rows: locks } = await connection.query<{ mine: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 4711004)) AS mine",
    [key],
  );
  if (!locks[0]?.mine)
    return {
      ...fault(409, {
        code: "idempotency_key_in_use",
        message: "There is currently another in-progress request using this Idempotency Key.",
      }),
      replayed: false,
    };
  const { rows } = await connection.query<{ fingerprint: string; status: number; body: string }>(
    "SELECT fingerprint, status, body FROM test_bank.keys WHERE key = $1",
    [key],
  );
  const [kept] = rows;
  if (kept && kept.fingerprint !== fingerprint)
    return {
      ...fault(400, {
        type: "idempotency_error",
        message: "Keys for idempotent requests can only be used with the same parameters they were first used with.",
      }),
      replayed: false,
    };
  if (kept) return { status: kept.status, body: kept.body, kept: true, replayed: true };
  const answer = await work(connection);
  if (answer.kept)
    await connection.query("INSERT INTO test_bank.keys (key, fingerprint, status, body) VALUES ($1, $2, $3, $4)", [
      key,
      fingerprint,
      answer.status,
      answer.body,
    ]);
  return { ...answer, replayed: false };
}

function broken(): BankAnswer {
  return fault(500, { type: "api_error", message: "An unknown error occurred." });
}

function isAllowed(authorization: string | undefined, secretKey: string): boolean {
  const basic = `Basic ${Buffer.from(`${secretKey}:`).toString("base64")}`;
  return authorization === `Bearer ${secretKey}` || authorization === basic;
}
