import { type RefObject, useEffect, useRef } from "react";

/**
 * For what appears in answer to a press: the focus goes there each time that `news` is another, and with it a screen reader and the view.
 * On a phone the button that was pressed may be far from it. Nothing is news as long as it is undefined, null or false.
 */
export function useFocus<Box extends HTMLElement>(news: unknown): RefObject<Box> {
  const box = useRef<Box>(null);
  useEffect(() => {
    if (news !== undefined && news !== null && news !== false) box.current?.focus();
  }, [news]);
  return box;
}
