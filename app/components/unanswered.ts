import { useNavigation } from "@remix-run/react";
import { useEffect, useState } from "react";

/** Milliseconds: the till decides within a few seconds, or says that it is busy. */
const PATIENCE = 8_000;

/** Whether the press that is under way has had no answer for so long that it was probably lost. Pressed again, it starts anew. */
export function useUnanswered(pressed: boolean): boolean {
  const { location } = useNavigation();
  const press = pressed ? location?.key : undefined;
  const [given, setGiven] = useState<string>();
  useEffect(() => {
    if (press === undefined) return;
    const timer = setTimeout(() => setGiven(press), PATIENCE);
    return () => clearTimeout(timer);
  }, [press]);
  return press !== undefined && press === given;
}
