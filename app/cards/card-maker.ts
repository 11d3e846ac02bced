/**
 * A program of its own: reads a card's sheet and its pictures from its input, a line of JSON, and writes the card as JPEG. What breaks in
 * it, with a name that no font has or a picture that no decoder knows, breaks this process alone; it knows no secret, writes no file, and
 * gives way to everything else.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { Resvg, type ResvgRenderOptions } from "@resvg/resvg-js";
import { MOST_PIXELS, sharp } from "#app/making/decoder.ts";
import { certificateOf, PLACE } from "./certificate.ts";
import { type CardPictures, drawingOf, placesOf } from "./drawing.ts";
import type { CardSheet, CertificateSheet } from "./sheet.ts";
import { escaped, type Font, WORD_SPACING } from "./text.ts";

/** `files`: those that there are, by address, in base64. */
export interface CardJob {
  sheet: CardSheet | CertificateSheet;
  files: Record<string, string>;
}

const QUALITY = 88;

const FONTS = path.join(import.meta.dirname, "fonts");
const options: ResvgRenderOptions = {
  font: {
    // None of the machine's: a card looks the same wherever it is made, also where there are none.
    loadSystemFonts: false,
    fontFiles: readdirSync(FONTS)
      .filter((file) => file.endsWith(".ttf"))
      .map((file) => path.join(FONTS, file)),
    defaultFontFamily: "Instrument Sans",
  },
  logLevel: "off",
};

/** By what would be drawn. */
function measure(said: string, { family, weight }: Font, size: number): number {
  const key = `${family} ${weight} ${said}`;
  const width = measured.get(key) ?? widthOf(said, family, weight);
  measured.set(key, width);
  return width * size;
}

const measured = new Map<string, number>();

/** For each pixel of the size. */
function widthOf(said: string, family: string, weight: number): number {
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg"><text font-family="${family}" font-weight="${weight}" font-size="100" word-spacing="${100 * WORD_SPACING}">${escaped(said)}</text></svg>`;
  return (new Resvg(drawn, options).getBBox()?.width ?? 0) / 100;
}

/** As a data URL of a kind that the drawing reads, no larger than its place. Undefined when nobody can read it. */
async function urlOf(file: Buffer, within: { width: number; height: number; fit: "cover" | "inside" }) {
  // It is drawn by what draws the card.
  if (isSvg(file)) return `data:image/svg+xml;base64,${file.toString("base64")}`;
  try {
    const small = sharp(file, { limitInputPixels: MOST_PIXELS, pages: 1 })
      .autoOrient()
      .resize({ ...within, withoutEnlargement: true });
    return `data:image/png;base64,${(await small.png({ compressionLevel: 1 }).toBuffer()).toString("base64")}`;
  } catch {
    return undefined;
  }
}

function isSvg(file: Buffer): boolean {
  return /^\s*<(\?xml|!--|!DOCTYPE|svg)/i.test(file.subarray(0, 200).toString());
}

async function make({ sheet, files }: CardJob): Promise<Buffer> {
  const there = sheet.pictures.flatMap((address) => files[address] ?? []).map((file) => Buffer.from(file, "base64"));
  const places = sheet.kind === "certificate" ? [PLACE] : placesOf(there.length);
  const pictures = await Promise.all(
    there.map((file, index) => urlOf(file, { width: 600, height: 630, ...places[index], fit: "cover" })),
  );
  const drawn = { pictures: pictures.filter((url) => url !== undefined), logo: await logoOf(sheet, files) };
  const drawing =
    sheet.kind === "certificate" ? certificateOf(sheet, drawn, measure) : drawingOf(sheet, drawn, measure);
  const image = new Resvg(drawing, options).render();
  const raw = { width: image.width, height: image.height, channels: 4 } as const;
  return sharp(image.pixels, { raw }).removeAlpha().jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer();
}

async function logoOf({ logo }: CardJob["sheet"], files: CardJob["files"]): Promise<CardPictures["logo"]> {
  const file = Buffer.from(files[logo] ?? "", "base64");
  const url = (await urlOf(file, { width: 600, height: 120, fit: "inside" })) ?? "";
  const { width, height } = isSvg(file) || url === "" ? { width: 1, height: 1 } : await sharp(file).metadata();
  return { url, width, height };
}

process.stdout.write(await make(JSON.parse(await text(process.stdin)) as CardJob));
