/** An item's pictures, as pages show them. Read by the server and the browser. */

export interface ItemPicture {
  /** What the item's `picture` is when this is the first: the address of one of its files. */
  path: string;
  /** What it shows, for whoever does not see it. */
  alt: string;
  /** Of an uploaded picture. A file under public/ is shown as it is. */
  made?: MadePicture | undefined;
}

export interface MadePicture {
  /** SHA-256 of all its files: under this name nothing ever changes. */
  name: string;
  /** Of the widest. */
  width: number;
  height: number;
  /** In which it is kept, the narrowest first, each as AVIF and as WebP. */
  widths: number[];
  /** A few pixels of it as a data URL, shown until it is there. None if one sees through it. */
  blurred?: string | undefined;
}

export type PictureKind = "avif" | "webp";
export const PICTURE_KINDS: readonly PictureKind[] = ["avif", "webp"];

/** Where it is served: an id that needs no decoding, and its kind. */
export function addressOf({ name }: Pick<MadePicture, "name">, width: number, kind: PictureKind): string {
  return `/pictures/${name}-${width}.${kind}`;
}

export function srcSetOf(picture: MadePicture, kind: PictureKind): string {
  return picture.widths.map((width) => `${addressOf(picture, width, kind)} ${width}w`).join(", ");
}

/** Pixels: each side of a logo's icons. The first is for a telephone's screen, which shows nothing through. */
export const ICONS = [180, 192, 512] as const;

/** Kept with a logo alone. */
export function iconOf({ name }: Pick<MadePicture, "name">, size: (typeof ICONS)[number]): string {
  return `/pictures/${name}-${size}.png`;
}

/** The file that is shown where nobody chooses: every browser of these years reads WebP. */
export function pathOf(picture: MadePicture): string {
  const { widths } = picture;
  return addressOf(picture, widths[Math.min(1, widths.length - 1)] ?? picture.width, "webp");
}

const ADDRESS = /^\/pictures\/([0-9a-f]{64})-([0-9]{1,4}\.(avif|webp|png))$/;

/** Which file of which picture it is the address of. */
export function readAddress(path: string): { name: string; file: string; kind: PictureKind | "png" } | undefined {
  const [, name, file, kind] = ADDRESS.exec(path) ?? [];
  return name && file ? { name, file, kind: kind as PictureKind | "png" } : undefined;
}

export interface Pictured {
  picture: string;
  pictureAlt: string;
  pictures?: ItemPicture[] | undefined;
}

/** Of an item, in their order. The first has the address and the text that the item itself has. */
export function picturesOf({ picture, pictureAlt, pictures = [] }: Pictured): ItemPicture[] {
  const first = pictures.find(({ path }) => path === picture);
  return [{ ...first, path: picture, alt: pictureAlt }, ...pictures.filter((other) => other !== first)];
}

/** Of its pictures the first alone: for pages that show no other. */
export function firstPictureOf(item: Pictured): Pictured {
  const { picture, pictureAlt } = item;
  const made = picturesOf(item)[0]?.made;
  // Its text is said once: the window has many items.
  return { picture, pictureAlt, pictures: made && [{ path: picture, alt: "", made }] };
}

/** What the item has then. */
export function picturedBy(pictures: [ItemPicture, ...ItemPicture[]]): Pictured {
  const [{ path, alt }] = pictures;
  return { picture: path, pictureAlt: alt, pictures };
}
