/** The test bank as a process of its own, as `npm start` runs it, and the shop's own code that speaks with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Provider } from "#app/checkout/provider.ts";
import { stripeProvider } from "#app/checkout/stripe.ts";

const root = path.resolve(import.meta.dirname, "..");

export interface BankProcess {
  url: string;
  secretKey: string;
  webhookSecret: string;
  process: ChildProcess;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** On the database of DATABASE_URL. `pages`: where people find its page, when not on its own port. */
export async function startTestBank(
  webhook: string,
  more: { pages?: string; port?: number } = {},
): Promise<BankProcess> {
  const args = ["test-bank/run.ts", "--webhook", webhook, "--port", String(more.port ?? 0)];
  if (more.pages) args.push("--pages", more.pages);
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([first]) => String(first)),
    once(child, "exit").then(() => undefined),
  ]);
  if (line === undefined) throw new Error("the test bank did not start");
  const told = JSON.parse(line) as Pick<BankProcess, "url" | "secretKey" | "webhookSecret">;
  return {
    ...told,
    process: child,
    stop: async (signal = "SIGTERM") => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

/** The shop's own way to a bank. */
export function providerOf(
  { url, secretKey, webhookSecret }: Pick<BankProcess, "url" | "secretKey" | "webhookSecret">,
  answersWithin?: number,
): Provider {
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
