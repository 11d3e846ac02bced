/** The test bank beside a shop in demo mode: started before it, kept running, and ended after it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { report } from "#app/report.server.ts";
import type { Lifetime } from "./lifetime.ts";
import { freePort, reachedAt } from "./port.ts";
import { Refusal } from "./refusal.ts";
import { addressOf, root, type Settings } from "./settings.ts";

/** Milliseconds that it has for its end, and between two starts of one that dies again and again. */
const STOP_WITHIN = 2_000;
const AGAIN_AFTER = { first: 100, most: 5_000 };

/** What a bank says of itself when it takes payments. */
export interface Told {
  url: string;
  secretKey: string;
  webhookSecret: string;
}

/** Resolves, when it takes payments, to what the shop must be told of it. */
export async function startTestBank(
  settings: Settings,
  environment: NodeJS.ProcessEnv,
  life: Lifetime,
): Promise<Record<string, string>> {
  // The same one each time: the shop has been told.
  const port = await freePort();
  const args = ["test-bank/run.ts", "--port", String(port), "--webhook", `${listensAt(settings)}/webhooks/stripe`];
  args.push("--pages", environment.SHOP_URL ?? addressOf(settings));
  const start = () =>
    spawn(process.execPath, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit", "ipc"] });

  const state = { stopping: false, bank: start() };
  const told = await firstWords(state.bank);
  if (!told) throw new Refusal("The test bank cannot be started.");
  const keep = async (): Promise<void> => {
    for (let wait = AGAIN_AFTER.first; ; wait = Math.min(AGAIN_AFTER.most, wait * 2)) {
      const since = performance.now();
      const [code, signal] = await ended(state.bank);
      if (state.stopping) return;
      report("test_bank_lost", { code, signal });
      if (performance.now() - since > AGAIN_AFTER.most) wait = AGAIN_AFTER.first;
      await sleep(wait);
      if (isStopping(state)) return;
      state.bank = start();
    }
  };
  const kept = keep();
  life.atTheEnd(async () => {
    state.stopping = true;
    state.bank.kill("SIGTERM");
    const killer = setTimeout(() => state.bank.kill("SIGKILL"), STOP_WITHIN);
    await kept;
    clearTimeout(killer);
  });
  return { TEST_BANK_URL: told.url, TEST_BANK_KEY: told.secretKey, TEST_BANK_SECRET: told.webhookSecret };
}

/** A function, because it changes while something is awaited, which the type checker cannot see. */
function isStopping(state: { stopping: boolean }): boolean {
  return state.stopping;
}

/** Undefined when it has ended instead. */
export async function firstWords(bank: ChildProcess): Promise<Told | undefined> {
  if (!bank.stdout) throw new Error("the test bank's output is not read");
  const line = once(createInterface(bank.stdout), "line").then(([first]) => JSON.parse(String(first)) as Told);
  return Promise.race([line, ended(bank).then(() => undefined)]);
}

export async function ended(bank: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  if (bank.exitCode !== null || bank.signalCode !== null) return [bank.exitCode, bank.signalCode];
  return (await once(bank, "exit")) as [number | null, NodeJS.Signals | null];
}

/** On this machine, whatever stands between the shop and the world. */
function listensAt({ host, port }: Settings): string {
  const name = reachedAt(host);
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
