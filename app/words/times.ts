import type { Language } from "./languages.ts";
import {
  formatClock,
  formatClockAfter,
  formatDay,
  formatMoment,
  formatOpening,
  formatOpeningSoon,
  type Zone,
} from "./moment.ts";

/** The moments of a language, each in UTC unless another zone is named. */
export function timesIn(language: Language) {
  return {
    moment: (at: Date, zone?: Zone) => formatMoment(at, language, zone),
    clock: (at: Date, zone?: Zone) => formatClock(at, language, zone),
    clockAfter: (at: Date, zone?: Zone) => formatClockAfter(at, language, zone),
    opening: (at: Date, zone?: Zone) => formatOpening(at, language, zone),
    openingSoon: (at: Date, zone?: Zone) => formatOpeningSoon(at, language, zone),
    day: (at: Date, zone?: Zone) => formatDay(at, language, zone),
  };
}

export type Times = ReturnType<typeof timesIn>;
