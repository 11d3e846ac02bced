import { useEffect, useState } from "react";
import type { Message } from "./purchase-message.tsx";

/** Whether the message asks for a moment that is not over yet. Then the press can be made again, and the page says so by itself. */
export function useWait(message: Message | undefined): boolean {
  const [over, setOver] = useState<Message>();
  useEffect(() => {
    if (message?.kind !== "cookie_needed") return;
    const timer = setTimeout(() => setOver(message), message.retryAfterSeconds * 1_000);
    return () => clearTimeout(timer);
  }, [message]);
  return message?.kind === "cookie_needed" && message !== over;
}
