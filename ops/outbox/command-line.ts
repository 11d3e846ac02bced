import { Refusal } from "#server/refusal.ts";

/** `id` "--all": every task that has failed. */
export type Command = { name: "list" } | { name: "retry"; id: string };

export const HELP = `npm run outbox -- <command>

  list              every task that is not done: what is stuck first, then what failed, then what waits for its time;
                    and mails that were given up
  retry <id>        tries a task at once, whenever it was due
  retry --all       tries every failed task at once
`;

export function readCommand(words: string[]): Command {
  const [name, id, ...rest] = words;
  if (name === "list" && id === undefined) return { name };
  if (name === "retry" && id !== undefined && rest.length === 0 && (id === "--all" || /^[1-9][0-9]{0,17}$/.test(id)))
    return { name, id };
  throw new Refusal(`This is not a command of the outbox: ${JSON.stringify(words.join(" "))}.`);
}
