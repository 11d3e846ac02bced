/** `npm run stampede`: finds k6, finds a shop or starts one by itself, and lets them meet. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "#server/port.ts";
import { findK6, runK6 } from "./k6.ts";

const root = path.resolve(import.meta.dirname, "..");

/** A shop that this program has started, with data of its own that goes with it. */
interface OwnShop {
  url: string;
  close: () => Promise<void>;
}

const k6 = findK6() ?? process.exit(1);
const settings = {
  BUYERS: wholeNumber("BUYERS", 100, 1),
  QUANTITY: wholeNumber("QUANTITY", 1, 0),
  ITEM: process.env.ITEM ?? "moon-moth",
};
const running = process.env.BASE_URL ?? `http://localhost:${process.env.PORT ?? "3000"}`;
const own = process.env.BASE_URL || (await answers(running)) ? undefined : await startShop();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void own?.close().finally(() => process.exit(1)));
try {
  process.exitCode = await stampede(own?.url ?? running.replace(/\/$/, ""));
} finally {
  await own?.close();
}

async function stampede(baseUrl: string): Promise<number> {
  const objection = await objectionOf(baseUrl);
  if (objection) {
    process.stderr.write(`${objection}\n`);
    return 1;
  }
  process.stdout.write(`${settings.BUYERS} buyers press for ${settings.QUANTITY} × ${settings.ITEM} at ${baseUrl}\n`);
  return runK6(k6, "stampede", { ...settings, BASE_URL: baseUrl });
}

/** Why there can be no stampede at this shop: k6 would say it too, but late and among much else. */
async function objectionOf(baseUrl: string): Promise<string | undefined> {
  if (!(await answers(baseUrl))) return `No shop answers at ${baseUrl}. Start one with \`npm start\`.`;
  const item = `${baseUrl}/api/items/${settings.ITEM}`;
  const isThere = async (address: string) => (await fetch(address)).status !== 404;
  // In demo mode that address is there, if only for POST.
  if (!(await isThere(`${item}/reset`)))
    return `The stampede resets the item first, and the shop at ${baseUrl} is not in demo mode. Start one with DEMO=1.`;
  return (await isThere(item)) ? undefined : `There is no item ${settings.ITEM} at ${baseUrl}.`;
}

function wholeNumber(name: string, fallback: number, least: number): number {
  const number = Number(process.env[name] ?? fallback);
  if (Number.isInteger(number) && number >= least && number <= 100_000) return number;
  process.stderr.write(`${name} must be a whole number from ${least} to 100000.\n`);
  process.exit(1);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await (await fetch(`${url}/healthz`)).text()) === "ok";
  } catch {
    return false;
  }
}

async function startShop(): Promise<OwnShop> {
  process.stdout.write(
    `No shop answers at ${running}, so one is started for this. Set PORT or BASE_URL to use your own shop.\n`,
  );
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-stampede-"));
  const env = { ...process.env, PORT: String(port), DATA_DIR: folder, DEMO: "1", DATABASE_URL: "" };
  const shop = spawn(process.execPath, ["server/start.ts"], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  shop.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const close = async () => {
    await ended(shop);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await answers(url))) {
    if (shop.exitCode !== null || Date.now() > deadline) {
      await close();
      process.stderr.write(`The shop did not start:\n${complaints}`);
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, close };
}

async function ended(shop: ChildProcess): Promise<void> {
  if (shop.exitCode !== null || shop.signalCode !== null) return;
  const killer = setTimeout(() => shop.kill("SIGKILL"), 10_000);
  shop.kill("SIGTERM");
  await once(shop, "exit");
  clearTimeout(killer);
}
