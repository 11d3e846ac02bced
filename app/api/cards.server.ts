import { type Card, certificateOf, currentCard, languageIn } from "#app/cards/cards.server.ts";
import type { Answer, AnswerHeaders } from "#app/http/answer.ts";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { RETRY_AFTER } from "#app/http/faults.server.ts";
import { BadRequest, notFound } from "#app/http/refusals.server.ts";
import { receiptPage } from "#app/pages/order.server.ts";
import { TooMany } from "#app/making/one-at-a-time.ts";
import { isItemId } from "#app/shop/item.ts";

/** `GET /cards/<item>.jpg`: the picture that is shown beside a link to the item, as it is now. */
export const itemCard: Endpoint = {
  async GET(exchange): Promise<Answer> {
    const [, id] = /^\/cards\/([\w-]+)\.jpg$/.exec(exchange.url.pathname) ?? [];
    if (!isItemId(id)) throw notFound("picture");
    return answerOf(exchange, await unlessTooMany(currentCard({ item: id, language: languageIn(exchange.url) })));
  },
};

/** `GET /card.jpg`: likewise of the window. */
export const windowCard: Endpoint = {
  async GET(exchange): Promise<Answer> {
    return answerOf(exchange, await unlessTooMany(currentCard({ language: languageIn(exchange.url) })));
  },
};

/** `GET /orders/:id/certificate.jpg`: the receipt as a picture, for whoever may see the receipt, while what was bought is theirs. */
export const certificate: Endpoint = {
  async GET({ request, language }, params): Promise<Answer> {
    const { order, item, edition, back, isBack } = await receiptPage(params);
    if (isBack) throw notFound("order");
    const { id, itemId, number, placedAt } = order;
    const certified = { id, name: item.name, picture: item.picture, number, edition, placedAt };
    const card = await unlessTooMany(certificateOf({ ...certified, quantity: order.quantity - back }, language));
    return pictureOf(request, card, {
      "Cache-Control": "private, no-cache",
      Vary: "Accept-Language",
      "Content-Disposition": `inline; filename="${itemId}-${number}.jpg"`,
    });
  },
};

function answerOf({ request, url }: Exchange, card: Card | undefined): Answer {
  if (!card) throw notFound("picture");
  // By another name it is what the name was, or will be, and another one in a moment.
  const isNamed = url.searchParams.get("v") === card.name;
  return pictureOf(request, card, {
    "Cache-Control": isNamed ? "public, max-age=31536000, immutable" : "public, max-age=60",
  });
}

function pictureOf({ headers: asked }: Exchange["request"], { name, content }: Card, kept: AnswerHeaders): Answer {
  const headers = { ...kept, ETag: `"${name}"` };
  if (asked["if-none-match"] === headers.ETag) return { status: 304, headers, body: "" };
  return { status: 200, headers: { ...headers, "Content-Type": "image/jpeg" }, body: content };
}

function unlessTooMany<T>(made: Promise<T>): Promise<T> {
  return made.catch((error: unknown) => {
    if (error instanceof TooMany)
      throw new BadRequest("busy", "Other pictures are being made. Try again in a moment.", RETRY_AFTER);
    throw error;
  });
}
