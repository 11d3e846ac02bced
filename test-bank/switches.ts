/** How the test bank misbehaves, so that a shop can be seen to bear it. Kept in the books: all banks of one database do alike. */
import { z } from "zod";
import type { Queryable } from "./queryable.ts";

const chance = z.number().min(0).max(1).default(0);
const milliseconds = z.number().int().min(0).max(600_000);

export const VERBS = ["open", "find", "expire", "capture", "cancel", "refund"] as const;
export type Verb = (typeof VERBS)[number];

/** Chances are from 0, never, to 1, always. */
const schema = z
  .object({
    /** Events that are sent twice at once, that others overtake, that never come. */
    doubleEvents: chance,
    reorderEvents: chance,
    loseEvents: chance,
    /** Until an event is sent. */
    delayEvents: milliseconds.default(0),
    /** The connection breaks after the effect, and nothing is answered. */
    loseAnswers: chance,
    /** Before the effect. */
    slowAnswers: milliseconds.default(0),
    /** Status 500, which is kept under the request's key: without the effect, or with it. */
    failBefore: chance,
    failAfter: chance,
    /** Which requests are lost, slow or failing. */
    verbs: z.array(z.enum(VERBS)).default([...VERBS]),
    /** The card's bank says no when the sum is captured. */
    failCaptures: chance,
    /** Refunds that fail some time after they were accepted. */
    failRefunds: chance,
    /** What was done under a key is done again. */
    forgetKeys: z.boolean().default(false),
    /** From pressing "later" until the payment is authorised. */
    laterAfter: milliseconds.default(3_000),
    /** A page that was expired while it was open in a browser still takes the payment. */
    payExpired: z.boolean().default(false),
  })
  .strict();

export type Switches = z.output<typeof schema>;

export async function readSwitches(database: Queryable): Promise<Switches> {
  const { rows } = await database.query<{ switches: unknown }>("SELECT switches FROM test_bank.bank");
  return schema.parse(rows[0]?.switches ?? {});
}

/** Those that are given; the others stay as they are. Throws a ZodError for what is none. */
export async function setSwitches(database: Queryable, given: unknown): Promise<Switches> {
  const changed = schema.partial().strict().parse(given);
  const told = Object.fromEntries(Object.entries(changed).filter(([name]) => name in (given as object)));
  await database.query("UPDATE test_bank.bank SET switches = switches || $1", [JSON.stringify(told)]);
  return readSwitches(database);
}

export function happens(chance: number): boolean {
  return Math.random() < chance;
}
