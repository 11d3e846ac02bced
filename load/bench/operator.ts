/** An operator who is signed in to a shop that is measured. */
import { randomUUID } from "node:crypto";
import type { StagedShop } from "./stage.ts";

/** A shop's settings with it. */
export const OPERATED = { OPERATOR_PASSWORD: randomUUID() };

/** Returns the cookie of a session. Throws unless the shop is OPERATED. */
export async function signIn({ url }: Pick<StagedShop, "url">): Promise<string> {
  const answer = await fetch(`${url}/operator/sign-in`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ password: OPERATED.OPERATOR_PASSWORD }),
  });
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
