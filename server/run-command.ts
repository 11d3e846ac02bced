/**
 * Runs an operator's command, a script and its arguments, with the shop's database, and ends this process with its exit code.
 * The database is DATABASE_URL's, or the embedded one, which is started for the command unless a shop is running with it. The
 * command may run beside a shop that serves.
 */
import { findEmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { hasCluster } from "./cluster.ts";
import { Lifetime } from "./lifetime.ts";
import { migrate } from "./migrate.ts";
import { refuseTransactionPooling } from "./pooler.ts";
import { Refusal } from "./refusal.ts";
import { assertShopSettings, environmentOf, noCookieSecret, readSettings } from "./settings.ts";

export async function runCommand(script: string, args: string[]): Promise<never> {
  const { code } = await Lifetime.of(async (life) => {
    const settings = readSettings();
    assertShopSettings(settings);
    if (settings.databaseUrl) await refuseTransactionPooling(settings.databaseUrl);
    const databaseUrl = settings.databaseUrl ?? (await findDatabase(settings.dataDir, life));
    const environment = environmentOf(settings, databaseUrl, {
      NODE_ENV: "production",
      COOKIE_SECRET: noCookieSecret(),
    });
    const { code, signal } = await life.run("command", [script, ...args], environment, settings.stopWithin);
    // A command that says no has said why. One that was stopped has not done its work.
    if (signal && !life.ending.aborted) process.stderr.write(`The command ended unexpectedly (${signal}).\n`);
    return code ?? 1;
  });
  process.exit(code);
}

async function findDatabase(dataDir: string, life: Lifetime): Promise<string> {
  const running = await findEmbeddedPostgres(dataDir);
  if (running) return running;
  // A mistyped DATA_DIR would be an empty shop, in which everything adds up.
  if (!(await hasCluster(dataDir)))
    throw new Refusal(
      `There is no database in ${dataDir}. Give the shop's own DATA_DIR or DATABASE_URL, or start the shop once first.`,
    );
  const embedded = await startEmbeddedPostgres(dataDir, [], life.ending);
  life.atTheEnd(embedded.stop);
  // The shop whose database this is may have been of an earlier version.
  await migrate(embedded.urlOf("lastone"));
  return embedded.urlOf("lastone");
}
