import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Milliseconds: by then every instance has looked at the rows. */
const WAIT = 1_000;
/** Milliseconds, at random, so that open pages do not come as one. */
const SPREAD = 2_000;

/** Reads the page again, once for each change, when `changes` has grown. */
export function useReadAgain(changes: number, spread = SPREAD): void {
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
      WAIT + spread * Math.random(),
    );
    return () => clearTimeout(soon);
  }, [changes, spread, revalidate]);
}
