import { isUuid } from "#app/shop/item.ts";
import { Refusal } from "#server/refusal.ts";

export type Command = { name: "list" } | { name: "show"; id: string };

export const HELP = `npm run mails -- <command>

  list              list all mails, newest first: sent, waiting, kept (there is no SMTP_URL), given up, or erased
  show <id>         show one mail as its reader sees it
`;

export function readCommand(words: string[]): Command {
  const [name, id, ...rest] = words;
  if (name === "list" && id === undefined) return { name };
  if (name === "show" && isUuid(id) && rest.length === 0) return { name, id: id.toLowerCase() };
  throw new Refusal(`Not a mail command: ${JSON.stringify(words.join(" "))}.`);
}
