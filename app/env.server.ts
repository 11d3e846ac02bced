/** The settings of this process, read once: the only file under app/ that reads process.env. */
import { readSettings, type Settings } from "./settings.server.ts";

function read(): Settings {
  const { settings, wrong } = readSettings(process.env);
  if (settings) return settings;
  process.stderr.write(`${wrong}\n`);
  process.exit(1);
}

export const env = read();
