/** Loaded into an instance before the shop (`node --import`): makes it the control that HISTORY_CONTROL names. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { rewriteStatements } from "#harness/rewriting-adapter.ts";
import { type Break, CONTROLS, isControl } from "./controls.ts";

const name = process.env.HISTORY_CONTROL;
if (!isControl(name)) throw new Error(`HISTORY_CONTROL is none of ${Object.keys(CONTROLS).join(", ")}`);
const { rewrite, plant }: Break = CONTROLS[name];

if (rewrite) {
  const rewriteSql = rewrite();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
  const { connect } = PrismaPg.prototype;
  PrismaPg.prototype.connect = async function (this: PrismaPg) {
    return rewriteStatements(await connect.call(this), rewriteSql);
  };
}

if (plant) {
  const [line, instead] = plant;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const { pathname } = new URL(url);
      if (!pathname.endsWith("/build/server/index.js")) return loaded;
      const code = readFileSync(pathname, "utf8");
      // A control that changes nothing, or more than it says, would be found out or not for no reason.
      if (code.split(line).length !== 2) throw new Error(`the shop has not just one: ${line}`);
      return { ...loaded, source: code.replace(line, () => instead) };
    },
  });
}
