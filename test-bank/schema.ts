/**
 * The test bank's books: a schema of its own in the shop's database. So they outlive a restart, several banks keep the same ones, and
 * they go back to an earlier state together with the shop.
 */
import { randomBytes } from "node:crypto";
import type pg from "pg";

/** Two banks that start at the same moment would both find no schema, and one would fail. */
const MAKE_LOCK = 4_711_004;

const TABLES = `
  CREATE SCHEMA IF NOT EXISTS test_bank;
  CREATE TABLE IF NOT EXISTS test_bank.bank (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret_key text NOT NULL,
    webhook_secret text NOT NULL,
    switches jsonb NOT NULL DEFAULT '{}'
  );
  CREATE TABLE IF NOT EXISTS test_bank.payments (
    session text PRIMARY KEY,
    intent text UNIQUE,
    charge text,
    session_status text NOT NULL DEFAULT 'open' CHECK (session_status IN ('open', 'complete', 'expired')),
    intent_status text CHECK (intent_status IN
      ('requires_payment_method', 'processing', 'requires_capture', 'succeeded', 'canceled')),
    amount bigint NOT NULL CHECK (amount > 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received IN (0, amount)),
    currency text NOT NULL,
    order_id text,
    email text,
    description text NOT NULL,
    metadata jsonb NOT NULL,
    intent_metadata jsonb NOT NULL,
    success_url text NOT NULL,
    cancel_url text NOT NULL,
    disputed boolean NOT NULL DEFAULT false,
    authorises_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((intent IS NULL) = (intent_status IS NULL)),
    CHECK ((received > 0) = (intent_status IS NOT DISTINCT FROM 'succeeded'))
  );
  CREATE INDEX IF NOT EXISTS payments_authorises ON test_bank.payments (authorises_at) WHERE authorises_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS test_bank.refunds (
    id text PRIMARY KEY,
    intent text NOT NULL REFERENCES test_bank.payments (intent),
    amount bigint NOT NULL CHECK (amount > 0),
    status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
    metadata jsonb NOT NULL,
    fails_at timestamptz,
    place bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE INDEX IF NOT EXISTS refunds_intent ON test_bank.refunds (intent);
  CREATE INDEX IF NOT EXISTS refunds_fail ON test_bank.refunds (fails_at) WHERE fails_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS test_bank.keys (
    key text PRIMARY KEY,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    body text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS test_bank.events (
    id text PRIMARY KEY,
    type text NOT NULL,
    body text NOT NULL,
    copies integer NOT NULL,
    state text NOT NULL CHECK (state IN ('due', 'delivered', 'lost', 'given_up')),
    due_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    place bigint GENERATED ALWAYS AS IDENTITY
  );
  CREATE INDEX IF NOT EXISTS events_due ON test_bank.events (due_at) WHERE state = 'due';
`;

/** What the shop must know to speak with the bank. The same for every bank and shop of one database. */
export interface BankKeys {
  secretKey: string;
  webhookSecret: string;
}

/** Makes the books where there are none. */
export async function openBooks(database: pg.Client | pg.Pool): Promise<BankKeys> {
  // One query of many statements is one transaction.
  await database.query(`SELECT pg_advisory_xact_lock(${MAKE_LOCK}); ${TABLES}`);
  const secret = () => randomBytes(24).toString("hex");
  await database.query(
    "INSERT INTO test_bank.bank (secret_key, webhook_secret) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    [`sk_test_${secret()}`, `whsec_${secret()}`],
  );
  const { rows } = await database.query<BankKeys>(
    `SELECT secret_key AS "secretKey", webhook_secret AS "webhookSecret" FROM test_bank.bank`,
  );
  if (!rows[0]) throw new Error("the test bank has no keys");
  return rows[0];
}
