import { type RefObject, useEffect, useRef } from "react";

/**
 * For what appears in answer to a press: the focus goes there each time that `news` is another, and with it a screen reader and the view.
 * On a phone the button that was pressed may be far from it. Nothing is news as long as it is undefined, null or false.
 */
export function useFocus<Box extends HTMLElement>(news: unknown): RefObject<Box> {
  const box = useRef<Box>(null);
  useEffect(() => {
    if (isNews(news)) box.current?.focus();
  }, [news]);
  return box;
}

/** For a message that stands in a page from its first byte: without scripts the browser brings whoever has sent a form there. */
export const FOCUS_AT_ONCE = { autoFocus: true } as const;

const MISTAKE =
  '[data-message="refused"], :is(input, select, textarea)[aria-invalid="true"], [aria-invalid="true"] input';

/** For a form that is refused: the focus goes to the first that is wrong in it. */
export function useFocusOnMistake(news: unknown): RefObject<HTMLFormElement> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (isNews(news)) form.current?.querySelector<HTMLElement>(MISTAKE)?.focus();
  }, [news]);
  return form;
}

function isNews(news: unknown): boolean {
  return news !== undefined && news !== null && news !== false;
}
