/** The shop's accent colour, made readable in both schemes (WCAG 2.2: 4.5 to 1 for text). */

/** Where it stands, as in app/styles.css: on the page, on a card. */
const GROUNDS = { light: ["#faf7f1", "#ffffff"], dark: ["#15171c", "#1e2127"] } as const;
/** Of the page itself. */
export const PAGE = { light: GROUNDS.light[0], dark: GROUNDS.dark[0] } as const;
/** As in app/styles.css, where nobody has chosen one. */
const OWN = { light: "#b93a1c", dark: "#f0805f" } as const;
/** What may stand on it. */
const TEXTS = ["#ffffff", "#15110f"] as const;
const READABLE = 4.5;

export interface Accent {
  light: { accent: string; onAccent: string };
  dark: { accent: string; onAccent: string };
  /** The scheme in which it is not the colour that was asked for. */
  adjusted: ("light" | "dark")[];
}

type Rgb = [number, number, number];

/** Undefined when it is no colour such as #b93a1c. */
export function accentOf(colour: string): Accent | undefined {
  const asked = rgbOf(colour);
  if (!asked) return undefined;
  const light = readable(asked, "light");
  const dark = readable(asked, "dark");
  const adjusted = (["light", "dark"] as const).filter(
    (scheme) => (scheme === "light" ? light : dark).accent !== hexOf(asked),
  );
  return { light, dark, adjusted };
}

/** As pages show it in each scheme: the colour that was asked for, or else the shop's own. */
export function shownAccent(colour: string): { light: string; dark: string } {
  const { light, dark } = accentOf(colour) ?? {};
  return { light: light?.accent ?? OWN.light, dark: dark?.accent ?? OWN.dark };
}

/** Darker on light ground, lighter on dark, by as little as makes it readable, with text on it that is. */
function readable(asked: Rgb, scheme: "light" | "dark"): Accent["light"] {
  const towards = scheme === "light" ? 0 : 255;
  for (let step = 0; ; step += 1) {
    const mixed = asked.map((part) => Math.round(part + ((towards - part) * step) / 50)) as Rgb;
    const onAccent = TEXTS.find((text) => contrast(mixed, rgbOf(text) ?? mixed) >= READABLE);
    const isReadable = GROUNDS[scheme].every((ground) => contrast(mixed, rgbOf(ground) ?? mixed) >= READABLE);
    // Black and white are readable: it ends there at the latest.
    if ((onAccent && isReadable) || step === 50) return { accent: hexOf(mixed), onAccent: onAccent ?? TEXTS[0] };
  }
}

export function contrast(one: Rgb, other: Rgb): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgbOf(colour: string): Rgb | undefined {
  const [, hex] = /^#([0-9a-f]{6})$/i.exec(colour) ?? [];
  return hex === undefined ? undefined : (/../g[Symbol.match](hex)?.map((part) => parseInt(part, 16)) as Rgb);
}

function hexOf(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** The stylesheet's address is named by all that it is made of. */
export function stylesheetOf(colour: string): string | undefined {
  return accentOf(colour) && `/accent/${colour.slice(1).toLowerCase()}.css`;
}
