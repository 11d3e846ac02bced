/** Carries out one command of `npm run mails` with the database of its settings. */
import { listMails } from "#app/outbox/mails.server.ts";
import { Refusal } from "#server/refusal.ts";
import { carryOut } from "../carry-out.ts";
import { momentOf, print } from "../items/print.ts";
import { type Command, readCommand } from "./command-line.ts";

await carryOut(() => obey(readCommand(process.argv.slice(2))));

async function obey(command: Command): Promise<void> {
  if (command.name === "show") return show(command.id);
  const mails = await listMails();
  for (const { id, state, recipient, subject, createdAt } of mails)
    print(`${id}: ${[state.replace("_", " "), momentOf(createdAt), recipient ?? "erased", subject].join(" · ")}`);
  if (mails.length === 0) print("No mail has been written yet.");
}

async function show(id: string): Promise<void> {
  const [mail] = await listMails({ id });
  if (!mail) throw new Refusal(`There is no mail ${id}.`);
  print(`To: ${mail.recipient ?? "erased"}`, `Subject: ${mail.subject}`, `Message-ID: ${mail.messageId}`);
  print(`State: ${mail.state.replace("_", " ")}`, "", mail.text ?? "Its text has been erased.");
}
