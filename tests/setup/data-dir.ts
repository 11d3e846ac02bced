import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Copies the data of a server that does not run, with their owner, whom PostgreSQL asks for. */
export async function copyDataDir(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", `${from}/.`, to]);
}
