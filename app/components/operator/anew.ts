import { useLocation } from "@remix-run/react";
import { useState } from "react";

/**
 * The key of a form: another each time that the page comes back with what this form asked for done. Its fields are as they were at first
 * again then, while nothing is lost of what stands in the page's other forms.
 */
export function useAnew(isDone: boolean): string {
  const { key } = useLocation();
  const [last, setLast] = useState(key);
  if (isDone && key !== last) setLast(key);
  return last;
}
