import type { Answer } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import { notFound } from "#app/http/refusals.server.ts";
import { findPictureFile } from "#app/shop/picture-files.server.ts";
import { readAddress } from "#app/shop/pictures.ts";

/** `GET /pictures/<name>-<width>.<avif, webp or png>`: a file of an uploaded picture. Its name is made of what it holds. */
export const picture: Endpoint = {
  async GET({ request, url }): Promise<Answer> {
    const asked = readAddress(url.pathname);
    if (!asked) throw notFound("picture");
    const etag = `"${asked.name.slice(0, 32)}"`;
    const headers = { "Cache-Control": "public, max-age=31536000, immutable", ETag: etag };
    const body = await findPictureFile(asked.name, asked.file);
    if (!body) throw notFound("picture");
    // A browser that reloads asks for it again all the same.
    if (request.headers["if-none-match"] === etag) return { status: 304, headers, body: "" };
    return { status: 200, headers: { ...headers, "Content-Type": `image/${asked.kind}` }, body };
  },
};
