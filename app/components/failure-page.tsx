import { Link, useLocation, useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import type { Failure } from "#app/http/page.server.ts";
import { useWords } from "./document.tsx";

/** Seconds between two looks whether the shop is back, give or take a third: all who saw it go must not return as one. */
const RETRY_SECONDS = 5;

/** What a visitor sees instead of a page, and what to do next. */
export function FailurePage({ failure }: { failure: Failure }) {
  const away = failure.kind === "away";
  const { failure: say, frame } = useWords();
  const { pathname, search } = useLocation();
  const here = `${pathname}${search}`;
  const { revalidate, state: revalidation } = useRevalidator();
  const navigation = useNavigation();
  // A second look would break off the first, and a visitor's way to another page.
  const idle = revalidation === "idle" && navigation.state === "idle";
  useEffect(() => {
    if (!away || !idle) return;
    const timer = setTimeout(revalidate, RETRY_SECONDS * 1_000 * (2 / 3 + (Math.random() * 2) / 3));
    return () => clearTimeout(timer);
  }, [away, idle, revalidate]);

  return (
    <section className="max-w-xl py-6 sm:py-12">
      {away && (
        <noscript>
          <meta httpEquiv="refresh" content={String(RETRY_SECONDS)} />
        </noscript>
      )}
      <h1 className="font-display text-4xl font-semibold tracking-tight text-balance sm:text-5xl">{failure.title}</h1>
      <p className="mt-4 text-lg text-pretty text-quiet">{failure.detail}</p>
      {away && <p className="mt-2 text-pretty text-quiet">{say.keepsChecking}</p>}
      <p className="mt-8 flex flex-wrap items-center gap-4">
        <Link to="/" className="button">
          {frame.toShop}
        </Link>
        {failure.kind === "broken" && (
          <a href={here} className="button-quiet">
            {say.reload}
          </a>
        )}
      </p>
      {failure.reference && (
        <p className="mt-10 text-sm text-quiet">
          <span>{say.reference}</span>{" "}
          <code translate="no" className="font-mono break-all text-ink">
            {failure.reference}
          </code>
        </p>
      )}
    </section>
  );
}
