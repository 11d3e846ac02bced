import { useEffect, useState } from "react";
import { words } from "#app/words/words.ts";

/** Seconds that are left when it is spoken. */
const SPOKEN = [300, 60, 10];

/**
 * Seconds until then by the server's clock, whose time when the page was made is `madeAt`. Undefined before a script runs: a page without one
 * says until when, and this counts nothing.
 */
export function useSecondsLeft(until: Date, madeAt: string): number | undefined {
  const [left, setLeft] = useState<number>();
  const total = (until.getTime() - Date.parse(madeAt)) / 1_000;
  useEffect(() => {
    const began = performance.now();
    const look = () => setLeft(Math.max(0, Math.ceil(total - (performance.now() - began) / 1_000)));
    look();
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [total]);
  return left;
}

/** As minutes and seconds, and for ears at five minutes, one minute and ten seconds. */
export function Countdown({ left }: { left: number }) {
  const [said, setSaid] = useState("");
  const due = SPOKEN.find((seconds) => left === seconds);
  const text = due === undefined ? said : words.checkout.spoken(due);
  if (text !== said) setSaid(text);
  return (
    <>
      <span data-countdown aria-hidden="true" className="tabular-nums" translate="no">
        {`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`}
      </span>
      <span role="status" className="sr-only">
        {text}
      </span>
    </>
  );
}
