/**
 * One instance of the shop as it is served: remix-serve with the built bundle, on a port and with a proxy to the database
 * of its own. Its sessions are told from the other's by their application_name, which the connection string overrides.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { until } from "#harness/shop.ts";
import { startProxy, type SwitchableProxy } from "#harness/switchable-proxy.ts";

const root = path.resolve(import.meta.dirname, "../..");
const SERVER = ["--max-semi-space-size=64", "node_modules/@remix-run/serve/dist/cli.js", "build/server/index.js"];

/** Milliseconds for an end in order; the shop itself has a second less, so that it says whom it cuts off. */
const PATIENCE = 8_000;

export interface InstanceSettings {
  name: string;
  databaseUrl: string;
  cookieSecret: string;
  control: string | undefined;
  /** Where it listens: a free port otherwise. */
  port?: number;
  /** More of its environment. */
  settings?: Record<string, string>;
  /** Everything that it prints is added here. */
  logFile: string;
}

export class Instance {
  readonly name: string;
  readonly url: string;
  readonly proxy: SwitchableProxy;
  readonly #env: NodeJS.ProcessEnv;
  readonly #control: string | undefined;
  readonly #logFile: string;
  #process: ChildProcess | undefined;

  static async open(settings: InstanceSettings): Promise<Instance> {
    const direct = new URL(settings.databaseUrl);
    direct.searchParams.set("application_name", settings.name);
    const instance = new Instance(settings, await startProxy(direct.href), settings.port ?? (await lastingPort()));
    await instance.start();
    return instance;
  }

  private constructor(
    { name, cookieSecret, control, settings, logFile }: InstanceSettings,
    proxy: SwitchableProxy,
    port: number,
  ) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.proxy = proxy;
    this.#control = control;
    this.#logFile = logFile;
    this.#env = {
      ...process.env,
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: proxy.url,
      DATABASE_POOL: "8",
      COOKIE_SECRET: cookieSecret,
      DEMO: "1",
      // Everybody comes from one address here, and as often somebody new.
      BUYER_AGE: "0",
      NEW_BUYERS_PER_ADDRESS: "1000000",
      UNITS_PER_ADDRESS: "1000000",
      HISTORY_CONTROL: control,
      STOP_WITHIN: String(PATIENCE - 1_000),
      DRAIN: "0",
      ...settings,
    };
  }

  async start(): Promise<void> {
    const preload = this.#control ? ["--import", path.join(import.meta.dirname, "break-shop.ts")] : [];
    // The channel ends the instance with this program, however this program ends.
    const child = spawn(process.execPath, [...preload, ...SERVER], {
      cwd: root,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#process = child;
    const log = createWriteStream(this.#logFile, { flags: "a" });
    for (const stream of [child.stdout, child.stderr]) stream?.pipe(log, { end: false });
    child.once("exit", () => log.end());
    await until(
      () => this.#isHealthy(),
      () => {
        if (child.exitCode !== null)
          throw new Error(`${this.name} ended with exit code ${child.exitCode}: see ${this.#logFile}`);
      },
    );
  }

  /** In the moment of the call: whoever waits for the result waits for the process to be gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** As its operator ends it: purchases under way are answered. */
  async end(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const killer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    child.kill("SIGTERM");
    await once(child, "exit");
    clearTimeout(killer);
  }

  /** The process and its way to the database. */
  async close(): Promise<void> {
    await this.kill();
    this.proxy.close();
  }

  #isHealthy(): Promise<boolean> {
    return fetch(`${this.url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
  }
}

/** A free port below those that systems give out by themselves: while the instance is down, no connection gets it. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) =>
      probe.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true)),
    );
    if (isFree) {
      probe.close();
      await once(probe, "close");
      return port;
    }
  }
}
