import { isUuid } from "#app/shop/item.ts";
import { Refusal } from "#server/refusal.ts";

export type Command = { name: "list" } | { name: "show"; id: string };

export const HELP = `npm run mails -- <command>

  list              every mail, the newest first: sent, waiting, kept since there is no SMTP_URL, given up, or erased
  show <id>         one mail, as its reader sees it
`;

export function readCommand(words: string[]): Command {
  const [name, id, ...rest] = words;
  if (name === "list" && id === undefined) return { name };
  if (name === "show" && isUuid(id) && rest.length === 0) return { name, id: id.toLowerCase() };
  throw new Refusal(`This is not a command about mails: ${JSON.stringify(words.join(" "))}.`);
}
