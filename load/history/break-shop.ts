/** Loaded into an instance before the shop (`node --import`): makes it the control that HISTORY_CONTROL names. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { rewriteStatements } from "#harness/rewriting-adapter.ts";
import { type Break, CONTROLS } from "./controls.ts";
import { MONEY_CONTROLS } from "./money/controls.ts";

const all = new Map<string | undefined, Break>(Object.entries({ ...CONTROLS, ...MONEY_CONTROLS }));
const broken = all.get(process.env.HISTORY_CONTROL);
if (!broken) throw new Error(`HISTORY_CONTROL is none of ${[...all.keys()].join(", ")}`);
const { rewrite, plant } = broken;
const plants = plant ? [plant] : (broken.plants ?? []);

if (rewrite) {
  const rewriteSql = rewrite();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
  const { connect } = PrismaPg.prototype;
  PrismaPg.prototype.connect = async function (this: PrismaPg) {
    return rewriteStatements(await connect.call(this), rewriteSql);
  };
}

if (plants.length > 0) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const { pathname } = new URL(url);
      if (!pathname.endsWith("/build/server/index.js")) return loaded;
      let source = readFileSync(pathname, "utf8");
      for (const [line, instead] of plants) {
        // A control that changes nothing, or more than it says, would be found out or not for no reason.
        if (source.split(line).length !== 2) throw new Error(`the shop has not just one: ${line}`);
        source = source.replace(line, () => instead);
      }
      return { ...loaded, source };
    },
  });
}
