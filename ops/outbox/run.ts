/** Carries out one command of `npm run outbox` with the database of its settings. */
import { listTasksLeft, retryFailedTasks, retryTask } from "#app/outbox/tasks-left.server.ts";
import { Refusal } from "#server/refusal.ts";
import { carryOut } from "../carry-out.ts";
import { momentOf, print } from "../items/print.ts";
import { type Command, readCommand } from "./command-line.ts";

await carryOut(() => obey(readCommand(process.argv.slice(2))));

async function obey(command: Command): Promise<void> {
  if (command.name === "list") return list();
  if (command.id === "--all") {
    const tasks = await retryFailedTasks();
    return print(tasks === 1 ? "Retrying 1 task." : `Retrying ${tasks} tasks.`);
  }
  if (!(await retryTask(command.id)))
    throw new Refusal(`Task ${command.id} cannot be retried: it is done, or under way, or does not exist.`);
  print(`Retrying task ${command.id}.`);
}

async function list(): Promise<void> {
  const tasks = await listTasksLeft();
  for (const { id, kind, subject, part, state, attempts, tryAt, why } of tasks) {
    const what = part === "" ? `${kind} ${subject}` : `${kind} ${part} ${subject}`;
    const when = state === "given_up" ? [] : [`next ${momentOf(tryAt)}`];
    print(`${id}: ${[state.replace("_", " "), what, `tried ${attempts}`, ...when].join(" · ")}`);
    if (why !== null) print(`  ${why}`);
  }
  if (tasks.length === 0) print("Nothing is left to do.");
}
