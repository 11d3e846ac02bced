/** The words after `npm run items --` as a command, or a Refusal that says how they are meant. */
import { MOST_UNITS } from "#app/shop/item-form.ts";
import { isOwnUuid, isUuid } from "#app/shop/item.ts";
import { Refusal } from "#server/refusal.ts";
import { closest } from "./closest.ts";

export type Command =
  | { name: "help" }
  | { name: "list" }
  | { name: "show" | "orders" | "pause" | "resume"; itemId: string }
  | { name: "add" | "change"; file: string }
  | { name: "restock"; itemId: string; units: number; key: string | undefined; again: boolean }
  | { name: "correct"; itemId: string; to: number; seenVersion: number | undefined; key: string | undefined }
  | { name: "correct"; itemId: string; by: number; key: string | undefined };

type Option = "--key" | "--again" | "--seen";

interface Spec {
  usage: string;
  /** How many words follow the command's name. */
  words: number;
  options: Option[];
  read: (words: string[], options: Options) => Command;
}

/** What was given; "" for an option that takes no value. */
type Options = Partial<Record<Option, string>>;

const COMMANDS: Record<Command["name"], Spec> = {
  list: { usage: "list", words: 0, options: [], read: () => ({ name: "list" }) },
  show: { usage: "show <id>", words: 1, options: [], read: ([itemId = ""]) => ({ name: "show", itemId }) },
  orders: { usage: "orders <id>", words: 1, options: [], read: ([itemId = ""]) => ({ name: "orders", itemId }) },
  add: { usage: "add <file>", words: 1, options: [], read: ([file = ""]) => ({ name: "add", file }) },
  change: { usage: "change <file>", words: 1, options: [], read: ([file = ""]) => ({ name: "change", file }) },
  restock: {
    usage: "restock <id> <units> [--key <key> | --again]",
    words: 2,
    options: ["--key", "--again"],
    read: ([itemId = "", units = ""], options) => ({
      name: "restock",
      itemId,
      units: wholeNumber(units, 1),
      key: keyOf(options),
      again: options["--again"] !== undefined,
    }),
  },
  correct: {
    usage: "correct <id> <count> --seen <version> [--key <key>], or correct <id> +<units> or -<units> [--key <key>]",
    words: 2,
    options: ["--seen", "--key"],
    read: ([itemId = "", count = ""], options) => {
      const [, sign, units = ""] = /^([+-])(.*)$/.exec(count) ?? [];
      const seen = options["--seen"];
      if (!sign)
        return {
          name: "correct",
          itemId,
          to: wholeNumber(count, 0),
          seenVersion: seen === undefined ? undefined : wholeNumber(seen, 1, 2_147_483_647),
          key: keyOf(options),
        };
      if (seen !== undefined)
        throw new Refusal(`A correction by ${count} works at any version. Leave out --seen, or give the count itself.`);
      const by = wholeNumber(units, 1);
      return { name: "correct", itemId, by: sign === "-" ? -by : by, key: keyOf(options) };
    },
  },
  pause: { usage: "pause <id>", words: 1, options: [], read: ([itemId = ""]) => ({ name: "pause", itemId }) },
  resume: { usage: "resume <id>", words: 1, options: [], read: ([itemId = ""]) => ({ name: "resume", itemId }) },
  help: { usage: "help", words: 0, options: [], read: () => ({ name: "help" }) },
};

const CALL = "npm run items --";
const USAGE = `Usage: ${CALL} ${Object.keys(COMMANDS).join(" | ")}. \`${CALL} help\` says more.`;

/** npm takes what begins with -- for itself, unless it stands after its own --. */
export function readCommand(args: string[]): Command {
  if (args.some((arg) => ["--help", "-h"].includes(arg))) return { name: "help" };
  const [name, ...rest] = args;
  if (name === undefined) throw new Refusal(USAGE);
  if (!isCommand(name)) {
    const meant = closest(name, Object.keys(COMMANDS));
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    throw new Refusal(`There is no command ${JSON.stringify(name)}.${hint} ${USAGE}`);
  }
  const spec = COMMANDS[name];
  const usage = `Usage: ${CALL} ${spec.usage}`;
  const { words, options } = split(rest, spec.options, usage);
  if (words.length < spec.words) throw new Refusal(`Something is missing. ${usage}`);
  const [surplus] = words.slice(spec.words);
  if (surplus !== undefined) throw new Refusal(`Unexpected argument ${JSON.stringify(surplus)}. ${usage}`);
  if (options["--key"] !== undefined && options["--again"] !== undefined)
    throw new Refusal("--key repeats an earlier command, and --again makes a new one. Use one or the other.");
  return spec.read(words, options);
}

function isCommand(name: string): name is Command["name"] {
  return Object.hasOwn(COMMANDS, name);
}

function split(args: string[], known: Option[], usage: string): { words: string[]; options: Options } {
  const words: string[] = [];
  const options: Options = {};
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (!arg.startsWith("--")) {
      words.push(arg);
      continue;
    }
    const [, name = "", given] = /^(--[^=]*)(?:=([^]*))?$/.exec(arg) ?? [];
    const option = known.find((each) => each === name);
    if (!option) throw new Refusal(`There is no option ${JSON.stringify(name)} here. ${usage}`);
    if (options[option] !== undefined) throw new Refusal(`${option} is given twice. ${usage}`);
    if (option === "--again") {
      if (given !== undefined) throw new Refusal(`--again takes no value. ${usage}`);
      options[option] = "";
      continue;
    }
    const value = given ?? args[(index += 1)];
    if (value === undefined) throw new Refusal(`${option} needs a value. ${usage}`);
    options[option] = value;
  }
  return { words, options };
}

function wholeNumber(text: string, least: number, most = MOST_UNITS): number {
  if (/^[0-9]{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new Refusal(`${JSON.stringify(text)} is not a whole number from ${least} to ${most.toLocaleString("en")}.`);
}

function keyOf({ "--key": key }: Options): string | undefined {
  if (key === undefined) return undefined;
  if (!isUuid(key))
    throw new Refusal(`${JSON.stringify(key)} is not a key. A key looks like 123e4567-e89b-42d3-a456-426614174000.`);
  if (!isOwnUuid(key)) throw new Refusal(`${key} is not a key of your own. Leave out --key to have one made.`);
  return key.toLowerCase();
}
