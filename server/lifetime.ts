/** The life of a program between what is brought up before it and taken down after it: signals, its end, its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Refusal } from "./refusal.ts";
import { root } from "./settings.ts";

/** Milliseconds after its own time that a program has until it is killed: it should have ended by itself. */
const PATIENCE = 500;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export class Lifetime {
  readonly #ending = new AbortController();
  readonly #takeDown: (() => Promise<void>)[] = [];
  #failed = false;

  /** Aborted, by a signal at any moment and with its name, when all of it is to be taken down. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Does the work, whose result is the exit code, then takes everything down. Resolves to the exit code. */
  static async of(work: (life: Lifetime) => Promise<number>): Promise<{ code: number; life: Lifetime }> {
    const life = new Lifetime();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => life.#end(signal));
    life.#watchParent();
    let code = 0;
    try {
      code = await work(life);
    } catch (error) {
      if (!life.ending.aborted) {
        code = 1;
        process.stderr.write(
          error instanceof Refusal ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
        );
      }
    } finally {
      for (const stop of life.#takeDown) await stop();
    }
    return { code: life.#failed ? 1 : code, life };
  }

  /** To be called at the end, whatever it comes from. */
  atTheEnd(stop: () => Promise<void>): void {
    this.#takeDown.unshift(stop);
  }

  /** Ends everything because of something that only the operator can put right. */
  fail(reason: Refusal): void {
    process.stderr.write(`${reason.message}\n`);
    this.#failed = true;
    this.#end("SIGTERM");
  }

  /**
   * Runs a program until it ends. Told to end, it may finish what it is doing: it gets the signal, and `milliseconds` of
   * its own until it is killed. Lines of its standard output that match `unwanted` go nowhere. `hear` is called with what it
   * says by the channel.
   */
  async run(
    name: string,
    args: string[],
    env: NodeJS.ProcessEnv,
    milliseconds: number,
    { unwanted, hear }: { unwanted?: RegExp; hear?: (message: unknown) => void } = {},
  ): Promise<Ended> {
    const output = unwanted ? "pipe" : "inherit";
    // The channel tells the program when this process is gone, even by kill -9: it ends then, and leaves the port free.
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["inherit", output, "inherit", "ipc"] });
    if (hear) child.on("message", hear);
    if (child.stdout)
      createInterface(child.stdout).on("line", (line) => unwanted?.test(line) || process.stdout.write(`${line}\n`));
    const stop = () => void this.#stop(name, child, milliseconds + PATIENCE);
    if (this.ending.aborted) stop();
    else this.ending.addEventListener("abort", stop, { once: true });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    this.ending.removeEventListener("abort", stop);
    return { code, signal };
  }

  async #stop(name: string, child: ChildProcess, patience: number): Promise<void> {
    const signal = this.ending.reason as NodeJS.Signals;
    // Ctrl-C in a terminal has reached the child already; twice does no harm.
    child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    const killer = setTimeout(() => {
      process.stderr.write(`The ${name} did not end within ${patience} ms, and was killed.\n`);
      child.kill("SIGKILL");
    }, patience);
    await once(child, "exit");
    clearTimeout(killer);
  }

  #end(signal: NodeJS.Signals): void {
    if (!this.ending.aborted) this.#ending.abort(signal);
  }

  /** npm's shell does not hand every signal on. When npm is gone, nobody is left who could stop this process. */
  #watchParent(): void {
    if (!process.env.npm_lifecycle_event) return;
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && this.#end("SIGTERM"), 500).unref();
  }
}
