import type { Endpoint } from "#app/http/endpoint.server.ts";
import { PAGE, shownAccent } from "#app/shop/accent.ts";
import { iconOf } from "#app/shop/pictures.ts";
import { currentShop } from "#app/shop-settings.server.ts";

/** `GET /manifest.webmanifest`: what a telephone shows of a shop that is put beside its programs. */
export const manifest: Endpoint = {
  GET() {
    const { name, intro, accent, logo } = currentShop();
    const icons = logo
      ? ([192, 512] as const).map((size) => ({ src: iconOf(logo, size), sizes: `${size}x${size}`, type: "image/png" }))
      : [{ src: "/favicon.svg", sizes: "any", type: "image/svg+xml" }];
    const colours = { theme_color: shownAccent(accent).light, background_color: PAGE.light };
    return {
      status: 200,
      headers: { "Content-Type": "application/manifest+json; charset=utf-8", "Cache-Control": "public, max-age=300" },
      // With a way back and to the address: a payment leads to another site.
      body: JSON.stringify({ name, description: intro, start_url: "/", display: "minimal-ui", ...colours, icons }),
    };
  },
};
