import { page } from "#app/http/page.server.ts";
import { notFound } from "#app/http/refusals.server.ts";

const nothing = page(() => Promise.reject(notFound("page")));

export { nothing as action, nothing as loader };

/** Never shown: what is not found is the root's ErrorBoundary. */
export default function NotFound() {
  return null;
}
