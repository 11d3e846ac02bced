/** The demo's way, as a server of its own: with Python by FastAPI, uvloop and asyncpg, else by `pg` behind a bare Node server. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { freePort } from "#server/port.ts";

const here = path.join(import.meta.dirname, "demo");
/** Python's packages, for this bench alone. */
const venv = path.join(here, ".venv");

export interface Rival {
  /** What the table calls it. */
  name: string;
  url: string;
  stop: () => Promise<void>;
}

export async function startDemo(databaseUrl: string): Promise<Rival> {
  const python = preparePython();
  const port = await freePort();
  const child = python
    ? launch(
        path.join(venv, "bin/uvicorn"),
        [
          "main:app",
          "--port",
          String(port),
          "--no-access-log",
          "--log-level",
          "warning",
          "--loop",
          "uvloop",
          "--http",
          "httptools",
        ],
        databaseUrl,
      )
    : launch(process.execPath, ["server.ts"], databaseUrl, port);
  return {
    name: python ? "the demo (FastAPI, uvloop, asyncpg)" : "the demo's statements by pg behind node:http",
    ...(await untilItAnswers(child, `http://127.0.0.1:${port}`, "/items/one")),
  };
}

/** The least that answers with JSON at all. */
export async function startBare(): Promise<Rival> {
  const port = await freePort();
  const child = launch(process.execPath, [path.join(import.meta.dirname, "bare-server.ts")], "", port);
  return { name: "bare node:http", ...(await untilItAnswers(child, `http://127.0.0.1:${port}`, "/healthz")) };
}

/** Whether there is a Python that has, or can be given, what the demo needs. */
function preparePython(): boolean {
  if (existsSync(path.join(venv, "bin/uvicorn"))) return true;
  try {
    execFileSync("python3", ["-m", "venv", venv], { stdio: "ignore" });
    execFileSync(path.join(venv, "bin/pip"), ["install", "-q", "-r", path.join(here, "requirements.txt")], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

function launch(command: string, args: string[], databaseUrl: string, port?: number): ChildProcess {
  const env = { ...process.env, DATABASE_URL: databaseUrl, ...(port !== undefined && { PORT: String(port) }) };
  return spawn(command, args, { cwd: here, env, stdio: ["ignore", "ignore", "inherit"] });
}

async function untilItAnswers(child: ChildProcess, url: string, path: string): Promise<Pick<Rival, "url" | "stop">> {
  const answers = () =>
    fetch(`${url}${path}`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`a rival ended with exit code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { url, stop };
}
