import { statSync } from "node:fs";
import path from "node:path";

/** What the shop serves besides its pages, as it is; the image has it, too. The shop and its commands run in the package's folder. */
const PUBLIC = path.resolve("public");

/** Whether there is a file of this address in public/. */
export function isPublicFile(address: string): boolean {
  return statSync(path.join(PUBLIC, path.normalize(address)), { throwIfNoEntry: false })?.isFile() ?? false;
}
