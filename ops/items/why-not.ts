/** Why a change of stock was not made, in a sentence; undefined when it was. */
import type { StockChange } from "#app/shop/stocking.server.ts";
import type { Command } from "./command-line.ts";

export function whyNot(
  made: Exclude<StockChange, { kind: "not_found" }>,
  command: Extract<Command, { name: "restock" | "correct" }>,
  key: string,
): string | undefined {
  const { itemId } = command;
  const { quantity, held, version } = made.stock;
  switch (made.kind) {
    case "done":
    case "repeated":
      return undefined;
    case "key_reused":
      return `The key ${key} has already made a different change to ${itemId}. Leave out --key to have a new one made.`;
    case "moved_on":
      return "to" in command && command.seenVersion !== undefined
        ? `${itemId} has moved on: you counted ${command.to} at version ${made.seenVersion}, and now ${quantity} are left at version ${version}. Pause it first, count again, and then correct it.`
        : `The key ${key} has not changed ${itemId} yet, which has ${quantity} left at version ${version}. If that is when you counted, add --seen ${version}.`;
    case "twin":
      return `${made.delta} were added to ${itemId} ${ago(made.secondsAgo)} ago, at version ${made.version}. If this is the same restock, add --key ${made.key}: nothing is added twice. If it is another one, add --again.`;
    case "not_enough":
      return `${itemId} has only ${quantity} left${held > 0 ? `, and ${held} held` : ""}.`;
    default:
      return made satisfies never;
  }
}

function ago(seconds: number): string {
  return seconds < 60 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min`;
}
