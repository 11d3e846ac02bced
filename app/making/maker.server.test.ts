import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { runMaker } from "./maker.server.ts";

const folder = await mkdtemp(path.join(tmpdir(), "maker-"));
afterAll(() => void vi.unstubAllEnvs());
afterAll(() => rm(folder, { recursive: true }));

async function programOf(code: string): Promise<string> {
  const file = path.join(folder, `${crypto.randomUUID()}.mjs`);
  await writeFile(file, code);
  return file;
}

const run = async (code: string, input: string) =>
  runMaker({ program: await programOf(code), args: ["logo"], memory: 64 }, input);

test("what a program writes is what is made, of what it reads and of its arguments", async () => {
  const code = "process.stdout.write(process.argv[2] + ' '); process.stdin.pipe(process.stdout)";
  const made = await run(code, "a picture");
  expect(made.kind === "made" && made.output.toString()).toBe("logo a picture");
});

test("a program that ends before it has read, or dies, has failed; that ends nothing else", async () => {
  expect(await run("process.exit(3)", "x".repeat(5_000_000))).toEqual({ kind: "failed", code: 3 });
  expect(await run("process.kill(process.pid, 'SIGKILL')", "")).toEqual({ kind: "failed", code: null });
});

test("a program knows none of the shop's secrets", async () => {
  vi.stubEnv("SECRET_OF_THE_SHOP", "s");
  const made = await run("process.stdout.write(Object.keys(process.env).join())", "");
  expect(made.kind === "made" && made.output.toString()).toBe("NODE_ENV,UV_THREADPOOL_SIZE,VIPS_CONCURRENCY");
});
