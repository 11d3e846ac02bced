import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef } from "react";

/** Milliseconds until a page asks what has become of a payment or a hold, and at most, when it has often asked in vain. */
const FIRST = 1_000;
const LONGEST = 15_000;
const GROWTH = 1.2;

/** What is waited for comes by itself, or what happened instead. */
export function useAskAgain(waiting: boolean): void {
  const { revalidate, state } = useRevalidator();
  const asked = useRef(0);
  useEffect(() => {
    if (!waiting) asked.current = 0;
    if (!waiting || state !== "idle") return;
    const timer = setTimeout(
      () => {
        asked.current += 1;
        revalidate();
      },
      Math.min(LONGEST, FIRST * GROWTH ** asked.current),
    );
    return () => clearTimeout(timer);
  }, [waiting, revalidate, state]);
}

/** Whoever comes back to a tab may have paid, or given back, in another. */
export function useReadOnReturn(): void {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") revalidate();
    };
    // A page that the browser had put away whole still waits for the answer with which it was left.
    const wake = (event: PageTransitionEvent) => {
      if (event.persisted) window.location.reload();
    };
    document.addEventListener("visibilitychange", look);
    window.addEventListener("pageshow", wake);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("pageshow", wake);
    };
  }, [revalidate]);
}
