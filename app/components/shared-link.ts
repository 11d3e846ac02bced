/** What a page's head says to whoever shows a link to it, and to programs that read it: Open Graph, JSON-LD, and the page's own address. */
import type { MetaDescriptor } from "@remix-run/node";
import { isScarce, type Item, onlyStock } from "#app/shop/item.ts";
import { writeAmount } from "#app/shop/money.ts";
import { iconOf, picturesOf } from "#app/shop/pictures.ts";
import type { Shop } from "#app/shop/shop-settings.ts";

interface SharedPage {
  title: string;
  description: string;
  type: "website" | "product";
  /** Of the page, without its parameters. */
  path: string;
  card: { path: string; alt: string };
}

/** Pixels of a card. */
const [CARD_WIDTH, CARD_HEIGHT] = ["1200", "630"];

/** `origin`: where the shop is. A shop that does not know it names no address: by whatever a request came is no answer to that. */
export function sharedLink(page: SharedPage, shop: Shop, origin: string | undefined): MetaDescriptor[] {
  const { title, description, type, path, card } = page;
  const tags = [
    property("og:site_name", shop.name),
    property("og:title", title),
    ...(description === "" ? [] : [property("og:description", description)]),
    property("og:type", type),
  ];
  if (origin === undefined) return [...tags, { name: "twitter:card", content: "summary" }];
  return [
    ...tags,
    property("og:url", origin + path),
    property("og:image", origin + card.path),
    property("og:image:type", "image/jpeg"),
    property("og:image:width", CARD_WIDTH),
    property("og:image:height", CARD_HEIGHT),
    property("og:image:alt", card.alt),
    { name: "twitter:card", content: "summary_large_image" },
    { tagName: "link", rel: "canonical", href: origin + path },
  ];
}

function property(name: string, content: string): MetaDescriptor {
  return { property: name, content };
}

/** As a page's loader gives it. */
type ShownItem = Omit<Item, "story">;

/** schema.org's Product, with its Offer as it stands when the page is made. */
export function productData(item: ShownItem, shop: Shop, origin: string | undefined): MetaDescriptor {
  const { opensAt, closesAt } = onlyStock(item);
  const addresses =
    origin === undefined
      ? {}
      : { url: `${origin}/items/${item.id}`, image: picturesOf(item).map(({ path }) => origin + path) };
  return {
    "script:ld+json": {
      "@context": "https://schema.org",
      "@type": "Product",
      name: item.name,
      ...(item.tagline && { description: item.tagline }),
      sku: item.id,
      ...addresses,
      offers: {
        "@type": "Offer",
        price: writeAmount(item.price),
        priceCurrency: item.price.currency,
        availability: `https://schema.org/${availabilityOf(item)}`,
        ...(opensAt && { availabilityStarts: opensAt.toISOString() }),
        ...(closesAt && { availabilityEnds: closesAt.toISOString() }),
        ...(item.state === "available" && { inventoryLevel: { "@type": "QuantitativeValue", value: item.quantity } }),
        seller: { "@type": "Organization", name: shop.name },
      },
    },
  };
}

function availabilityOf(item: ShownItem): string {
  if (item.status === "archived") return "Discontinued";
  switch (item.state) {
    case "available":
      return isScarce(item, item.startingQuantity) ? "LimitedAvailability" : "InStock";
    case "not_open":
      return "PreOrder";
    case "sold_out":
      return "SoldOut";
    // For now: what is held may come back, what is paused goes on, and an operator may move the end.
    case "all_held":
    case "paused":
    case "closed":
      return "OutOfStock";
    default:
      return item.state satisfies never;
  }
}

/** schema.org's OnlineStore and its site: none where the shop does not know its address, which is what names them. */
export function shopData({ name, intro, email, logo }: Shop, origin: string | undefined): MetaDescriptor[] {
  if (origin === undefined) return [];
  const store = {
    "@type": "OnlineStore",
    "@id": `${origin}/#shop`,
    name,
    url: `${origin}/`,
    ...(intro && { description: intro }),
    ...(email && { email }),
    logo: origin + (logo ? iconOf(logo, 512) : "/favicon.svg"),
  };
  const site = { "@type": "WebSite", name, url: `${origin}/`, publisher: { "@id": store["@id"] } };
  return [{ "script:ld+json": { "@context": "https://schema.org", "@graph": [store, site] } }];
}
