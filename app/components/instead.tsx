import { Link } from "@remix-run/react";
import type { Instead } from "#app/pages/instead.server.ts";
import { useWords } from "./document.tsx";
import { Moment } from "./moment.tsx";
import { Picture } from "./picture.tsx";

/** Where an item is over, what comes next: others to have, those that open soon, and all that has gone. */
export function InsteadOf({ instead: { items, hasGone } }: { instead: Instead }) {
  const { instead: say, price } = useWords();
  return (
    <section aria-labelledby="instead" className="mt-6" data-instead>
      <h2 id="instead" className="font-display text-xl font-semibold tracking-tight">
        {items.length > 0 ? say.title : say.nothing}
      </h2>
      {items.length > 0 && (
        <ul className="mt-3 border-t border-line">
          {items.map((item) => (
            <li key={item.id} className="group relative flex items-center gap-4 border-b border-line py-3">
              <Picture item={item} cut sizes="4rem" className="size-14 shrink-0 rounded-xl sm:size-16" />
              <div className="min-w-0 flex-1">
                <h3 className="font-display text-lg font-semibold tracking-tight">
                  <Link to={`/items/${item.id}`} className="cover">
                    <bdi>{item.name}</bdi>
                  </Link>
                </h3>
                {item.opensAt && (
                  <p className="text-sm text-quiet">
                    <Moment at={item.opensAt} as="openingSoon" in={say.opens} />
                  </p>
                )}
              </div>
              <p translate="no" className="font-medium tabular-nums">
                {price(item.price)}
              </p>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-3 flex flex-wrap gap-x-5 gap-y-2">
        <Link to="/" className="link inline-block py-1">
          {say.all}
        </Link>
        {hasGone && (
          <Link to="/#gone" className="link inline-block py-1">
            {say.gone}
          </Link>
        )}
      </p>
    </section>
  );
}
