/** A certificate as SVG: what a receipt says, as a picture to keep. 1200 by 1500, in a frame, its number the largest of all. */
import { PAGE } from "#app/shop/accent.ts";
import { type CardPictures, COLOURS, INDENT, markOf, NAME, oneLine, PLAIN, STRONG, textOf } from "./drawing.ts";
import type { CertificateSheet } from "./sheet.ts";
import { drawable, fit, type Font, LEADING, type Measure } from "./text.ts";

const SIZE = { width: 1_200, height: 1_500 } as const;
const MIDDLE = SIZE.width / 2;
/** Of the words. */
const WIDTH = 880;

/** Where the item's picture is. */
export const PLACE = { x: MIDDLE - 250, y: 204, width: 500, height: 500 } as const;

/** What is between the picture, or the head, and the foot is in the middle of it. */
const FOOT = 1_306;
const WITHOUT_PICTURE = 204;

export function certificateOf(sheet: CertificateSheet, { pictures, logo }: CardPictures, measure: Measure): string {
  const [picture] = pictures;
  const from = picture === undefined ? WITHOUT_PICTURE : PLACE.y + PLACE.height;
  const drawn = [frame(sheet.accent), head(sheet, logo, measure), imageOf(picture)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}">
    <clipPath id="rounded"><rect ${whereOf(PLACE)} rx="24"/></clipPath>
    <rect width="100%" height="100%" fill="${PAGE.light}"/>${drawn.join("")}${body(sheet, from, measure)}${foot(sheet, measure)}</svg>`;
}

/** Two lines, each with corners that turn inwards, as on paper that is worth something. */
function frame(accent: string): string {
  return line(36, 44, COLOURS.ink, 3) + line(50, 44, accent, 1.5);
}

function line(inset: number, corner: number, colour: string, width: number): string {
  const [right, bottom] = [SIZE.width - inset, SIZE.height - inset];
  const arc = (x: number, y: number) => `A${corner} ${corner} 0 0 0 ${x} ${y}`;
  return `<path d="M${inset + corner} ${inset}H${right - corner}${arc(right, inset + corner)}V${bottom - corner}${arc(right - corner, bottom)}H${inset + corner}${arc(inset, bottom - corner)}V${inset + corner}${arc(inset + corner, inset)}Z" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

/** Whose shop it is. */
function head({ shop, hasLogo }: CertificateSheet, logo: CardPictures["logo"], measure: Measure): string {
  const mark = markOf(logo, hasLogo);
  const { said, size } = oneLine(shop, { font: NAME, size: 36, width: WIDTH - INDENT, measure });
  const width = hasLogo ? mark.width : INDENT + measure(said, NAME, size);
  const left = MIDDLE - width / 2;
  const image = `<image ${whereOf({ ...mark, x: left, y: 140 - mark.height / 2 })} href="${logo.url}" preserveAspectRatio="xMidYMid"/>`;
  return image + (hasLogo ? "" : textOf(said, { x: left + INDENT, y: 152, font: NAME, size, colour: COLOURS.ink }));
}

function imageOf(url: string | undefined): string {
  if (url === undefined) return "";
  const look = `${whereOf(PLACE)} clip-path="url(#rounded)"`;
  return `<rect ${look} fill="${COLOURS.line}" opacity="0.45"/><image ${look} href="${url}" preserveAspectRatio="xMidYMid slice"/>`;
}

function body({ yours, name, numberSign, number, more }: CertificateSheet, from: number, measure: Measure): string {
  const limits = { font: NAME, width: WIDTH, height: 150, lines: 2, largest: 60, smallest: 40, measure };
  const named = fit(drawable(name), limits);
  const step = named.size * LEADING;
  const large = numberSize(numberSign, number, measure);
  const parts = [
    { height: 58, draw: (y: number) => centred(yours, y + 38, STRONG, 34, COLOURS.good, measure) },
    ...named.lines.map((said) => ({
      height: step,
      draw: (y: number) => textOf(said, { ...NAMED, x: MIDDLE, y: y + named.size * 0.9, size: named.size }, true),
    })),
    // Its digits are three quarters as high as its size.
    {
      height: large * 0.75 + 56,
      draw: (y: number) => numbered(numberSign, number, y + large * 0.75 + 36, large, measure),
    },
    ...(more ? [{ height: 52, draw: (y: number) => centred(more, y + 40, PLAIN, 32, COLOURS.quiet, measure) }] : []),
  ];
  const height = parts.reduce((sum, part) => sum + part.height, 0);
  let y = from + (FOOT - from - height) / 2;
  return parts
    .map((part) => {
      const drawn = part.draw(y);
      y += part.height;
      return drawn;
    })
    .join("");
}

const NAMED = { font: NAME, colour: COLOURS.ink } as const;
/** For each pixel of the number's size: the sign before it, and what is between them. */
const SIGN = { size: 0.42, gap: 0.16 } as const;

/** Largest that fits. */
function numberSize(sign: string, number: string, measure: Measure): number {
  return Math.min(264, WIDTH / (measure(number, NAME, 1) + SIGN.gap + measure(sign, NAME, SIGN.size)));
}

function numbered(sign: string, number: string, y: number, size: number, measure: Measure): string {
  const signed = measure(sign, NAME, size * SIGN.size) + size * SIGN.gap;
  const left = MIDDLE - (signed + measure(number, NAME, size)) / 2;
  return (
    textOf(sign, { ...NAMED, x: left, y, size: size * SIGN.size }) +
    textOf(number, { ...NAMED, x: left + signed, y, size })
  );
}

/** When it was bought, and by which id the shop finds it. */
function foot({ moment, id, accent }: CertificateSheet, measure: Measure): string {
  const rule = (x: number) =>
    `<rect x="${x}" y="${FOOT + 7}" width="120" height="1.5" fill="${COLOURS.quiet}" opacity="0.5"/>`;
  const mark = `<path d="M${MIDDLE} ${FOOT}l8 8l-8 8l-8 -8z" fill="${accent}"/>`;
  return (
    rule(MIDDLE - 144) +
    mark +
    rule(MIDDLE + 24) +
    centred(moment, FOOT + 66, STRONG, 28, COLOURS.ink, measure) +
    centred(id, FOOT + 104, PLAIN, 20, COLOURS.quiet, measure)
  );
}

function centred(text: string, y: number, font: Font, largest: number, colour: string, measure: Measure): string {
  const { said, size } = oneLine(text, { font, size: largest, width: WIDTH, measure });
  return textOf(said, { x: MIDDLE, y, font, size, colour }, true);
}

function whereOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): string {
  return `x="${x}" y="${y}" width="${width}" height="${height}"`;
}
