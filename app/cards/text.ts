/** Words on a card: which of them its fonts have, and how they are made to fit. */

export interface Font {
  family: string;
  weight: number;
}

/** How wide the text is, in pixels. */
export type Measure = (text: string, font: Font, size: number) => number;

/** Letters of these have glyphs in app/cards/fonts. */
const SCRIPTS = ["Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Common", "Inherited"];
const KNOWN = new RegExp(`^[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join("")}]*$`, "u");
/** Symbols that they have not, emoji first of all, with what joins and colours those. */
const WITHOUT_GLYPH =
  /(?![©®™°№℗℮])[\p{Extended_Pictographic}\p{So}\p{Regional_Indicator}\p{Emoji_Modifier}\p{C}\ufe0e\ufe0f\u20e3]/gu;

/** The text without symbols that no font of the cards has; empty when it is written in letters that none has: boxes say nothing. */
export function drawable(text: string): string {
  const said = text.replace(/\s+/gu, " ").replace(WITHOUT_GLYPH, "").replace(/ {2,}/g, " ").trim();
  return KNOWN.test(said) ? said : "";
}

/** Of the size: the spaces of the cards' fonts are narrow, as app/styles.css says. */
export const WORD_SPACING = 0.04;

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface Limits {
  font: Font;
  width: number;
  height: number;
  lines: number;
  largest: number;
  smallest: number;
  measure: Measure;
}

/** Pixels by which it is made smaller until it fits. */
const STEP = 4;
/** From line to line, for each pixel of the size. */
export const LEADING = 1.1;

/** The text in lines, as large as it can be. What does not fit at its smallest is cut, and a word that is too long is broken. */
export function fit(text: string, limits: Limits): { lines: string[]; size: number } {
  const { width, height, measure, font, smallest } = limits;
  for (let size = limits.largest; ; size -= STEP) {
    const fits = (line: string) => measure(line, font, size) <= width;
    const most = Math.max(1, Math.min(limits.lines, Math.floor(height / (size * LEADING))));
    const lines = linesOf(text.split(" "), fits);
    if (lines.length <= most && lines.every(fits)) return { lines: balanced(text, { ...limits, size, lines }), size };
    if (size - STEP >= smallest) continue;
    const broken = linesOf(
      text.split(" ").flatMap((word) => (fits(word) ? [word] : brokenUp(word, fits))),
      fits,
    );
    if (broken.length <= most) return { lines: broken, size };
    return { lines: [...broken.slice(0, most - 1), cut(broken.slice(most - 1).join(" "), fits)], size };
  }
}

/** In as many lines of about one length: no word stands alone below the others. */
function balanced(
  text: string,
  { width, measure, font, size, lines }: Pick<Limits, "width" | "measure" | "font"> & { size: number; lines: string[] },
): string[] {
  let found = lines;
  for (let narrower = width * 0.95; narrower > width / 3; narrower -= width * 0.05) {
    const fits = (line: string) => measure(line, font, size) <= narrower;
    const tried = linesOf(text.split(" "), fits);
    if (tried.length > lines.length || !tried.every(fits)) return found;
    found = tried;
  }
  return found;
}

function linesOf(words: string[], fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && fits(longer)) lines[lines.length - 1] = longer;
    else if (word !== "") lines.push(word);
  }
  return lines;
}

const CHARACTERS = new Intl.Segmenter("en");

function charactersOf(text: string): string[] {
  return Array.from(CHARACTERS.segment(text), ({ segment }) => segment);
}

function brokenUp(word: string, fits: (line: string) => boolean): string[] {
  const parts: string[] = [];
  for (const character of charactersOf(word)) {
    const longer = (parts.at(-1) ?? "") + character;
    if (parts.length > 0 && fits(longer)) parts[parts.length - 1] = longer;
    else parts.push(character);
  }
  return parts;
}

/** Behind a word, if one of some length ends there. */
function cut(line: string, fits: (line: string) => boolean): string {
  const characters = charactersOf(line);
  while (characters.length > 0 && !fits(`${characters.join("").trimEnd()}…`)) characters.pop();
  const left = characters.join("");
  const end = left.length < line.length ? left.lastIndexOf(" ") : -1;
  return `${(end > left.length / 2 ? left.slice(0, end) : left).trimEnd()}…`;
}
