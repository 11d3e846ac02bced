import { useEffect, useState } from "react";
import { useHydrated } from "remix-utils/use-hydrated";
import { pageArrivedAt, serverClock } from "#app/live/server-clock.ts";
import type { Stock } from "#app/shop/item.ts";
import { useWords } from "./document.tsx";
import { Moment } from "./moment.tsx";

/** Seconds that are left when it is spoken. */
const SPOKEN = [300, 60, 10];
/** Milliseconds that a timer may be late by without showing a second twice. */
const LATE = 5;
/** Milliseconds for which the last second stays: what ends it is told at zero, and every open page would draw "now" just before it. */
const LAST_WORD = 300;

/**
 * Whole seconds until then by the server's clock, never more than a moment before. Undefined until a script runs, where `madeAt` does not
 * say when the page was made, in ISO 8601: then as many as there were at that time.
 */
export function useSecondsLeft(until: Date, madeAt?: string): number | undefined {
  const end = until.getTime();
  const [shown, setShown] = useState({
    end,
    left: madeAt === undefined ? undefined : secondsOf(end - Date.parse(madeAt)),
  });
  // At once: the last second of another end, or none, would be seen for a moment.
  if (shown.end !== end) setShown({ end, left: leftUntil(end) });
  useEffect(() => {
    if (madeAt !== undefined) serverClock.hear(Date.parse(madeAt), pageArrivedAt());
  }, [madeAt]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      clearTimeout(timer);
      if (!serverClock.isHeard) return;
      const milliseconds = end - serverClock.now();
      const left = secondsOf(milliseconds);
      // What the server says may come late, and be believed less: nobody sees time run backwards.
      setShown((before) =>
        before.end === end && before.left !== undefined && before.left <= left ? before : { end, left },
      );
      const rest = milliseconds % 1_000 || 1_000;
      timer = setTimeout(look, milliseconds > 0 ? rest + (left === 1 ? LAST_WORD : LATE) : 1_000);
    };
    look();
    // At once: a page tells its time after its countdown has begun, and after a sleep what was believed until then is wrong.
    const stop = serverClock.onHeard(look);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [end]);
  return shown.left;
}

/** Undefined before the server was heard. */
function leftUntil(end: number): number | undefined {
  return serverClock.isHeard ? secondsOf(end - serverClock.now()) : undefined;
}

function secondsOf(milliseconds: number): number {
  return Math.max(0, Math.ceil(milliseconds / 1_000));
}

/** Such as 4:13:07, or 13:07 where there are no hours and they need not be told. */
function clockOf(seconds: number, withHours = false): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (count: number) => String(count).padStart(2, "0");
  return hours > 0 || withHours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** For ears, at five minutes, one minute and ten seconds: `say` is given what is left. */
export function SpokenCountdown({ left, say }: { left: number; say: (seconds: number) => string }) {
  const [{ before, text }, setTold] = useState({ before: left, text: "" });
  // A page in the background counts in leaps: what was passed is told, with what is left now.
  if (left !== before)
    setTold({
      before: left,
      text:
        left > 0 && SPOKEN.some((seconds) => before > seconds && left <= seconds) ? say(left) : left === 0 ? "" : text,
    });
  return (
    <span role="status" className="sr-only">
      {text}
    </span>
  );
}

/** How long a hold lasts. */
export function Countdown({ left }: { left: number }) {
  const { checkout: say } = useWords();
  return (
    <>
      <span aria-hidden="true" className="only-with-script inline-flex gap-x-[0.3em] tabular-nums">
        <span data-countdown translate="no">
          {clockOf(left)}
        </span>
        <span className="font-normal text-quiet">{say.left}</span>
      </span>
      <SpokenCountdown left={left} say={say.spoken} />
    </>
  );
}

const DAY = 86_400;

/** How long it is until a sale opens or closes, as large as `className` says. What the stream tells ends it, and not that it is at zero. */
function CountdownTo({ to, moment, className = "" }: { to: "opening" | "closing"; moment: Date; className?: string }) {
  const { countdown } = useWords();
  const say = countdown[to];
  const hydrated = useHydrated();
  const left = useSecondsLeft(moment);
  const days = Math.floor((left ?? 0) / DAY);
  return (
    <div className={`only-with-script ${className}`} data-countdown-to={moment.toISOString()}>
      {/* Its place is kept from the start: nothing moves when the first second is known. */}
      <p aria-hidden="true" className={hydrated && left !== undefined ? "" : "invisible"}>
        <span key={left === 0 ? "zero" : ""} className="block text-sm font-medium text-quiet">
          {left === 0 ? say.now : say.label}
        </span>
        <span className="flex flex-wrap items-baseline gap-x-[0.35em] font-display font-semibold tracking-tight tabular-nums">
          {days > 0 && (
            <span key={days} className="text-[0.55em]">
              {countdown.days(days)}
            </span>
          )}
          <span data-countdown translate="no">
            {clockOf((left ?? 0) % DAY, days > 0)}
          </span>
        </span>
      </p>
      {left !== undefined && <SpokenCountdown key={moment.getTime()} left={left} say={say.spoken} />}
    </div>
  );
}

/** How large it is where the page has waited for the opening, and where it came later. */
interface Sizes {
  awaited: string;
  later: string;
}

/**
 * Counts to the opening, and then to the closing if there is one; `told` says the moment, too. A page that has waited for the opening keeps the
 * place of what it has counted: the button below would slip from under the finger otherwise.
 */
export function SaleCountdown({ stock, sizes, told = false }: { stock: Stock; sizes: Sizes; told?: boolean }) {
  const { state, opensAt } = stock;
  const { window: say } = useWords();
  const [awaited, setAwaited] = useState<Date>();
  // A stock tells of an opening until then alone.
  if (state === "not_open" && opensAt && opensAt.getTime() !== awaited?.getTime()) setAwaited(opensAt);
  const shown = shownOf(stock, awaited);
  if (!shown) return null;
  const { what, moment } = shown;
  const size = awaited ? sizes.awaited : sizes.later;
  return (
    <div className={awaited ? "text-lg" : ""}>
      {what === "opened" ? (
        <Opened className={size} />
      ) : (
        <CountdownTo key={what} to={what} moment={moment} className={size} />
      )}
      {told && (
        <p className="mt-2">
          <Moment at={moment} as={what === "closing" ? "moment" : "opening"} in={say[SAID[what]]} />
        </p>
      )}
    </div>
  );
}

const SAID = { opening: "opens", closing: "closes", opened: "opened" } as const;

function shownOf(
  { state, opensAt, closesAt }: Stock,
  awaited: Date | undefined,
): { what: keyof typeof SAID; moment: Date } | undefined {
  if (state === "not_open") return opensAt ? { what: "opening", moment: opensAt } : undefined;
  if (state === "available" && closesAt) return { what: "closing", moment: closesAt };
  if (awaited && (state === "available" || state === "all_held")) return { what: "opened", moment: awaited };
  return undefined;
}

/** As high as a countdown. */
function Opened({ className }: { className: string }) {
  const { opened: say } = useWords().countdown;
  return (
    <div className={`only-with-script ${className}`} data-opened>
      <p>
        <span className="block text-sm font-medium text-quiet">{say.label}</span>
        <span className="block font-display font-semibold tracking-tight">{say.text}</span>
      </p>
    </div>
  );
}
