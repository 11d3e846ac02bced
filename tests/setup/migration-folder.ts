/** A folder with the shop's migrations, up to one of them or with one more, as another version of the shop brings it. */
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const OWN = path.resolve(import.meta.dirname, "../../prisma/migrations");

/** The names of the shop's own migrations, the first one first. */
export async function listMigrationNames(): Promise<string[]> {
  const entries = await readdir(OWN, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export async function folderOfMigrations(
  names: string[],
  more: Record<string, string> = {},
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-migrations-"));
  await cp(path.join(OWN, "migration_lock.toml"), path.join(folder, "migration_lock.toml"));
  for (const name of names) await cp(path.join(OWN, name), path.join(folder, name), { recursive: true });
  for (const [name, sql] of Object.entries(more)) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, "migration.sql"), sql);
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
