import { expect, test } from "vitest";
import { readTarget } from "./request-target.ts";

const read = (method: string, url: string, headers: Record<string, string> = {}, hosts = ["shop.example"]) =>
  readTarget({
    method,
    url,
    headers: { ...(hosts[0] !== undefined && { host: hosts[0] }), ...headers },
    rawHeaders: hosts.flatMap((host) => ["Host", host]),
  });
const resource = (path: string, host: string | undefined = "shop.example") => ({ kind: "resource", path, host });

test.each<[string, ReturnType<typeof readTarget>, unknown]>([
  ["an address", read("GET", "/items/a?b=c"), resource("/items/a?b=c")],
  ["an absolute address", read("GET", "http://other.example:81/healthz?a"), resource("/healthz?a", "other.example:81")],
  ["an absolute address by https", read("POST", "HTTPS://shop.example/x"), resource("/x")],
  ["an absolute address without a path", read("GET", "http://shop.example"), resource("/")],
  ["an absolute address with a query alone", read("GET", "http://shop.example?a=1"), resource("/?a=1")],
  [
    "the name that a proxy passes on",
    read("GET", "/", { "x-forwarded-host": "a.example, b" }),
    resource("/", "a.example"),
  ],
  ["an IPv6 host", read("GET", "/", {}, ["[::1]:3000"]), resource("/", "[::1]:3000")],
  ["HTTP/1.0 without a host", read("GET", "/", {}, []), { kind: "resource", path: "/", host: undefined }],
  ["a path that is not UTF-8", read("GET", "/items/%E0%A4%A"), resource("/items/%25E0%25A4%25A")],
  ["a query that is not UTF-8", read("GET", "/?a=%"), resource("/?a=%")],
  ["Remix's old data requests", read("GET", "/items/a?_data=x&after=y"), resource("/items/a?after=y")],
  ["the same, written otherwise", read("GET", "/?%5Fdata=x"), resource("/")],
  ["_data, in an address that cannot be decoded", read("GET", "/%zz?_data=x"), resource("/%25zz")],
  ["OPTIONS *", read("OPTIONS", "*"), { kind: "server" }],
])("%s is read", (_name, target, expected) => {
  expect(target).toEqual(expected);
});

test.each<[string, ReturnType<typeof readTarget>, string]>([
  ["a fragment", read("GET", "/items/a.data#x"), "malformed"],
  ["a fragment in an absolute address", read("GET", "http://shop.example#/x"), "malformed"],
  ["* but for OPTIONS", read("GET", "*"), "malformed"],
  ["an address without a slash", read("GET", "items"), "malformed"],
  ["an absolute address of another scheme", read("GET", "ftp://shop.example/"), "malformed"],
  ["an absolute address with a user", read("GET", "http://me@shop.example/"), "malformed"],
  ["an absolute address without a host", read("GET", "http:///items"), "malformed"],
  ["two hosts", read("GET", "/", {}, ["shop.example", "shop.example"]), "malformed"],
  ...["", "a:99999", "[", "a b", "a/b", "a?b", "a\\b", "me@a"].map(
    (host): [string, ReturnType<typeof readTarget>, string] => [
      `the host ${JSON.stringify(host)}`,
      read("GET", "/", {}, [host]),
      "malformed",
    ],
  ),
  ["a forwarded host that is none", read("GET", "/", { "x-forwarded-host": "a:99999" }), "malformed"],
  ["TRACE", read("TRACE", "/"), "not-implemented"],
  ["PROPFIND", read("PROPFIND", "/"), "not-implemented"],
])("%s is refused", (_name, target, problem) => {
  expect(target).toMatchObject({ kind: "refused", problem });
});
