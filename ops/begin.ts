/** The first half of a command that has few words: what is not understood is told without a database. */
import { Refusal } from "#server/refusal.ts";

/** Reads the words, and has `script` carry them out with the shop's database; or prints the reason why they mean nothing, or `help`. */
export async function begin(script: string, read: (words: string[]) => unknown, help: string): Promise<void> {
  const words = process.argv.slice(2);
  if (words.some((word) => ["help", "--help", "-h"].includes(word))) return void process.stdout.write(help);
  try {
    read(words);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exitCode = 1;
    return;
  }
  await (await import("#server/run-command.ts")).runCommand(script, words);
}
