/** What the README tells an operator to type works as it stands, line after line, in a shop as the first start leaves it. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { read, section } from "../docs/repository.ts";
import { items } from "../setup/items.ts";

const [, file = "", commands = ""] =
  /```json\n([^]*?)\n```\n\n```\n([^]*?)\n```/.exec(section(read("README.md"), "## Run a real shop")) ?? [];

test("the commands of the README", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "lastone-readme-"));
  await writeFile(path.join(folder, "items.json"), file);
  const lines = commands.split("\n").map((line) => line.split("#").map((part) => part.trim()));
  expect(lines.length).toBeGreaterThan(5);
  for (const [command = "", comment = ""] of lines) {
    const [, args] = /^npm run items -- (.*)$/.exec(command) ?? [];
    if (args === undefined) {
      expect(command).toBe("npm run audit");
      const { stdout } = await promisify(execFile)(process.execPath, ["server/run.ts", "ops/audit.ts"]);
      expect(stdout).toContain("everything adds up");
      continue;
    }
    // The file that this line names is told beside it.
    await writeFile(path.join(folder, "changes.json"), comment);
    const answer = await items(args.split(" "), { INIT_CWD: folder });
    expect(answer, command).toMatchObject({ code: 0, complained: [] });
    const version = /--seen (\d+)/.exec(args)?.[1];
    if (version !== undefined) expect(comment).toContain(`version ${version}`);
  }
  await rm(folder, { recursive: true });
});
