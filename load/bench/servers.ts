/** The two servers of the fan-out: the shop's own process, and a bare one. Both can be asked for their memory. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "#server/port.ts";
import { COOKIE_SECRET } from "./stage.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** A Node process whose garbage can be collected from outside, through its inspector. */
class Inspected {
  readonly url: string;
  memoryAtStart = 0;
  readonly #process: ChildProcess;
  readonly #inspector: WebSocket;
  #calls = 0;

  protected constructor(url: string, process: ChildProcess, inspector: WebSocket) {
    this.url = url;
    this.#process = process;
    this.#inspector = inspector;
  }

  protected static async launch(
    args: string[],
    env: Record<string, string>,
    url: string,
  ): Promise<[ChildProcess, WebSocket]> {
    const child = spawn(process.execPath, ["--inspect=0", "--max-semi-space-size=64", ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let printed = "";
    child.stderr?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    while (
      !(await fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}: ${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const inspector = new WebSocket(/ws:\/\/\S+/.exec(printed)?.[0] ?? "");
    await once(inspector, "open");
    return [child, inspector];
  }

  /** Bytes that the process holds after a full collection. */
  async memory(): Promise<number> {
    for (let collections = 0; collections < 2; collections += 1) {
      const id = (this.#calls += 1);
      const done = new Promise<void>((resolve) => {
        const hear = (event: MessageEvent) => {
          if ((JSON.parse(String(event.data)) as { id?: number }).id !== id) return;
          this.#inspector.removeEventListener("message", hear);
          resolve();
        };
        this.#inspector.addEventListener("message", hear);
      });
      this.#inspector.send(JSON.stringify({ id, method: "HeapProfiler.collectGarbage" }));
      await done;
      // What the collection frees goes back to the system a little later.
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const status = readFileSync(`/proc/${this.#process.pid ?? 0}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
  }

  async stop(): Promise<void> {
    this.#inspector.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGTERM");
    await once(this.#process, "exit");
  }
}

export class ShopServer extends Inspected {
  static async start(databaseUrl: string): Promise<ShopServer> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      COOKIE_SECRET,
      DEMO: "1",
      DRAIN: "0",
      // All its visitors come from this machine.
      LIVE_STREAMS_PER_ADDRESS: "10000",
      // It is kept in memory here, with all that is printed.
      ACCESS_LOG: "0",
    };
    const shop = new ShopServer(
      url,
      ...(await ShopServer.launch(["node_modules/@remix-run/serve/dist/cli.js", "build/server/index.js"], env, url)),
    );
    // What the first requests load and compile is not a stream's.
    for (let request = 0; request < 200; request += 1) await (await fetch(`${url}/items/moon-moth`)).arrayBuffer();
    shop.memoryAtStart = await shop.memory();
    return shop;
  }
}

export class BareServer extends Inspected {
  static async start(): Promise<BareServer> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    return new BareServer(
      url,
      ...(await BareServer.launch([path.join(import.meta.dirname, "bare-server.ts")], { PORT: String(port) }, url)),
    );
  }

  async tell(): Promise<{ mark: string; at: number }> {
    return (await (await fetch(`${this.url}/tell`)).json()) as { mark: string; at: number };
  }
}
