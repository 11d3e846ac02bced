/** What the shop says of itself, and who is signed in. */
import { data, redirect } from "@remix-run/node";
import { type BodyLimits, readForm } from "#app/http/body.server.ts";
import { currentExchange } from "#app/http/exchange.server.ts";
import { readMultipart } from "#app/http/multipart.server.ts";
import { makePicture } from "#app/operator/make-picture.server.ts";
import { endSession, listSessions } from "#app/operator/sessions.server.ts";
import { changeLogo, changeSettings } from "#app/operator/settings.server.ts";
import { accentOf } from "#app/shop/accent.ts";
import { isUuid } from "#app/shop/item.ts";
import { mistakesIn, SETTINGS, type SettingMistakes, type ShopSettings } from "#app/shop/shop-settings.ts";
import { currentShop, FIXED } from "#app/shop-settings.server.ts";
import { words as pictureWords } from "#app/words/operator-pictures.ts";
import { words } from "#app/words/operator-settings.ts";
import { unlessBusy } from "./pictures.server.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** What is wrong with the file that was sent as a logo. */
export interface LogoMessage {
  kind: "logo";
  file: string;
}

/** A form with mistakes, as it was entered. */
export interface SettingsMessage {
  kind: "settings";
  says: string;
  entered: Partial<ShopSettings>;
  mistakes: SettingMistakes;
  /** The edition that its writer has seen by now. */
  seen: number | undefined;
}

export async function settingsPage() {
  const { id } = await requireOperator();
  const { edition, logo, ...settings } = currentShop();
  return {
    edition,
    settings,
    logo,
    accent: accentOf(settings.accent) ?? null,
    fixed: Object.keys(FIXED),
    zones: Intl.supportedValuesOf("timeZone"),
    sessions: (await listSessions()).map((session) => ({ ...session, isHere: session.id === id })),
    saved: savedIn(currentExchange().url.searchParams.get("saved")),
  };
}

/** What was just saved: each has a form of its own. */
function savedIn(text: string | null): "settings" | "logo" | undefined {
  if (text === null) return undefined;
  return text === "logo" ? "logo" : "settings";
}

/** Six texts, of which a form writes one character with up to twelve. */
const WITH_TEXTS: BodyLimits = { bytes: 1_500 * 1_024, within: 30_000 };

export async function answerSettings() {
  const session = await requireOperator();
  const { who } = session;
  if (currentExchange().request.headers["content-type"]?.startsWith("multipart/")) return answerLogo(session);
  const sent = await readForm(currentExchange(), WITH_TEXTS);
  if (isUuid(sent.session)) {
    await endSession(sent.session, who);
    return redirect("/operator/settings", { status: 303, headers: NOT_KEPT });
  }
  if (sent.logo === "remove") {
    await changeLogo(undefined, who);
    return saved("?saved=logo");
  }
  const entered = enteredIn(sent);
  const mistakes = mistakesIn(entered);
  const seen = /^\d{1,9}$/.test(sent.edition ?? "") ? Number(sent.edition) : undefined;
  if (Object.keys(mistakes).length > 0)
    return stay({ kind: "settings", says: words.mistakes, entered, mistakes, seen }, 400);
  const change = await changeSettings(entered, who, seen);
  if (change.kind === "moved_on") {
    const differs = SETTINGS.filter(
      (setting) => entered[setting] !== undefined && entered[setting] !== change.now[setting],
    );
    const now = Object.fromEntries(differs.map((setting) => [setting, words.now(change.now[setting])]));
    return stay({ kind: "settings", says: words.movedOn, entered, mistakes: now, seen: change.now.edition }, 409);
  }
  return saved();
}

async function answerLogo({ id, who }: { id: string; who: string }) {
  const { files } = await readMultipart(currentExchange(), id);
  const { logo } = files;
  if (!logo) return stay({ kind: "logo", file: pictureWords.noFile }, 400);
  const made = await unlessBusy(() => makePicture(logo.bytes, "logo"));
  if (made.kind === "refused") return stay({ kind: "logo", file: pictureWords.refused(made) }, 400);
  await changeLogo(made, who);
  return saved("?saved=logo");
}

function saved(what = "?saved") {
  return redirect(`/operator/settings${what}`, { status: 303, headers: NOT_KEPT });
}

function stay(message: SettingsMessage | LogoMessage, status: number) {
  return data(message, { status, headers: NOT_KEPT });
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
