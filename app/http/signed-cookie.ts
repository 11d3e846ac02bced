/**
 * A cookie's value as Remix's createCookie writes and reads it, so that either may read the other's: JSON in Base64, signed
 * by HMAC-SHA-256, and percent-encoded. At once instead of by promises, and with keys that are prepared once: in a crowd each
 * buyer is new, and gets one.
 */
import type { KeyObject } from "node:crypto";
import { sign, unsign } from "cookie-signature";

/** What a signed value looks like: its content, and an HMAC-SHA-256 in Base64. */
const SIGNED = /^[^.]+\.[\w%+/]{43,}/;

export class SignedCookie {
  readonly #keys: KeyObject[];

  /** The first key signs. What any of them has signed is read. */
  constructor(keys: KeyObject[]) {
    this.#keys = keys;
  }

  write(content: unknown): string {
    const [newest] = this.#keys;
    if (!newest) throw new Error("a cookie needs a key");
    return encodeURIComponent(sign(Buffer.from(JSON.stringify(content)).toString("base64"), newest));
  }

  /** Undefined of what is not signed. `isNewest`: by the key that signs now. */
  read(value: string): { content: unknown; isNewest: boolean } | undefined {
    // A header has room for thousands, and each that is looked at closely costs.
    if (!SIGNED.test(value)) return undefined;
    try {
      const text = decodeURIComponent(value);
      for (const [index, key] of this.#keys.entries()) {
        const signed = unsign(text, key);
        if (signed === false) continue;
        return { content: JSON.parse(Buffer.from(signed, "base64").toString()) as unknown, isNewest: index === 0 };
      }
    } catch {
      // Not encoded, or not JSON: not written here.
    }
    return undefined;
  }
}
