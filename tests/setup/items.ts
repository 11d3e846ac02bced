import { execFile } from "node:child_process";

/** What `npm run items` runs, and how it ends. */
export function items(
  args: string[],
  settings: Record<string, string | undefined> = {},
  input = "",
): Promise<{ code: number; said: string[]; complained: string[] }> {
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  const env = { ...process.env, ...settings };
  return new Promise((resolve) => {
    const command = execFile(process.execPath, ["ops/items.ts", ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: lines(stdout), complained: lines(stderr) });
    });
    command.stdin?.end(input);
  });
}
