import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Milliseconds: by then every instance has looked at the rows. Up to twice as much is added at random, so that open pages do not come as one. */
const WAIT = 1_000;

/** Reads the page again, once for each change, when `changes` has grown. */
export function useReadAgain(changes: number): void {
  const { revalidate } = useRevalidator();
  const read = useRef(changes);
  useEffect(() => {
    if (changes === read.current) return;
    const soon = setTimeout(
      () => {
        // Whatever comes: an instance that is behind must not be asked again and again.
        read.current = changes;
        revalidate();
      },
      WAIT * (1 + 2 * Math.random()),
    );
    return () => clearTimeout(soon);
  }, [changes, revalidate]);
}
