/** What goes wrong around the money: instances and the bank are killed, and the bank loses, doubles and reorders what it says. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { type BankProcess, startTestBank } from "#harness/test-bank.ts";
import type { Instance } from "../instance.ts";
import type { Random } from "../random.ts";

/** The bank's moods, one after the other. A page that was closed in time may still be paid on by who has it open, in each of them. */
const MOODS = [
  {},
  { loseEvents: 0.5 },
  { doubleEvents: 0.7, reorderEvents: 0.5 },
  { loseAnswers: 0.3 },
  { failBefore: 0.3 },
  { failAfter: 0.3 },
  { failCaptures: 0.7 },
  { loseEvents: 0.3, doubleEvents: 0.3, reorderEvents: 0.3, loseAnswers: 0.1, failCaptures: 0.2 },
];
const ALWAYS = { laterAfter: 800, payExpired: true };

export class Bank {
  #process: BankProcess;
  readonly #start: () => Promise<BankProcess>;

  /** `again`: starts it where it was. */
  constructor(first: BankProcess, again: () => Promise<BankProcess>) {
    this.#process = first;
    this.#start = again;
  }

  static async open(webhook: string, databaseUrl: string): Promise<Bank> {
    const first = await startTestBank(webhook, { databaseUrl });
    const port = Number(new URL(first.url).port);
    return new Bank(first, () => startTestBank(webhook, { databaseUrl, port }));
  }

  get told(): Pick<BankProcess, "url" | "secretKey" | "webhookSecret"> {
    return this.#process;
  }

  async crash(): Promise<void> {
    await this.#process.stop("SIGKILL");
    this.#process = await this.#start();
  }

  close(): Promise<void> {
    return this.#process.stop("SIGKILL");
  }
}

export async function setMood(observer: pg.Client, mood: object): Promise<void> {
  await observer.query("UPDATE test_bank.bank SET switches = $1", [JSON.stringify({ ...ALWAYS, ...mood })]);
}

/** Each mood and each crash once, in random order; then again until it is over. */
export async function troubleUntil(
  over: () => boolean,
  {
    observer,
    random,
    bank,
    instances,
    count,
  }: {
    observer: pg.Client;
    random: Random;
    bank: Bank;
    instances: [Instance, ...Instance[]];
    count: (what: string) => void;
  },
): Promise<void> {
  while (!over()) {
    const troubles = [
      ...MOODS.map((mood) => async () => {
        await setMood(observer, mood);
        count(`bank: ${Object.keys(mood).join(", ") || "well"}`);
      }),
      ...["instance killed", "instance killed", "bank killed", "bank killed"].map((what) => async () => {
        if (what === "bank killed") await bank.crash();
        else {
          const instance = random.of(instances);
          await instance.kill();
          await instance.start();
        }
        count(what);
      }),
    ];
    for (const trouble of random.shuffled(troubles)) {
      if (over()) return;
      await trouble();
      await sleep(random.between(300, 1_500));
    }
  }
}
