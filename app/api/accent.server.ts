import type { Endpoint } from "#app/http/endpoint.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { accentOf } from "#app/shop/accent.ts";

/** `GET /accent/b93a1c.css`: the shop's own colour. A policy that allows no inline style needs a file, and its name says all that is in it. */
export const accent: Endpoint = {
  GET({ url }) {
    const [, hex = ""] = /^\/accent\/([0-9a-f]{6})\.css$/.exec(url.pathname) ?? [];
    const found = accentOf(`#${hex}`);
    if (!found) throw notFound("stylesheet");
    const rule = ({ accent, onAccent }: typeof found.light) => `:root{--accent:${accent};--on-accent:${onAccent}}`;
    return {
      status: 200,
      headers: {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
      },
      body: `${rule(found.light)}@media (prefers-color-scheme:dark){${rule(found.dark)}}`,
    };
  },
};
