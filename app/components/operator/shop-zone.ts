/** The shop's zone, in which operators are told when something was. */
import { createContext, useContext } from "react";
import { isZone } from "#app/shop/zoned-time.ts";
import { formatMoment } from "#app/words/moment.ts";

const Zone = createContext("UTC");

export const ShopZone = Zone.Provider;

/** Tells a moment by the shop's clocks, with the zone's name. A browser that is older than the zone does not know it, and would throw. */
export function useMoment(): (moment: Date) => string {
  const zone = useContext(Zone);
  return (moment) => formatMoment(moment, "en", isZone(zone) ? zone : "UTC");
}
