/** The test bank as a process of its own, as `npm start` runs it, and the shop's own code that speaks with it. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Provider } from "#app/checkout/provider.ts";
import { stripeProvider } from "#app/checkout/stripe.ts";
import { ended, firstWords, type Told } from "#server/test-bank.ts";

const root = path.resolve(import.meta.dirname, "..");

export interface BankProcess extends Told {
  process: ChildProcess;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** On the database of DATABASE_URL, or another. `pages`: where people find its page, when not on its own port. */
export async function startTestBank(
  webhook: string,
  more: { pages?: string; port?: number; databaseUrl?: string } = {},
): Promise<BankProcess> {
  const args = ["test-bank/run.ts", "--webhook", webhook, "--port", String(more.port ?? 0)];
  if (more.pages) args.push("--pages", more.pages);
  const env = { ...process.env, ...(more.databaseUrl && { DATABASE_URL: more.databaseUrl }) };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const told = await firstWords(child);
  if (!told) throw new Error("the test bank did not start");
  return {
    ...told,
    process: child,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended(child);
    },
  };
}

/** The shop's own way to a bank. */
export function providerOf({ url, secretKey, webhookSecret }: Told, answersWithin?: number): Provider {
  return stripeProvider({
    name: "test-bank",
    secretKey,
    webhookSecrets: [webhookSecret],
    pagesOrigin: url,
    api: new URL(url),
    ...(answersWithin !== undefined && { answersWithin }),
  });
}

/** What a person does on a bank's page; nothing is followed. */
export function pressAtBank(payAt: string, outcome: string): Promise<Response> {
  return fetch(payAt, { method: "POST", body: new URLSearchParams({ outcome }), redirect: "manual" });
}
