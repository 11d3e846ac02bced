import type { MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useWords } from "#app/components/document.tsx";
import { Story } from "#app/components/story.tsx";
import { sharedLink } from "#app/components/shared-link.ts";
import { languageIn, originIn, shopIn, titleIn } from "#app/components/shop.ts";
import { page } from "#app/http/page.server.ts";
import { BadRequest } from "#app/http/refusals.server.ts";
import { readPage } from "#app/pages/answer-page.server.ts";
import { shopPage } from "#app/pages/shop-page.server.ts";
import { pathOfPage } from "#app/shop/shop-settings.ts";
import { wordsIn } from "#app/words/words.ts";

/** A text of the shop's own, such as its terms. Any other address of one part is no page. */
export const loader = page(({ params }) => readPage(shopPage, params));

export const action = page(async ({ params }) => {
  await readPage(shopPage, params);
  throw new BadRequest("method-not-allowed", "This page can only be read.", { Allow: "GET, HEAD, OPTIONS" });
});

export const meta: MetaFunction<typeof loader> = ({ data: shown, matches }) => {
  const [language, shop] = [languageIn(matches), shopIn(matches)];
  const title = shown && wordsIn(language).shopPages[shown.page];
  const tags = [{ title: titleIn(matches, title) }, { name: "description", content: shop.intro }];
  if (!shown || title === undefined) return tags;
  // The window's, as it is when it is fetched: nothing on this page follows from the items.
  const card = { path: `/card.jpg?lang=${language}`, alt: shop.headline };
  const page = { type: "website", title, description: "", path: pathOfPage(shown.page), card } as const;
  return [...tags, ...sharedLink(page, shop, originIn(matches))];
};

export default function ShopPage() {
  const { page, html } = useLoaderData<typeof loader>();
  const words = useWords();
  return (
    <article className="mx-auto max-w-prose" data-shop-page={page}>
      <h1 className="mb-8 font-display text-4xl font-semibold tracking-tight text-balance sm:text-5xl">
        {words.shopPages[page]}
      </h1>
      <Story html={html} />
    </article>
  );
}
