/** The person behind an e-mail address, as a limit for each buyer counts it. */
import { createHmac } from "node:crypto";
import { env } from "#app/env.server.ts";
import { keyedHash } from "#app/keyed-hash.server.ts";
import { normalised } from "./same-person.ts";

/**
 * A keyed hash: of two addresses it says whether they are one person's, and of one it tells nothing without the secret. The secret is
 * made of the one that signs cookies now, for this purpose alone: when that changes, a person counts anew.
 */
export function partyOf(email: string): Uint8Array<ArrayBuffer> {
  const [secret = ""] = env.COOKIE_SECRET;
  const own = keyedHash(secret, ["party"]);
  return new Uint8Array(createHmac("sha256", own).update(normalised(email, env.PARTY_IGNORES)).digest());
}
