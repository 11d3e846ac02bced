/**
 * A program of its own: reads a picture from its input, and writes what the shop keeps of it. What breaks a decoder, or keeps it
 * busy, breaks and keeps busy this process alone; it knows no secret, writes no file, and gives way to everything else.
 * With the argument `logo` it makes icons, too. Output: one line of JSON (`Head`), then the files' bytes one after the other.
 */
import { createHash } from "node:crypto";
import { MOST_PIXELS, sharp, type Sharp } from "#app/making/decoder.ts";
import { ICONS, type MadePicture, type PictureKind } from "#app/shop/pictures.ts";

export type Head =
  | { refused: "kind" | "too_many_pixels" | "broken" }
  | { picture: MadePicture; files: { file: string; size: number }[] };

const WIDTHS = [480, 960, 1_600];
/** Of the longer side: a tall picture is no larger than a wide one. */
const LONGEST_SIDE = 2_400;
const BLURRED_WIDTH = 16;

const KINDS: Record<PictureKind, (picture: Sharp) => Sharp> = {
  avif: (picture) => picture.avif({ quality: 55, effort: 2 }),
  webp: (picture) => picture.webp({ quality: 80 }),
};

/** As sharp names what it has found; AVIF is HEIF with AV1 in it. */
const READ = new Set(["png", "jpeg", "webp", "av1"]);

class Refused extends Error {
  readonly why: Extract<Head, { refused: unknown }>["refused"];

  constructor(why: Refused["why"]) {
    super(why);
    this.why = why;
  }
}

async function make(bytes: Buffer): Promise<{ head: Head; contents: Buffer[] }> {
  const options = { limitInputPixels: MOST_PIXELS, pages: 1, failOn: "warning", sequentialRead: true } as const;
  const found = await sharp(bytes, { ...options, limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw new Refused("kind");
    });
  if (!READ.has(found.format === "heif" ? (found.compression ?? "") : found.format)) throw new Refused("kind");
  if (found.width * (found.pageHeight ?? found.height) > MOST_PIXELS) throw new Refused("too_many_pixels");

  // Turned as the camera was held. What else it says of place and time is not written again.
  const { data, info } = await sharp(bytes, options)
    .autoOrient()
    .toColourspace("srgb")
    .resize({ width: WIDTHS.at(-1) as number, height: LONGEST_SIDE, fit: "inside", withoutEnlargement: true })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const decoded = () => sharp(data, { raw: { width, height, channels } });
  const widths = [...WIDTHS.filter((each) => each < width), width];
  const made = await Promise.all(
    widths.flatMap((each) =>
      Object.entries(KINDS).map(async ([kind, encode]) => ({
        file: `${each}.${kind}`,
        content: await encode(each < width ? decoded().resize({ width: each }) : decoded()).toBuffer(),
      })),
    ),
  );
  if (process.argv.includes("logo"))
    for (const size of ICONS) made.push({ file: `${size}.png`, content: await icon(decoded(), size).toBuffer() });
  const isSeenThrough = found.hasAlpha && !(await decoded().stats()).isOpaque;
  const small = await decoded().resize({ width: BLURRED_WIDTH }).webp({ quality: 40 }).toBuffer();
  const name = made.reduce(
    (hash, { file, content }) => hash.update(`${file} ${content.length} `).update(content),
    createHash("sha256"),
  );
  const picture: MadePicture = {
    name: name.digest("hex"),
    width,
    height,
    widths,
    ...(!isSeenThrough && { blurred: `data:image/webp;base64,${small.toString("base64")}` }),
  };
  return {
    head: { picture, files: made.map(({ file, content }) => ({ file, size: content.length })) },
    contents: made.map(({ content }) => content),
  };
}

/** All of it, in the middle of a square. */
function icon(logo: Sharp, size: number): Sharp {
  // What one sees through would be black on a telephone's screen.
  const isOpaque = size === ICONS[0];
  const background = isOpaque ? "#fff" : "#0000";
  return logo
    .flatten(isOpaque && { background })
    .resize({ width: size, height: size, fit: "contain", background })
    .png();
}

const input: Buffer[] = [];
for await (const chunk of process.stdin) input.push(chunk as Buffer);
const { head, contents } = await make(Buffer.concat(input)).catch((error: unknown) => ({
  head: { refused: error instanceof Refused ? error.why : "broken" } satisfies Head,
  contents: [],
}));
process.stdout.write(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...contents]));
