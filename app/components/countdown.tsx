import { useEffect, useState } from "react";
import { useWords } from "./document.tsx";

/** Seconds that are left when it is spoken. */
const SPOKEN = [300, 60, 10];

/** Seconds until then by the server's clock, whose time when the page was made is `madeAt`. Before a script runs: as many as there were then. */
export function useSecondsLeft(until: Date, madeAt: string): number {
  const total = (until.getTime() - Date.parse(madeAt)) / 1_000;
  const [left, setLeft] = useState(() => secondsOf(total));
  useEffect(() => {
    const began = performance.now();
    const look = () => setLeft(secondsOf(total - (performance.now() - began) / 1_000));
    look();
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [total]);
  return left;
}

function secondsOf(seconds: number): number {
  return Math.max(0, Math.ceil(seconds));
}

/** As minutes and seconds, and for ears at five minutes, one minute and ten seconds. */
export function Countdown({ left }: { left: number }) {
  const { checkout: say } = useWords();
  const [{ before, text }, setTold] = useState({ before: left, text: "" });
  // A page in the background counts in leaps: what was passed is told, with what is left now.
  if (left !== before)
    setTold({
      before: left,
      text: SPOKEN.some((seconds) => before > seconds && left <= seconds) ? say.spoken(left) : text,
    });
  return (
    <>
      <span aria-hidden="true" className="only-with-script inline-flex gap-x-[0.3em] tabular-nums">
        <span data-countdown>{`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`}</span>
        <span className="font-normal text-quiet">{say.left}</span>
      </span>
      <span role="status" className="sr-only">
        {text}
      </span>
    </>
  );
}
