import { env } from "#app/env.server.ts";
import type { Answer } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { currentItems } from "#app/shop/catalogue.server.ts";
import { isText, pathOfPage, SHOP_PAGES } from "#app/shop/shop-settings.ts";
import { currentShop } from "#app/shop-settings.server.ts";

const CACHED = { "Cache-Control": "public, max-age=300" };

/** What nobody should find by a search: what is one person's, and what is for programs. */
const NOT_FOR_SEARCH = ["/operator", "/orders/", "/api"];

/** `GET /robots.txt` */
export const robots: Endpoint = {
  GET(): Answer {
    const lines = ["User-agent: *", ...NOT_FOR_SEARCH.map((path) => `Disallow: ${path}`)];
    if (env.SHOP_URL) lines.push("", `Sitemap: ${new URL("/sitemap.xml", env.SHOP_URL).href}`);
    const headers = { ...CACHED, "Content-Type": "text/plain; charset=utf-8" };
    return { status: 200, headers, body: `${lines.join("\n")}\n` };
  },
};

/** `GET /sitemap.xml`: the pages that are worth finding. Its addresses must be whole, so a shop that does not know its own has none. */
export const sitemap: Endpoint = {
  async GET(): Promise<Answer> {
    const shop = env.SHOP_URL;
    if (!shop) throw notFound("sitemap");
    const said = currentShop();
    const texts = SHOP_PAGES.filter((page) => isText(said[page])).map(pathOfPage);
    const paths = ["/", ...(await currentItems()).map(({ id }) => `/items/${id}`), ...texts];
    // Of characters that XML leaves as they are: SHOP_URL is an origin, and an item's id is a slug.
    const urls = paths.map((path) => `<url><loc>${new URL(path, shop).href}</loc></url>`);
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join("\n")}\n</urlset>\n`;
    return { status: 200, headers: { ...CACHED, "Content-Type": "text/xml; charset=utf-8" }, body };
  },
};
