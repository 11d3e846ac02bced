import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { env } from "#app/env.server.ts";

/** On every answer, files and API included. */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  // A picture that is opened by itself is a document of this origin: none of its scripts runs. Pages have a policy of their own.
  response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
}

export function createNonce(): string {
  return randomBytes(16).toString("base64");
}

/** On every page: only this shop's files, and only the inline scripts this answer carries. */
export function contentSecurityPolicy(nonce: string): string {
  // Vite's development client injects <style> elements and talks to its own socket.
  const development = env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self'${development ? " 'unsafe-inline'" : ""}`,
    "img-src 'self' data:",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}
