/** The operator's program, as a process of its own: what it announces goes to the database that the run is about. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Command, Reply, Verb, Verbs } from "./operator.ts";

export class OperatorProgram implements Verbs {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #commands = 0;

  constructor(databaseUrl: string, cookieSecret: string) {
    this.#process = fork(path.join(import.meta.dirname, "operator.ts"), {
      env: { ...process.env, NODE_ENV: "production", DATABASE_URL: databaseUrl, COOKIE_SECRET: cookieSecret },
    });
    this.#process.on("message", (reply: Reply) => this.#waiting.get(reply.id)?.(reply));
    this.#process.once("exit", (code) => {
      for (const [id, settle] of this.#waiting) settle({ id, error: `the operator's program ended with ${code}` });
    });
  }

  restock = this.#verb("restock");
  reprice = this.#verb("reprice");
  audit = this.#verb("audit");

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.disconnect();
    await once(this.#process, "exit");
  }

  #verb<Name extends Verb>(verb: Name): Verbs[Name] {
    const ask = async (...args: unknown[]) => {
      const id = (this.#commands += 1);
      const { value, error } = await new Promise<Reply>((resolve) => {
        this.#waiting.set(id, resolve);
        this.#process.send({ id, verb, args } satisfies Command);
      });
      this.#waiting.delete(id);
      if (error !== undefined) throw new Error(error);
      return value;
    };
    return ask as Verbs[Name];
  }
}
