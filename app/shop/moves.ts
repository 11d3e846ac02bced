/** What a line of the ledger may do: units go from one account to another, as in any double-entry bookkeeping. */

/** `outside` is everything that is no stock. The other three belong to a run. */
export type Account = "outside" | "available" | "held" | "sold";

/** By reason, from where to where. The database has the same table (constraint `movements_move_known`). */
export const MOVES = {
  /** The first line of a run. */
  opening: [["outside", "available"]],
  restock: [["outside", "available"]],
  /** Nothing to pay, or a hold taken anew. */
  sale: [["available", "sold"]],
  hold: [["available", "held"]],
  /** Gives the number. */
  confirm: [["held", "sold"]],
  release: [["held", "available"]],
  /** Goods that came back. */
  return: [["sold", "available"]],
  /** Goods that did not: the only line that an ended run still takes. */
  scrap: [["sold", "outside"]],
  correction: [
    ["outside", "available"],
    ["available", "outside"],
  ],
  /** The end of a run, of what is left of it. */
  close: [["available", "outside"]],
} as const satisfies Record<string, readonly (readonly [from: Account, to: Account])[]>;

export type Reason = keyof typeof MOVES;

/** Where a reason's units go. `units` below 0 go the other way, which a correction alone may do. */
export function wayOf(reason: Reason, units: number): readonly [from: Account, to: Account] {
  const ways: readonly (readonly [Account, Account])[] = MOVES[reason];
  const way = ways[units < 0 ? 1 : 0];
  if (!way) throw new RangeError(`a ${reason} moves ${units} units nowhere`);
  return way;
}
