/** Milliseconds out of sight after which a page needs no news. */
const HIDDEN_LIMIT = 60_000;

/** Calls `left` when nobody has seen the page for a while, or it is kept for "back", and `back` whenever it is seen again. */
export function watchPresence(left: () => void, back: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = setTimeout(left, HIDDEN_LIMIT);
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
