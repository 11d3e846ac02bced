import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { env } from "#app/env.server.ts";

/** Of a page, which has a policy of its own. */
const OF_PAGES = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** On every answer, files and API included. */
const OF_ALL = {
  ...OF_PAGES,
  // A picture that is opened by itself is a document of this origin: none of its scripts runs.
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
};

/** Names and values in turn. */
export const SECURITY_HEADERS = { ofPages: Object.entries(OF_PAGES).flat(), ofAll: Object.entries(OF_ALL).flat() };

/** For an answer that others give. A page puts its own policy in the place of this one. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(OF_ALL)) response.setHeader(name, value);
}

/** From 122 random bits. Made so because it costs a tenth of asking for 16 bytes. */
export function createNonce(): string {
  return randomUUID();
}

// Vite's development client injects <style> elements and talks to its own socket.
const develops = env.NODE_ENV === "development";
const [BEFORE_NONCE = "", AFTER_NONCE = "", AFTER_FORMS = ""] = [
  "default-src 'self'",
  "script-src 'self' 'nonce-NONCE'",
  `style-src 'self'${develops ? " 'unsafe-inline'" : ""}`,
  "img-src 'self' data:",
  `connect-src 'self'${develops ? " ws:" : ""}`,
  "font-src 'self'",
  "form-action 'self'FORMS",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
]
  .join("; ")
  .split(/NONCE|FORMS/);

/**
 * On every page: only this shop's files, and only the inline scripts this answer carries. `formsLeadTo`: another origin to which the
 * answer to a form of the page may lead.
 */
export function contentSecurityPolicy(nonce: string, formsLeadTo?: string): string {
  return BEFORE_NONCE + nonce + AFTER_NONCE + (formsLeadTo === undefined ? "" : ` ${formsLeadTo}`) + AFTER_FORMS;
}
