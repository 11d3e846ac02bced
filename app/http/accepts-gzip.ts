import Negotiator from "negotiator";
import { rememberFew } from "./remember-few.ts";

/** Whether whoever sent this Accept-Encoding takes an answer packed by gzip. */
export const acceptsGzip: (header: string | undefined) => boolean = rememberFew<boolean>(
  (header) => new Negotiator({ headers: { "accept-encoding": header } }).encoding(["gzip"]) === "gzip",
  false,
);
