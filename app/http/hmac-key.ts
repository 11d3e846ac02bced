import { hash } from "node:crypto";

/** Bytes that SHA-256 takes at a time, and gives. */
const BLOCK = 64;
const DIGEST = 32;
/** Bytes of a message, for which room is kept. A longer one is given its own. */
const USUAL = 1_024;

/**
 * HMAC-SHA-256 by a key that is prepared once (RFC 2104). `createHmac` makes an object each time and has OpenSSL look the algorithm
 * up, which costs a purchase that brings a new buyer, and so needs two of them, a twentieth of its processor time.
 */
export class HmacKey {
  /** The key's two pads, each with room for what is hashed behind it. */
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(secret: string) {
    const key = Buffer.from(secret);
    const short = key.length > BLOCK ? hash("sha256", key, "buffer") : key;
    this.#inner = Buffer.alloc(BLOCK + USUAL, 0x36);
    this.#outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
    for (const [index, byte] of short.entries()) {
      this.#inner[index] = 0x36 ^ byte;
      this.#outer[index] = 0x5c ^ byte;
    }
  }

  sign(message: string, encoding: "hex" | "base64"): string {
    this.#outer.write(hash("sha256", this.#padded(message), "binary"), BLOCK, "latin1");
    return hash("sha256", this.#outer, encoding);
  }

  #padded(message: string): Buffer {
    // A character is three bytes of UTF-8 at most.
    if (message.length * 3 > USUAL) return Buffer.concat([this.#inner.subarray(0, BLOCK), Buffer.from(message)]);
    return this.#inner.subarray(0, BLOCK + this.#inner.write(message, BLOCK));
  }
}
