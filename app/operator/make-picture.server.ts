/** Makes of an uploaded file what the shop shows, in a process of its own (picture-maker.ts), one at a time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { singleton } from "#app/singleton.server.ts";
import type { MadePicture } from "#app/shop/pictures.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { kindOf } from "./picture-kind.ts";
import type { Head } from "./picture-maker.ts";

/** Bytes of the file as it is sent. */
export const MOST_BYTES = 10_000_000;

/** Milliseconds: a photo of 24 megapixels takes a few seconds of an idle core, and waits while others need it. */
const WITHIN = 30_000;
/** Who may wait for their turn: each holds a file in memory. */
const MOST_WAITING = 5;
/** Of the old generation, in megabytes; what decodes takes its memory elsewhere. */
const MOST_MEMORY = 128;

/** The shop runs in the package's folder, also where it is bundled. */
const MAKER = path.resolve("app/operator/picture-maker.ts");

export interface PictureFile {
  /** Its width and kind, as in 960.avif. */
  file: string;
  content: Buffer;
}

/** `kind`: it is none of the four; `found` is what it is, if one can tell. */
export type NoPicture =
  | { kind: "refused"; why: "empty" | "too_large" | "too_many_pixels" | "broken" | "took_too_long" }
  | { kind: "refused"; why: "kind"; found: string | undefined };

export type Making = { kind: "made"; picture: MadePicture; files: PictureFile[] } | NoPicture;

const desk = singleton("picture-desk", () => new OneAtATime(MOST_WAITING));

/** Of a logo also its icons. Writes nothing. Throws TooMany when too many wait already. */
export async function makePicture(bytes: Buffer, what: "picture" | "logo" = "picture"): Promise<Making> {
  if (bytes.length === 0) return { kind: "refused", why: "empty" };
  if (bytes.length > MOST_BYTES) return { kind: "refused", why: "too_large" };
  // Before any decoder is asked.
  const found = kindOf(bytes);
  if (!found.isTaken) return { kind: "refused", why: "kind", found: found.name };
  return desk.run(() => make(bytes, what));
}

async function make(bytes: Buffer, what: "picture" | "logo"): Promise<Making> {
  const maker = spawn(process.execPath, [`--max-old-space-size=${MOST_MEMORY}`, MAKER, what], {
    // None of the shop's secrets.
    env: { NODE_ENV: "production", UV_THREADPOOL_SIZE: "1", VIPS_CONCURRENCY: "1" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const timer = setTimeout(() => maker.kill("SIGKILL"), WITHIN);
  try {
    const output: Buffer[] = [];
    maker.stdout.on("data", (chunk: Buffer) => void output.push(chunk));
    // It has ended without reading to the end: its exit says why.
    maker.stdin.on("error", () => undefined);
    maker.stdin.end(bytes);
    const [code] = (await once(maker, "close")) as [number | null];
    if (maker.killed) return { kind: "refused", why: "took_too_long" };
    if (code !== 0) return { kind: "refused", why: "broken" };
    return read(Buffer.concat(output));
  } finally {
    clearTimeout(timer);
  }
}

function read(output: Buffer): Making {
  const end = output.indexOf("\n");
  const head = JSON.parse(output.subarray(0, end).toString()) as Head;
  if ("refused" in head)
    return head.refused === "kind"
      ? { kind: "refused", why: "kind", found: undefined }
      : { kind: "refused", why: head.refused };
  let from = end + 1;
  const files = head.files.map(({ file, size }) => ({ file, content: output.subarray(from, (from += size)) }));
  return { kind: "made", picture: head.picture, files };
}
