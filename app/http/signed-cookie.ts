/**
 * A cookie's value as Remix's createCookie writes and reads it, so that either may read the other's: JSON in Base64, signed
 * by HMAC-SHA-256, and percent-encoded. At once instead of by promises, and with keys that are prepared once: in a crowd each
 * buyer is new, and gets one.
 */
import { timingSafeEqual } from "node:crypto";
import type { HmacKey } from "./hmac-key.ts";

/** What a signed value looks like: its content, and an HMAC-SHA-256 in Base64. */
const SIGNED = /^[^.]+\.[\w%+/]{43,}/;

export class SignedCookie {
  readonly #keys: HmacKey[];

  /** The first key signs. What any of them has signed is read. */
  constructor(keys: HmacKey[]) {
    this.#keys = keys;
  }

  write(content: unknown): string {
    const [newest] = this.#keys;
    if (!newest) throw new Error("a cookie needs a key");
    return encodeURIComponent(signed(Buffer.from(JSON.stringify(content)).toString("base64"), newest));
  }

  /** Undefined of what is not signed. `isNewest`: by the key that signs now. */
  read(value: string): { content: unknown; isNewest: boolean } | undefined {
    // A header has room for thousands, and each that is looked at closely costs.
    if (!SIGNED.test(value)) return undefined;
    try {
      const text = decodeURIComponent(value);
      const content = text.slice(0, text.lastIndexOf("."));
      for (const [index, key] of this.#keys.entries()) {
        if (!isSame(text, signed(content, key))) continue;
        return { content: JSON.parse(Buffer.from(content, "base64").toString()) as unknown, isNewest: index === 0 };
      }
    } catch {
      // Not encoded, or not JSON: not written here.
    }
    return undefined;
  }
}

/** The content and its signature, without the Base64's padding. */
function signed(content: string, key: HmacKey): string {
  return `${content}.${key.sign(content, "base64").replace(/=+$/, "")}`;
}

/** In a time that tells nothing of where they differ. */
function isSame(one: string, other: string): boolean {
  const [ours, theirs] = [Buffer.from(one), Buffer.from(other)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
