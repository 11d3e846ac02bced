/** The operator's pages let in who knows the password, slow guessing down, and forget whoever is signed out. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { db, type Transaction } from "#app/db.server.ts";
import { type Shop, startShop, until } from "#harness/shop.ts";

const PASSWORD = "a word that nobody guesses";
let shop: Shop;

beforeAll(async () => {
  shop = await startShop({ OPERATOR_PASSWORD: PASSWORD, TRUSTED_PROXIES: "127.0.0.0/8,::1" });
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await db.signInTry.deleteMany();
});

interface Visit {
  from?: string;
  cookie?: string;
  to?: string;
}

function signIn(password: string, { from = "203.0.113.1", cookie = "", to = "" }: Visit = {}): Promise<Response> {
  return fetch(`${shop.url}/operator/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { "X-Forwarded-For": from, cookie },
    body: new URLSearchParams({ password, who: "Ann", ...(to && { to }) }),
  });
}

function get(path: string, cookie = ""): Promise<Response> {
  return fetch(shop.url + path, { redirect: "manual", headers: { cookie } });
}

const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");

test("every page leads to sign-in, and from there back to where one was going", async () => {
  for (const path of ["/operator", "/operator/acts", "/operator/acts?before=7"]) {
    const led = await get(path);
    expect([path, led.status, led.headers.get("cache-control")]).toEqual([path, 302, "private, no-store"]);
    const to = new URL(led.headers.get("location") ?? "", shop.url).searchParams.get("to");
    expect(to).toBe(path);
  }
  const signedIn = await signIn(PASSWORD, { to: "/operator/acts?before=7" });
  expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/operator/acts?before=7"]);
  const acts = await get("/operator/acts", cookiesOf(signedIn));
  expect([acts.status, acts.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
});

test.each([
  "//evil.example",
  "https://evil.example",
  "/operator\\@evil.example",
  "/items/moon-moth",
  "/operator/sign-in",
])("after signing in nobody is led to %s", async (to) => {
  expect((await signIn(PASSWORD, { to })).headers.get("location")).toBe("/operator");
});

test("the cookie is the browser's alone, and the database keeps nothing that opens a page", async () => {
  const answer = await signIn(PASSWORD);
  const [line = ""] = answer.headers.getSetCookie();
  expect(line).toMatch(/^operator=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
  const token = line.slice("operator=".length).split(";")[0] ?? "";
  const kept = JSON.stringify(await db.$queryRaw`SELECT *, encode(token_hash, 'base64') FROM operator_sessions`);
  expect(kept).not.toContain(token);
  const password = await db.operatorPassword.findFirstOrThrow();
  expect(Buffer.from(password.hash).toString("latin1")).not.toContain(PASSWORD);
});

test("a few wrong passwords are told so; then one must wait, and says for how long", async () => {
  const statuses: number[] = [];
  for (let tries = 0; tries < 6; tries += 1) statuses.push((await signIn("not the password")).status);
  expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
  const told = await signIn(PASSWORD);
  expect([told.status, Number(told.headers.get("retry-after"))]).toEqual([429, expect.closeTo(10, -1)]);
  // From elsewhere it is open.
  expect((await signIn(PASSWORD, { from: "203.0.113.2" })).status).toBe(303);
});

test("twenty guesses at once are not all free", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => signIn("not the password")));
  expect(answers.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(5);
  expect(answers.every(({ status }) => status === 403 || status === 429)).toBe(true);
});

test("guessing from everywhere stops newcomers, and not the browser that has signed in before", async () => {
  const known = await signIn(PASSWORD);
  const browser = cookiesOf(known)
    .split("; ")
    .find((cookie) => cookie.startsWith("operator-browser="));
  await db.$executeRaw`
    INSERT INTO sign_in_tries (source, tried_at) SELECT int4send(n), statement_timestamp() FROM generate_series(1, 200) AS n`;
  expect((await signIn(PASSWORD, { from: "198.51.100.9" })).status).toBe(429);
  expect((await signIn(PASSWORD, { from: "198.51.100.9", cookie: browser ?? "" })).status).toBe(303);
});

test("signing out ends the session on the server, and says who", async () => {
  const cookie = cookiesOf(await signIn(PASSWORD));
  const out = await fetch(`${shop.url}/operator`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie },
    body: new URLSearchParams(),
  });
  expect([out.status, out.headers.get("location")]).toEqual([303, "/operator/sign-in"]);
  expect((await get("/operator/acts", cookie)).status).toBe(302);
  expect(await db.act.findFirst({ orderBy: { id: "desc" } })).toMatchObject({ who: "Ann", what: "session_ended" });
});

test("another page's form signs nobody in or out", async () => {
  const cookie = cookiesOf(await signIn(PASSWORD));
  for (const path of ["/operator", "/operator/sign-in"]) {
    const answer = await fetch(shop.url + path, {
      method: "POST",
      redirect: "manual",
      headers: { cookie, Origin: "https://evil.example" },
      body: new URLSearchParams({ password: PASSWORD }),
    });
    expect([path, answer.status]).toEqual([path, 403]);
  }
  expect((await get("/operator/acts", cookie)).status).toBe(200);
});

test("a changed password ends every session, on all instances", async () => {
  const cookie = cookiesOf(await signIn(PASSWORD));
  const other = await startShop({ OPERATOR_PASSWORD: "another word altogether" });
  try {
    const there = (path: string) => fetch(other.url + path, { redirect: "manual", headers: { cookie } });
    expect((await there("/operator/acts")).status).toBe(302);
    expect((await get("/operator/acts", cookie)).status).toBe(302);
    expect(await db.act.count({ where: { what: "password_changed" } })).toBe(1);
  } finally {
    await other.stop();
  }
});

test("without a password nobody is let in, and the page says how to set one", async () => {
  const closed = await startShop({ OPERATOR_PASSWORD: undefined });
  try {
    const page = await (await fetch(`${closed.url}/operator/sign-in`)).text();
    expect(page).toContain("OPERATOR_PASSWORD");
    expect(page).not.toContain("data-sign-in");
    const tried = await fetch(`${closed.url}/operator/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ password: "" }),
    });
    expect(tried.status).toBe(403);
  } finally {
    await closed.stop();
  }
});

test("what was done is never changed", async () => {
  await db.$executeRaw`INSERT INTO acts (at, who, what) VALUES (now(), 'Ann', 'restocked')`;
  await expect(db.$executeRaw`UPDATE acts SET who = 'Bob'`).rejects.toThrow("never changed");
  await expect(db.$executeRaw`DELETE FROM acts`).rejects.toThrow("never changed");
});

test("of two instances that start with one new password, the second ends no session of the first", async () => {
  const both = { OPERATOR_PASSWORD: "the word of both" };
  const enter = ({ url }: Shop) =>
    fetch(`${url}/operator/sign-in`, {
      ...{ method: "POST", redirect: "manual" },
      body: new URLSearchParams({ password: both.OPERATOR_PASSWORD }),
    });
  const first = await startShop(both);
  expect((await enter(first).finally(() => first.stop())).status).toBe(303);
  const { salt, hash } = await db.operatorPassword.findFirstOrThrow();
  const setTo = (salt: Uint8Array, hash: Uint8Array, tx: typeof db | Transaction = db) =>
    tx.$queryRaw`UPDATE operator_password SET salt = ${salt}, hash = ${hash}, number = number + 1`;
  await setTo(randomBytes(16), randomBytes(32));
  const second = await startShop(both);
  try {
    const changes = await db.act.count({ where: { what: "password_changed" } });
    // It has read that another password is set, and is about to write when the first one does.
    const { answer } = await db.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE operator_password IN SHARE MODE`;
      const answer = enter(second);
      await until(async () => {
        const waiting = await tx.$queryRaw<unknown[]>`
          SELECT FROM pg_locks WHERE relation = 'operator_password'::regclass AND NOT granted`;
        return waiting.length > 0;
      });
      await setTo(salt, hash, tx);
      return { answer };
    });
    expect((await get("/operator/acts", cookiesOf(await answer))).status).toBe(200);
    expect(await db.act.count({ where: { what: "password_changed" } })).toBe(changes);
  } finally {
    await second.stop();
  }
});
