/** A card as SVG: 1200 by 630, a picture to the left and the words beside it. */
import { PAGE } from "#app/shop/accent.ts";
import type { CardSheet } from "./sheet.ts";
import { drawable, escaped, fit, type Font, LEADING, type Measure, WORD_SPACING } from "./text.ts";

export const SIZE = { width: 1_200, height: 630 } as const;

/** As in app/styles.css, in light. */
export const COLOURS = { ink: "#1d2026", quiet: "#5f6068", line: "#e2dcd0", good: "#3f6b45" } as const;

/** Beside the words, or above them: how much of the card the pictures have, and how much is between two of them. */
const BESIDE = { width: 600, height: SIZE.height } as const;
const ABOVE = { width: SIZE.width, height: 396, gap: 6 } as const;
/** Where the words are: from here, and as wide as this. */
const COLUMN = { left: 656, width: 488 } as const;
const ALONE = { left: 64, width: 1_072 } as const;
const BELOW = { left: 56, width: 780 } as const;
type Column = Readonly<{ left: number; width: number }>;
const TOP = 56;
const BOTTOM = 578;

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where each of so many pictures is: one beside the words, several in a row above them. */
export function placesOf(count: number): Place[] {
  if (count === 1) return [{ x: 0, y: 0, ...BESIDE }];
  const { height, gap } = ABOVE;
  const width = (ABOVE.width - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, index) => ({ x: index * (width + gap), y: 0, width, height }));
}

/** `pictures`: those of the sheet that there are, and `logo`, as data URLs. */
export interface CardPictures {
  pictures: string[];
  logo: { url: string; width: number; height: number };
}

export function drawingOf(sheet: CardSheet, { pictures, logo }: CardPictures, measure: Measure): string {
  const isOver = sheet.kind === "item" && sheet.isOver;
  const places = placesOf(pictures.length);
  const drawn = pictures.map((url, index) => imageOf(url, places[index], isOver));
  const words =
    pictures.length > 1
      ? wordsBelow(sheet, logo, measure)
      : wordsBeside(sheet, logo, new Words(pictures.length > 0 ? COLUMN : ALONE, measure));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}">
    <filter id="faded"><feColorMatrix type="saturate" values="0.5"/></filter>
    <rect width="100%" height="100%" fill="${PAGE.light}"/>${drawn.join("")}${words.drawn}</svg>`;
}

function imageOf(url: string, place: Place | undefined, isOver: boolean): string {
  if (!place) return "";
  const { x, y, width, height } = place;
  const where = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  const faded = isOver ? ' opacity="0.55" filter="url(#faded)"' : "";
  return `<rect ${where} fill="${COLOURS.line}" opacity="0.45"/><image ${where} href="${url}" preserveAspectRatio="xMidYMid slice"${faded}/>`;
}

export const NAME: Font = { family: "Fraunces", weight: 600 };
export const STRONG: Font = { family: "Instrument Sans", weight: 600 };
export const PLAIN: Font = { family: "Instrument Sans", weight: 500 };

function wordsBeside(sheet: CardSheet, logo: CardPictures["logo"], words: Words): Words {
  words.head(sheet, logo);
  if (sheet.kind === "window") {
    const below = words.large(sheet.headline, { largest: 76, smallest: 40, lines: 5, from: 152, to: 430 });
    words.paragraph(sheet.intro, { y: below + 48, font: PLAIN, size: 27, colour: COLOURS.quiet, to: BOTTOM });
    return words;
  }
  const { name, edition, price, stand, tone, accent, bar } = sheet;
  const colour = { good: COLOURS.good, accent, ink: COLOURS.ink, quiet: COLOURS.quiet }[tone];
  words.large(name, { above: edition, largest: 76, smallest: 40, lines: 4, from: 148, to: 424 });
  words.line(price, { y: 488, font: STRONG, size: 46, colour: COLOURS.ink });
  words.line(stand, { y: 542, font: STRONG, size: 32, colour });
  if (bar) words.bar({ y: 570, ...bar, colour: tone === "accent" ? accent : COLOURS.good });
  return words;
}

/** Of the window: its pictures are what it is. */
function wordsBelow(sheet: CardSheet, logo: CardPictures["logo"], measure: Measure): Words {
  const words = new Words(BELOW, measure);
  const said = sheet.kind === "window" ? sheet.headline : sheet.name;
  words.large(said, { largest: 72, smallest: 36, lines: 3, from: ABOVE.height + 32, to: SIZE.height - 40 });
  words.signature(sheet, logo, ABOVE.height + (SIZE.height - ABOVE.height) / 2);
  return words;
}

/** From the left end of the mark to that of the name behind it. */
export const INDENT = 56;

export function markOf(logo: CardPictures["logo"], hasLogo: boolean): Pick<Place, "width" | "height"> {
  const [height, widest] = hasLogo ? [60, 260] : [42, 42];
  return { width: Math.min(widest, (height * logo.width) / logo.height), height };
}

interface Line {
  /** Of the baseline. */
  y: number;
  font: Font;
  size: number;
  colour: string;
}

/** From `x` on, or around it. */
export function textOf(said: string, { x, y, font, size, colour }: Line & { x: number }, around = false): string {
  if (said === "") return "";
  return `<text x="${x}" y="${y}"${around ? ' text-anchor="middle"' : ""} font-family="${font.family}" font-weight="${font.weight}" font-size="${size}" word-spacing="${size * WORD_SPACING}" fill="${colour}">${escaped(said)}</text>`;
}

/** The text in a line of its own: made smaller where it would be too long, and cut where it would be too small. */
export function oneLine(
  text: string,
  { font, size: largest, width, measure }: Pick<Line, "font" | "size"> & { width: number; measure: Measure },
): { said: string; size: number } {
  const limits = { largest, smallest: largest * 0.66, lines: 1, height: SIZE.height };
  const { lines, size } = fit(drawable(text), { ...limits, font, width, measure });
  return { said: lines[0] ?? "", size };
}

/** What is drawn in the column of words. */
class Words {
  drawn = "";
  readonly #column: Column;
  readonly #measure: Measure;

  constructor(column: Column, measure: Measure) {
    this.#column = column;
    this.#measure = measure;
  }

  /** Whose shop it is, above all else. */
  head({ shop, hasLogo }: CardSheet, logo: CardPictures["logo"]): void {
    this.#mark(logo, { ...markOf(logo, hasLogo), x: this.#column.left, y: TOP });
    if (!hasLogo) this.line(shop, { y: TOP + 32, font: NAME, size: 32, colour: COLOURS.ink }, INDENT);
  }

  /** Likewise, at the card's right end, with its middle at `y`. */
  signature({ shop, hasLogo }: CardSheet, logo: CardPictures["logo"], y: number): void {
    const mark = markOf(logo, hasLogo);
    const right = SIZE.width - this.#column.left;
    const room = right - this.#column.left - this.#column.width - INDENT - 40;
    const { said, size } = oneLine(shop, { font: NAME, size: 32, width: room, measure: this.#measure });
    const width = hasLogo ? mark.width : INDENT + this.#measure(said, NAME, size);
    this.#mark(logo, { ...mark, x: right - width, y: y - mark.height / 2 });
    if (!hasLogo)
      this.drawn += textOf(said, { x: right - width + INDENT, y: y + 11, font: NAME, size, colour: COLOURS.ink });
  }

  #mark({ url }: CardPictures["logo"], { x, y, width, height }: Place): void {
    this.drawn += `<image x="${x}" y="${y}" width="${width}" height="${height}" href="${url}" preserveAspectRatio="xMinYMid"/>`;
  }

  /** The card's largest words, in the middle of what they may have, with a smaller line above. Returns where they end. */
  large(
    text: string,
    {
      above = "",
      from,
      to,
      ...limits
    }: { above?: string; from: number; to: number; largest: number; smallest: number; lines: number },
  ): number {
    const heading = above ? 44 : 0;
    const { lines, size } = fit(drawable(text), {
      ...limits,
      font: NAME,
      width: this.#column.width,
      height: to - from - heading,
      measure: this.#measure,
    });
    const step = size * LEADING;
    const top = from + (to - from - heading - lines.length * step) / 2;
    if (above) this.line(above, { y: top + 28, font: PLAIN, size: 28, colour: COLOURS.quiet });
    for (const [index, line] of lines.entries())
      this.line(line, { y: top + heading + step * index + size * 0.9, font: NAME, size, colour: COLOURS.ink });
    return top + heading + step * lines.length;
  }

  paragraph(text: string, { y, to, ...look }: Line & { to: number }): void {
    const step = look.size * 1.4;
    const { lines } = fit(drawable(text), {
      ...{ largest: look.size, smallest: look.size, lines: 3, font: look.font },
      width: this.#column.width,
      height: to - y + step,
      measure: this.#measure,
    });
    for (const [index, line] of lines.entries()) this.line(line, { ...look, y: y + step * index });
  }

  line(text: string, { y, font, size: largest, colour }: Line, indent = 0): void {
    const width = this.#column.width - indent;
    const { said, size } = oneLine(text, { font, size: largest, width, measure: this.#measure });
    this.drawn += textOf(said, { x: this.#column.left + indent, y, font, size, colour });
  }

  /** How much of the edition is left, and how much of it is held: as shares of one. */
  bar({ y, left, held, colour }: { y: number; left: number; held: number; colour: string }): void {
    const { left: x, width } = this.#column;
    const part = (share: number, fill: string, opacity = 1) =>
      share > 0
        ? `<rect x="${x}" y="${y}" width="${Math.max(8, share * width)}" height="8" rx="4" fill="${fill}" opacity="${opacity}"/>`
        : "";
    this.drawn += part(1, COLOURS.line) + part(left + held, colour, 0.4) + part(left, colour);
  }
}
