/** The shop as users run it: `server/start.ts` with remix-serve behind it, on a free port, over real HTTP. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { freePort } from "#server/port.ts";

const root = path.resolve(import.meta.dirname, "..");

export interface Shop {
  url: string;
  port: number;
  process: ChildProcess;
  /** Everything it has printed. */
  output: () => string;
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** How often a port may be chosen that another program takes before the shop listens. */
const MOST_PORTS = 5;

/** Starts a shop on the test file's database (or as `settings` say) and resolves when it has printed its address. `flags` as of server/start.ts. */
export async function startShop(
  settings: Record<string, string | undefined> = {},
  flags: string[] = [],
): Promise<Shop> {
  for (let ports = 1; ; ports += 1) {
    const port = settings.PORT ? Number(settings.PORT) : await freePort();
    const shop = launchShop({ ...settings, PORT: String(port) }, flags);
    await until(() => shop.output().includes("Lastone is open") || shop.process.exitCode !== null);
    if (shop.process.exitCode === null) return { ...shop, port, url: `http://127.0.0.1:${port}` };
    const isPortTaken = /EADDRINUSE|is taken by another program/.test(shop.output());
    if (!isPortTaken || settings.PORT || ports === MOST_PORTS)
      throw new Error(`the shop ended with ${shop.process.exitCode}:\n${shop.output()}`);
  }
}

/** Starts a shop without waiting for anything: for the ways in which it refuses to start. */
export function launchShop(
  settings: Record<string, string | undefined>,
  flags: string[] = [],
): Omit<Shop, "url" | "port"> {
  // No proxy sends anybody elsewhere: nothing is waited for at the end.
  const env = {
    ...process.env,
    NODE_ENV: "production",
    DRAIN: "0",
    ACCESS_LOG: "0",
    ...whereItIs(settings),
    ...settings,
  } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ["server/start.ts", ...flags], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, "exit");
    }
    return child.exitCode;
  };
  return { process: child, output: () => printed, stop };
}

/** By the name that tests use: a buyer who comes back by another one has no cookie there. */
function whereItIs({ HOST, PORT }: Record<string, string | undefined>): Record<string, string> {
  return PORT && !HOST ? { SHOP_URL: `http://127.0.0.1:${PORT}` } : {};
}

/** Milliseconds between two looks. */
const LOOK_EVERY = 20;

/**
 * Looks at a condition until it holds; fails after `milliseconds`, as a machine that has nothing else to do counts them: a busy one takes
 * longer for each look, and for what is waited for, so it is the looks that are counted.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  check?: () => void,
  milliseconds = 30_000,
): Promise<void> {
  for (let looks = 0; !(await holds()); looks += 1) {
    check?.();
    if (looks * LOOK_EVERY > milliseconds) throw new Error(`waited ${milliseconds} ms in vain for: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** A visitor without JavaScript: keeps cookies, follows nothing, sends forms as a browser does. */
export class Visitor {
  cookie = "";
  readonly #shop: string;

  constructor(shopUrl: string) {
    this.#shop = shopUrl;
  }

  async fetch(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("Cookie", this.cookie);
    const response = await fetch(new URL(target, this.#shop), { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) this.cookie = line.split(";")[0] ?? "";
    return response;
  }

  /** Opens an item's page and returns its form's key. */
  async openItem(itemId: string): Promise<string> {
    const html = await (await this.fetch(`/items/${itemId}`)).text();
    return /name="key" value="([^"]+)"/.exec(html)?.[1] ?? "";
  }

  pressBuy(itemId: string, fields: Record<string, string>): Promise<Response> {
    return this.fetch(`/items/${itemId}`, {
      method: "POST",
      headers: { Origin: this.#shop, "Sec-Fetch-Site": "same-origin" },
      body: new URLSearchParams({ quantity: "1", ...fields }),
    });
  }

  /** Starts a new run with this quantity, or the item's own. */
  reset(itemId: string, quantity?: number): Promise<Response> {
    return this.fetch(`/api/items/${itemId}/reset`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ quantity }),
    });
  }

  buyByJson(
    itemId: string,
    key: string,
    body: unknown = { quantity: 1 },
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.fetch(`/api/items/${itemId}/purchases`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }
}
