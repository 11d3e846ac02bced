import { useLocation } from "@remix-run/react";
import { useState } from "react";

/**
 * What a press was answered, until the next press or page: the router forgets it as soon as the page is read again, which
 * happens whenever anything about the item changes.
 */
export function useLastWord<Word>(answer: Word | undefined): Word | undefined {
  // An answer is a place of its own in the browser's history, and so is another page; the same page read again is not.
  const { key } = useLocation();
  const [last, setLast] = useState({ key, answer });
  // It comes a moment before its place does.
  if (answer !== undefined && (answer !== last.answer || key !== last.key)) setLast({ key, answer });
  return answer ?? (last.key === key ? last.answer : undefined);
}
