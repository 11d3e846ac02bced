import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { reasonOf, Refusal } from "./refusal.ts";

/** Makes the data directory, with the folders above it, where there is none. Throws a Refusal when it cannot be one. */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir);
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(`DATA_DIR is ${dataDir}, which cannot be used as a folder for data: ${reasonOf(error)}`);
  }
}

/** One after the other: asked for all of them at once, Node never comes to an end where none can be made, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  });
  if (found?.isDirectory()) return;
  if (found) throw new Error("it is a file");
  await makeFolder(path.dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    // Somebody else was quicker.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
}
