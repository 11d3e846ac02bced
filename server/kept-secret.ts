import { randomBytes } from "node:crypto";
import { chmod, link, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeDataDir } from "./data-dir.ts";
import { Refusal } from "./refusal.ts";

/** A random secret that is made once, kept in the data directory for its owner's eyes only, and found again. */
export async function keptSecret(dataDir: string, name: string, bytes = 32): Promise<string> {
  await makeDataDir(dataDir);
  const file = path.join(dataDir, name);
  // Written beside it and linked into place: cut off half-way, it leaves nothing that looks like a secret.
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, randomBytes(bytes).toString("base64url"), { mode: 0o600 });
  await link(fresh, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  await rm(fresh);
  await chmod(file, 0o600);
  const secret = (await readFile(file, "utf8")).trim();
  if (secret.length < Math.ceil((bytes * 4) / 3))
    throw new Refusal(`${file} is too short to be a secret. Delete it to have a new one made.`);
  return secret;
}
