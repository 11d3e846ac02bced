/** Loaded into an instance before the shop (`node --import`): makes it the control that HISTORY_CONTROL names. */
import { PrismaPg } from "@prisma/adapter-pg";
import { rewriteStatements } from "#harness/rewriting-adapter.ts";
import { CONTROLS, isControl } from "./controls.ts";

const name = process.env.HISTORY_CONTROL;
if (!isControl(name)) throw new Error(`HISTORY_CONTROL is none of ${Object.keys(CONTROLS).join(", ")}`);
const rewrite = CONTROLS[name].rewrite();

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
const { connect } = PrismaPg.prototype;
PrismaPg.prototype.connect = async function (this: PrismaPg) {
  return rewriteStatements(await connect.call(this), rewrite);
};
