/** An operator's command, as a process of its own. */
import { execFile } from "node:child_process";

export interface Ran {
  code: number;
  said: string[];
  complained: string[];
}

/** What `node ops/… args` says, and how it ends. */
export function command(
  script: string,
  args: string[],
  settings: Record<string, string | undefined> = {},
  input = "",
): Promise<Ran> {
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const env = { ...process.env, ...settings };
  return new Promise((resolve) => {
    const running = execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: lines(stdout), complained: lines(stderr) });
    });
    running.stdin?.end(input);
  });
}
