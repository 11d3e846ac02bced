import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

/** Milliseconds that the end of a hold may need to be seen everywhere. */
const SEEN_WITHIN = 1_000;

/** Has the page read again when that moment is over, by the server's clock, whose time when the page was made is `madeAt`. */
export function useReadWhenOver(moment: Date, madeAt: string): void {
  const { revalidate } = useRevalidator();
  const wait = moment.getTime() - Date.parse(madeAt) + SEEN_WITHIN;
  useEffect(() => {
    const timer = setTimeout(revalidate, Math.max(SEEN_WITHIN, wait));
    return () => clearTimeout(timer);
  }, [wait, revalidate]);
}
