import { useHydrated } from "remix-utils/use-hydrated";
import type { Times } from "#app/words/times.ts";
import { useWords } from "./document.tsx";

/** A moment in words, in whichever zone the visitor is, once a script can tell; until then in UTC, as the server has written it. */
export function useTimes(): Record<keyof Times, (at: Date) => string> {
  const { time } = useWords();
  const zone = useHydrated() ? "local" : "UTC";
  return {
    moment: (at) => time.moment(at, zone),
    clock: (at) => time.clock(at, zone),
    clockAfter: (at) => time.clockAfter(at, zone),
    opening: (at) => time.opening(at, zone),
    openingSoon: (at) => time.openingSoon(at, zone),
    day: (at) => time.day(at, zone),
  };
}

/** `in`: words that the moment stands in. */
export function Moment({ at, as, in: sentence }: { at: Date; as: keyof Times; in?: (told: string) => string }) {
  const told = useTimes()[as](at);
  // An element of its own for each text: a translator that has wrapped the first would keep it.
  return (
    <time key={told} dateTime={at.toISOString()}>
      {sentence ? sentence(told) : told}
    </time>
  );
}
