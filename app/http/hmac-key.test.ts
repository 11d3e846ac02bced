import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { HmacKey } from "./hmac-key.ts";

const LENGTHS = [0, 1, 63, 64, 65, 200];

test.each(LENGTHS)("a key of %i bytes signs as Node's createHmac does", (length) => {
  const secret = "k".repeat(length);
  const key = new HmacKey(secret);
  for (const message of ["", "a", "é ∞ 💥", "m".repeat(341), "💥".repeat(170), "∞".repeat(341), "é".repeat(5_000), "a"])
    for (const encoding of ["hex", "base64"] as const)
      expect(key.sign(message, encoding)).toBe(createHmac("sha256", secret).update(message).digest(encoding));
});
