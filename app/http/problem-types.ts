/**
 * Every kind of problem that an answer of this shop can name, in one place: its status, and its title where the answer
 * has no better one. The type is part of the interface: programs tell problems apart by it, so it never changes its meaning.
 */
export const PROBLEMS = {
  // The request is wrong, whatever the shop's state.
  malformed: { status: 400, title: "That request isn’t complete" },
  "cookie-invalid": { status: 400, title: "We couldn’t read your cookie" },
  "cross-site": { status: 403, title: "That came from another site" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "That isn’t possible here" },
  "too-slow": { status: 408, title: "That took too long to arrive" },
  "too-large": { status: 413, title: "That’s too large" },
  "unsupported-media-type": { status: 415, title: "We can’t read that kind of body" },
  "key-reused": { status: 422, title: "That key was used for something else" },
  "upload-under-way": { status: 429, title: "Another upload is under way" },
  "not-implemented": { status: 501, title: "The shop can’t do that" },
  // The request is right, and the stock, the item's rules or its opening are against it.
  "sold-out": { status: 409, title: "Sold out" },
  "all-held": { status: 409, title: "All of them are held" },
  "hold-open": { status: 409, title: "One is held for you already" },
  "hold-ended": { status: 409, title: "It is not held for you any more" },
  "already-sold": { status: 409, title: "It is yours already" },
  "not-enough-left": { status: 409, title: "Not enough left" },
  "limit-reached": { status: 409, title: "That’s more than one person may have" },
  "not-open": { status: 409, title: "Not open yet" },
  closed: { status: 409, title: "The sale has closed" },
  paused: { status: 409, title: "Sales are paused" },
  "cookie-needed": { status: 409, title: "A cookie of this shop is needed first" },
  "price-changed": { status: 409, title: "The price has changed" },
  // The request is right, and the shop cannot answer it now.
  broken: { status: 500, title: "Something broke" },
  busy: { status: 503, title: "The shop is busy" },
  "provider-away": { status: 503, title: "The payment provider doesn’t answer right now" },
  "database-away": { status: 503, title: "The shop can’t reach its stock right now" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof PROBLEMS;
