/** When two e-mail addresses are one person's. */

/** Domains whose addresses reach the same person with and without dots. */
const DOTLESS: Record<string, string> = { "gmail.com": "gmail.com", "googlemail.com": "gmail.com" };

/** Addresses that come to the same text are one person's. */
export function normalised(email: string, ignores: ReadonlySet<string>): string {
  const whole = email.normalize("NFKC").trim().toLowerCase();
  const at = whole.lastIndexOf("@");
  let [box, domain] = [whole.slice(0, at), whole.slice(at + 1)];
  if (ignores.has("plus")) box = box.replace(/(?<=.)\+.*$/s, "");
  const dotless = DOTLESS[domain];
  if (ignores.has("dots") && dotless) [box, domain] = [box.replaceAll(".", ""), dotless];
  return `${box}@${domain}`;
}
