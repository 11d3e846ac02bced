import { Refusal } from "#server/refusal.ts";

/** `id` "--all": every task that has failed. */
export type Command = { name: "list" } | { name: "retry"; id: string };

export const HELP = `npm run outbox -- <command>

  list              list unfinished tasks, stuck ones first, then failed ones, then those that are not due yet;
                    and mails that were given up
  retry <id>        retry one task now, whenever it is due
  retry --all       retry every failed task now
`;

export function readCommand(words: string[]): Command {
  const [name, id, ...rest] = words;
  if (name === "list" && id === undefined) return { name };
  if (name === "retry" && id !== undefined && rest.length === 0 && (id === "--all" || /^[1-9][0-9]{0,17}$/.test(id)))
    return { name, id };
  throw new Refusal(`Not an outbox command: ${JSON.stringify(words.join(" "))}.`);
}
