import { redirect } from "@remix-run/node";
import { page } from "#app/http/page.server.ts";
import { NOT_KEPT, requireOperator } from "#app/pages/operator/session.server.ts";

export const loader = page(async () => {
  await requireOperator();
  throw redirect("/operator/items", { headers: NOT_KEPT });
});

/** Never shown: it redirects. */
export default function OperatorStart() {
  return null;
}
