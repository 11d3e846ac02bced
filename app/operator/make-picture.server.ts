/** Makes of an uploaded file what the shop shows, in a process of its own (picture-maker.ts), one at a time. */
import { runMaker } from "#app/making/maker.server.ts";
import { OneAtATime } from "#app/making/one-at-a-time.ts";
import { singleton } from "#app/singleton.server.ts";
import type { MadePicture } from "#app/shop/pictures.ts";
import { kindOf } from "./picture-kind.ts";
import type { Head } from "./picture-maker.ts";

/** Bytes of the file as it is sent: 10 MB, as phones and people count. */
const MOST_BYTES = 10_000_000;

/** Who may wait for their turn: each holds a file in memory. */
const MOST_WAITING = 5;
const MAKER = { program: "app/operator/picture-maker.ts", memory: 128 };

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
  const made = await runMaker({ ...MAKER, args: [what] }, bytes);
  switch (made.kind) {
    case "made":
      return read(made.output);
    case "failed":
      return { kind: "refused", why: "broken" };
    case "took_too_long":
      return { kind: "refused", why: "took_too_long" };
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
