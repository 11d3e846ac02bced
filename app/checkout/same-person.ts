/** When two e-mail addresses are one person's. */
import { domainToASCII } from "node:url";

/** Domains whose addresses reach the same person with and without dots. */
const DOTLESS = new Map([
  ["gmail.com", "gmail.com"],
  ["googlemail.com", "gmail.com"],
]);

/** Addresses that come to the same text are one person's. */
export function normalised(email: string, ignores: ReadonlySet<string>): string {
  const whole = email.normalize("NFKC").trim().toLowerCase();
  const at = whole.lastIndexOf("@");
  // Quotes around a mailbox, a domain's last dot and its two spellings change nothing about where a mail goes.
  let box = whole.slice(0, at).replace(/^"(.*)"$/s, "$1");
  let domain = whole.slice(at + 1).replace(/\.$/, "");
  domain = domainToASCII(domain) || domain;
  if (ignores.has("plus")) box = box.replace(/(?<=.)\+.*$/s, "");
  const dotless = DOTLESS.get(domain);
  if (ignores.has("dots") && dotless) [box, domain] = [box.replaceAll(".", ""), dotless];
  return `${box}@${domain}`;
}
