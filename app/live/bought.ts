/** Tabs of one browser are one buyer's: what one has bought, the others are told, so that none of them offers it as if it had not been. */
import { useEffect, useState } from "react";

/** Of the channel: its number grows with what is said on it, which is an item's id. */
const NAME = "lastone-bought-1";

/** Tells the other tabs. */
export function useTellBought(itemId: string): void {
  useEffect(() => {
    const channel = openChannel();
    channel?.postMessage(itemId);
    channel?.close();
  }, [itemId]);
}

/** How often another tab has told that it bought this item. */
export function useBoughtElsewhere(itemId: string): number {
  const [times, setTimes] = useState(0);
  useEffect(() => {
    const channel = openChannel();
    channel?.addEventListener("message", ({ data }: MessageEvent<string>) => {
      if (data === itemId) setTimes((before) => before + 1);
    });
    return () => channel?.close();
  }, [itemId]);
  return times;
}

/** Where a browser does not let its tabs talk, it does not let them have a cookie in common either. */
function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return undefined;
  }
}
