/** Shops that take money wrongly: each has one guard taken out, or one fault planted, which the checker must find out. */
import type { Break } from "../controls.ts";
import type { Way } from "./buyers.ts";

export interface MoneyBreak extends Break {
  /** What the bank does all the time, where chance would need longer to show it. */
  bank?: object;
  /** What all buyers do. */
  ways?: readonly [Way];
  /** No run is begun anew: a reset cancels the payments of what it ends, and with them what nobody has looked after. */
  withoutResets?: true;
}

const NO_SETTLE = [
  'this.sheet.tasks.push({ kind: "settle", subject: holdId',
  'void ({ kind: "settle", subject: holdId',
] as const;

export const MONEY_CONTROLS = {
  "capture-first": {
    says: "what is authorised is charged before the till has confirmed it",
    plant: [
      "if (hasPaid) await confirmBooks(payment, books);",
      "if (hasPaid) { await provider.capture(books.intent, `early:${attempt.reference}`).catch(() => undefined); await confirmBooks(payment, books); }",
    ],
  },
  "revived-hold": {
    says: "a hold that was given up, or ended by a reset, is sold when its payment comes",
    plant: ['if (hold.why !== null && hold.why !== "time") return this.#dropped(holdId, intent, hold.why);', ""],
  },
  "confirm-again": {
    says: "confirming does not look whether the order is there, and nothing in the database refuses a second one",
    plant: [
      "#confirm({ holdId, authorised: { intent, ...sum } }) {",
      "#confirm({ holdId, authorised: { intent, ...sum } }) { this.#ordersById.delete(holdId);",
    ],
    drop: [
      "ALTER TABLE orders DROP CONSTRAINT orders_pkey CASCADE",
      "DROP INDEX orders_authorisation_key",
      "DROP INDEX orders_key_buyer_id_key",
      "DROP INDEX movements_one_sale_of_an_order",
    ],
  },
  "event-before-effect": {
    says: "an event is marked done before its effect, and nothing else looks after the payment",
    plants: [
      [
        "if (await isTaken(event.id)) return;",
        "if (await isTaken(event.id)) return; await db.$executeRaw`INSERT INTO provider_events (id, done_at) VALUES (${event.id}, statement_timestamp()) ON CONFLICT (id) DO NOTHING`;",
      ],
      NO_SETTLE,
    ],
    bank: { loseAnswers: 0.9, verbs: ["find"] },
    ways: ["pay and close"],
    withoutResets: true,
  },
  "back-twice": {
    says: "a refused capture that is tried again takes the goods back again",
    plants: [
      ["uuidOf(`${intent} refused`)", "randomUUID()"],
      ["this.#takenBack.get(orderId) ?? before?.units ?? 0", "this.#takenBack.get(orderId) ?? 0"],
      [
        'if (outcome.kind === "done") report("capture_refused"',
        'if (outcome.kind === "done" && Math.random() < 0.7) return LATER; if (outcome.kind === "done") report("capture_refused"',
      ],
    ],
    bank: { failCaptures: 0.5 },
    // Of a run with other units sold, or the decision itself is refused as one that does not add up.
    ways: ["pay"],
  },
  "own-clock": {
    says: "holds are ended by the clock of an instance, which is three seconds ahead",
    plant: ["isDue(hold, this.before.lockedAt)", "isDue(hold, new Date(Date.now() + 3_000))"],
  },
  "no-settle": {
    says: "no task settles a payment",
    plant: NO_SETTLE,
    bank: { loseEvents: 1 },
    ways: ["pay and close"],
    withoutResets: true,
  },
} satisfies Record<string, MoneyBreak>;

export type MoneyControl = keyof typeof MONEY_CONTROLS;

export function isMoneyControl(name: string | undefined): name is MoneyControl {
  return name !== undefined && Object.hasOwn(MONEY_CONTROLS, name);
}
