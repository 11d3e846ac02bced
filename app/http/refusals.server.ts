/** Requests that are wrong whatever the shop's state: the URL, the form, the body. Thrown; turned into answers in one place. */

export type BadRequestType =
  | "malformed"
  | "cookie-invalid"
  | "cross-site"
  | "too-large"
  | "unsupported-media-type"
  | "key-reused"
  | "not-found"
  | "method-not-allowed";

const STATUS: Record<BadRequestType, number> = {
  malformed: 400,
  "cookie-invalid": 400,
  "cross-site": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "too-large": 413,
  "unsupported-media-type": 415,
  "key-reused": 422,
};

const TITLE: Record<BadRequestType, string> = {
  malformed: "That request is not complete",
  "cookie-invalid": "Your cookie is not one of ours",
  "cross-site": "That came from another site",
  "not-found": "Not found",
  "method-not-allowed": "That cannot be done here",
  "too-large": "That is too much",
  "unsupported-media-type": "That is not a kind of body we read",
  "key-reused": "That key was used for something else",
};

export class BadRequest extends Error {
  readonly type: BadRequestType;
  readonly headers: Headers;

  constructor(type: BadRequestType, detail: string, headers = new Headers()) {
    super(detail);
    this.type = type;
    this.headers = headers;
  }

  get status(): number {
    return STATUS[this.type];
  }

  get title(): string {
    return TITLE[this.type];
  }
}

export function notFound(what: string): BadRequest {
  return new BadRequest("not-found", `There is no such ${what} here.`);
}
