import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";
import type { Item } from "#app/shop/item.ts";
import type { Connection } from "./connection.ts";

/** Milliseconds: the longest wait that browsers can count, and the shortest, for a page that was read a moment too early. */
const LONGEST_WAIT = 2 ** 31 - 1;
const SHORTEST_WAIT = 1_000;

/**
 * Opening changes no quantity, so no event tells of it: the page is read again when the first of its items opens. How
 * long that is follows from two times of the server's, because the visitor's clock may be wrong. A timer stands still
 * while a machine sleeps or a page is kept for "back", so what is left is counted anew when the connection is.
 */
export function useOpening(items: Pick<Item, "state" | "opensAt">[], renderedAt: string, connection: Connection): void {
  const { revalidate } = useRevalidator();
  const opensAt = Math.min(...items.map((item) => (item.state === "not_open" && item.opensAt ? item.opensAt.getTime() : Infinity)));
  const arrivedAt = useRef(0);

  useEffect(() => {
    arrivedAt.current = Date.now();
  }, [renderedAt]);

  useEffect(() => {
    if (opensAt === Infinity) return;
    const wait = opensAt - Date.parse(renderedAt) - (Date.now() - arrivedAt.current);
    const timer = setTimeout(revalidate, Math.min(Math.max(wait, SHORTEST_WAIT), LONGEST_WAIT));
    return () => clearTimeout(timer);
  }, [opensAt, renderedAt, revalidate, connection]);
}
