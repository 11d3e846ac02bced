import { useLocation, useNavigation, useSubmit } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { Message } from "#app/pages/press.server.ts";

/** Seconds after which the page presses again. Who has waited longer may be at something else by now, and decides anew. */
const LONGEST = 5;

/** In the browser's history, of an answer to a press that the page has made. */
const BY_THE_PAGE = { pressedBy: "page" };

export interface Wait {
  /** The moment that the message asks for is not over. */
  waiting: boolean;
  /** When it is over, the page presses by itself. */
  again: boolean;
}

/**
 * Waits for the moment that the message asks for. A press that came too early for its browser is then made again, once, with
 * what was pressed: the same key, quantity and price. Where that cannot be, as after a wait that was longer, the visitor can
 * press, and the page says so.
 */
export function useWait(message: Message | undefined, pressing: boolean, canBuy: boolean): Wait {
  const { formData } = useNavigation();
  const { state } = useLocation() as { state: unknown };
  const submit = useSubmit();
  const [pressed, setPressed] = useState<FormData>();
  const [over, setOver] = useState<Message>();
  // The form itself may show another price by then.
  if (pressing && formData && formData !== pressed) setPressed(formData);

  const needed = message?.kind === "cookie_needed" ? message : undefined;
  const again =
    needed !== undefined && needed.retryAfterSeconds <= LONGEST && pressed !== undefined && !isByThePage(state);
  const end = useRef<() => void>();
  useEffect(() => {
    end.current = () => {
      if (again && canBuy) submit(pressed, { method: "post", preventScrollReset: true, state: BY_THE_PAGE });
      else setOver(needed);
    };
  });
  useEffect(() => {
    if (!needed) return;
    const timer = setTimeout(() => end.current?.(), needed.retryAfterSeconds * 1_000);
    return () => clearTimeout(timer);
  }, [needed]);
  const waiting = needed !== undefined && needed !== over;
  return { waiting, again: waiting && again };
}

function isByThePage(state: unknown): boolean {
  return typeof state === "object" && state !== null && "pressedBy" in state;
}
