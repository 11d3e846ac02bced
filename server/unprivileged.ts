import { execFile, spawn } from "node:child_process";
import { chown, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { Refusal } from "./refusal.ts";

const run = promisify(execFile);

/** Runs a program to its end, or kills it at `ending`, as a user PostgreSQL accepts; rejects with what it printed when it fails. */
export type AsUser = ((program: string, args: string[], ending?: AbortSignal) => Promise<void>) & {
  own: (path: string) => Promise<void>;
};

/**
 * PostgreSQL refuses to run as root. Started by root (containers), its programs run as the cluster's owner, or
 * `postgres`, or `nobody`; where that user may not enter the folders above, it keeps the one right to do so.
 */
export async function unprivileged(cluster: string, binary: string): Promise<AsUser> {
  if (process.getuid?.() !== 0) {
    return Object.assign(
      (program: string, args: string[], ending?: AbortSignal) => execute(program, args, {}, ending),
      { own: () => Promise.resolve() },
    );
  }
  const user = (await ownerOf(cluster)) ?? (await idsOf("postgres")) ?? (await idsOf("nobody"));
  if (!user) throw new Refusal("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` here.");
  const { uid, gid } = user;
  const own = (target: string) => chown(target, uid, gid);

  const mayEnter = await execute("test", ["-x", binary, "-a", "-x", path.dirname(cluster)], { uid, gid }).then(
    () => true,
    () => false,
  );
  if (mayEnter)
    return Object.assign(
      (program: string, args: string[], ending?: AbortSignal) => execute(program, args, { uid, gid }, ending),
      { own },
    );

  const withEntry = [
    ...[`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--securebits=+no_setuid_fixup"],
    ...["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--"],
  ];
  await execute("setpriv", [...withEntry, "test", "-x", binary]).catch(() => {
    throw new Refusal(
      `PostgreSQL does not run as root, and user ${uid} may not enter ${path.dirname(cluster)}. Move the shop (and DATA_DIR) to a folder that others may enter.`,
    );
  });
  return Object.assign(
    (program: string, args: string[], ending?: AbortSignal) =>
      execute("setpriv", [...withEntry, program, ...args], {}, ending),
    { own },
  );
}

/**
 * In a process group of its own, so that Ctrl-C in the terminal reaches Lastone alone, which decides what ends when.
 * stdio goes nowhere but stderr: a server started by pg_ctl would hold an inherited pipe open for as long as it runs.
 */
function execute(
  program: string,
  args: string[],
  user: { uid?: number; gid?: number } = {},
  ending?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    ending?.throwIfAborted();
    const child = spawn(program, args, {
      ...user,
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      // initdb takes the zone of its surroundings for the server's own.
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    const killGroup = () => {
      try {
        if (child.pid) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    };
    ending?.addEventListener("abort", killGroup);
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      ending?.removeEventListener("abort", killGroup);
      child.stderr.destroy();
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(program)} ended with ${signal ?? code}: ${complaint.trim()}`));
    });
  });
}

async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)),
    );
    return uid && gid ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}
