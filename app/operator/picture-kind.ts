/** What a file is by its first bytes, whatever its name or the browser says. */

export interface FoundKind {
  /** As people call it, with its article; undefined if nobody can tell. */
  name: string | undefined;
  /** Whether the shop makes pictures of it. */
  isTaken: boolean;
}

export function kindOf(bytes: Buffer): FoundKind {
  const text = bytes.toString("latin1", 0, 512);
  const taken = (name: string): FoundKind => ({ name, isTaken: true });
  const other = (name?: string): FoundKind => ({ name, isTaken: false });
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return taken("PNG");
  if (text.startsWith("\xff\xd8\xff")) return taken("JPEG");
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return taken("WebP");
  if (text.slice(4, 8) === "ftyp") return bmff(bytes, text);
  if (/^GIF8[79]a/.test(text)) return other("a GIF");
  if (text.startsWith("%PDF-")) return other("a PDF");
  if (/^BM/.test(text)) return other("a BMP");
  if (/^(II\*\0|MM\0\*)/.test(text)) return other("a TIFF");
  if (/<svg[\s>]/i.test(text)) return other("an SVG");
  if (/^(\xef\xbb\xbf)?[\t\n\r\x20-\x7e]+$/.test(text)) return other("text");
  return other();
}

/** ISO base media files name what they are, and what else they can be read as. */
function bmff(bytes: Buffer, text: string): FoundKind {
  const size = Math.min(bytes.readUInt32BE(0), text.length);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= size; at += 4) brands.push(text.slice(at, at + 4));
  if (brands.includes("avif")) return { name: "AVIF", isTaken: true };
  return {
    name: brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) ? "a HEIC photo" : "a video",
    isTaken: false,
  };
}
