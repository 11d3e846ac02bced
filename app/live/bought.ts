/** Tabs of one browser are one buyer's: what one has bought, the others are told, so that none of them offers it as if it had not been. */
import { useEffect, useState, useSyncExternalStore } from "react";

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

/**
 * How often this item may have been bought elsewhere: another tab has told so, or this page was kept for "back". Whoever presses before its
 * scripts come leaves it by a whole load, and would come back to their own unit as if it were another's.
 */
export function useBoughtElsewhere(itemId: string): number {
  const [times, setTimes] = useState(0);
  useEffect(() => {
    const channel = openChannel();
    channel?.addEventListener("message", ({ data }: MessageEvent<string>) => {
      if (data === itemId) setTimes((before) => before + 1);
    });
    return () => channel?.close();
  }, [itemId]);
  return times + useSyncExternalStore(onShown, timesKept, () => 0);
}

/** How often this page was kept for "back" and is shown again. Counted from its first script on: it may be kept before it comes to life. */
let kept = 0;
const timesKept = () => kept;
if (typeof window !== "undefined")
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) kept += 1;
  });

function onShown(changed: () => void): () => void {
  window.addEventListener("pageshow", changed);
  return () => window.removeEventListener("pageshow", changed);
}

/** Where a browser does not let its tabs talk, it does not let them have a cookie in common either. */
function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return undefined;
  }
}
