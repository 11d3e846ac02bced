/** An operator in a browser without JavaScript: signed in, and sends forms as a browser does. */
import { Visitor } from "#harness/shop.ts";

export const PASSWORD = "a word that nobody guesses";

/** An attribute's value, as a browser reads it. */
function unescaped(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

export class Operator extends Visitor {
  readonly #url: string;

  private constructor(url: string) {
    super(url);
    this.#url = url;
  }

  static async signIn(url: string, who = "Ann"): Promise<Operator> {
    const operator = new Operator(url);
    const answer = await fetch(`${url}/operator/sign-in`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ password: PASSWORD, who }),
    });
    const lines = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
    operator.cookie = lines.join("; ");
    return operator;
  }

  /** Keeps the cookies that it came with. */
  override async fetch(target: string, init: RequestInit = {}): Promise<Response> {
    const cookie = this.cookie;
    const response = await super.fetch(target, init);
    this.cookie = cookie;
    return response;
  }

  /** Sends a form with files, or without one though it may have one. */
  send(target: string, fields: Record<string, string | Blob>): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return this.fetch(target, { method: "POST", headers: { Origin: this.#url }, body: form });
  }

  /** Sends a form of texts alone. */
  press(target: string, fields: Record<string, string>): Promise<Response> {
    return this.fetch(target, { method: "POST", headers: { Origin: this.#url }, body: new URLSearchParams(fields) });
  }

  /** The hidden fields of the page's form that has this attribute. */
  async hiddenFields(target: string, form: string): Promise<Record<string, string>> {
    const html = await (await this.fetch(target)).text();
    const found = new RegExp(`<form[^>]*${form}[^]*?</form>`).exec(html)?.[0] ?? "";
    const inputs = found.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
    return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, unescaped(value)]));
  }
}
