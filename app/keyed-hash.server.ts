import { createHmac } from "node:crypto";

/** What only this shop can compute of `parts` (HMAC-SHA256). As JSON, so that no two lists of parts make one text. */
export function keyedHash(secret: string | Uint8Array, parts: (string | number)[]): Buffer {
  return createHmac("sha256", secret).update(JSON.stringify(parts)).digest();
}
