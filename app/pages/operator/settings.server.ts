/** What the shop says of itself, and who is signed in. */
import { data, redirect } from "@remix-run/node";
import { readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { endSession, listSessions } from "#app/operator/sessions.server.ts";
import { changeSettings } from "#app/operator/settings.server.ts";
import { accentOf } from "#app/shop/accent.ts";
import { isUuid } from "#app/shop/item.ts";
import { mistakesIn, SETTINGS, type SettingMistakes, type ShopSettings } from "#app/shop/shop-settings.ts";
import { currentShop, FIXED } from "#app/shop-settings.server.ts";
import { words } from "#app/words/operator-settings.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** A form with mistakes, as it was entered. */
export interface SettingsMessage {
  says: string;
  entered: Partial<ShopSettings>;
  mistakes: SettingMistakes;
}

export async function settingsPage() {
  const { id } = await requireOperator();
  const { edition, ...settings } = currentShop();
  return {
    edition,
    settings,
    accent: accentOf(settings.accent) ?? null,
    fixed: Object.keys(FIXED),
    zones: Intl.supportedValuesOf("timeZone"),
    sessions: (await listSessions()).map((session) => ({ ...session, isHere: session.id === id })),
    saved: currentExchange().url.searchParams.has("saved"),
  };
}

export async function answerSettings() {
  const { who } = await requireOperator();
  const sent = await readForm(currentExchange());
  if (isUuid(sent.session)) {
    await endSession(sent.session, who);
    return redirect("/operator/settings", { status: 303, headers: NOT_KEPT });
  }
  const entered = enteredIn(sent);
  const mistakes = mistakesIn(entered);
  if (Object.keys(mistakes).length > 0)
    return data<SettingsMessage>({ says: words.mistakes, entered, mistakes }, { status: 400, headers: NOT_KEPT });
  const seen = /^\d{1,9}$/.test(sent.edition ?? "") ? Number(sent.edition) : undefined;
  const change = await changeSettings(entered, who, seen);
  if (change.kind === "moved_on") {
    const differs = SETTINGS.filter(
      (setting) => entered[setting] !== undefined && entered[setting] !== change.now[setting],
    );
    const now = Object.fromEntries(differs.map((setting) => [setting, words.now(change.now[setting])]));
    return data<SettingsMessage>({ says: words.movedOn, entered, mistakes: now }, { status: 409, headers: NOT_KEPT });
  }
  return redirect("/operator/settings?saved", { status: 303, headers: NOT_KEPT });
}

/** What the form names. Lines are ended as PostgreSQL and pages end them. */
function enteredIn(sent: Record<string, string>): Partial<ShopSettings> {
  return Object.fromEntries(
    SETTINGS.flatMap((setting) => {
      const value = sent[setting];
      return value === undefined ? [] : [[setting, value.replaceAll("\r\n", "\n").trim()]];
    }),
  );
}
