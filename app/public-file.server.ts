import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

/** What the shop serves besides its pages, as it is; the image has it, too. The shop and its commands run in the package's folder. */
const PUBLIC = path.resolve("public");

/** Whether there is a file of this address in public/. */
export function isPublicFile(address: string): boolean {
  return statSync(path.join(PUBLIC, path.normalize(address)), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Undefined when there is none, or none that can be read. */
export function readPublicFile(address: string): Promise<Buffer | undefined> {
  return readFile(path.join(PUBLIC, path.normalize(address))).catch(() => undefined);
}
