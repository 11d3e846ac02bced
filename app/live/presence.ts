/**
 * Calls `left` when nobody has seen the page for `patience()` milliseconds, or it is kept for "back", and `back` whenever it
 * is seen again.
 */
export function watchPresence(left: () => void, back: () => void, patience: () => number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(left, patience());
    else back();
  };
  document.addEventListener("visibilitychange", look);
  // A page with an open connection is not kept.
  window.addEventListener("pagehide", left);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    back();
    look();
  });
  // Opened in the background.
  if (document.visibilityState === "hidden") look();
}
