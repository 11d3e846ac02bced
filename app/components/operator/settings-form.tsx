import { Form } from "@remix-run/react";
import { useState } from "react";
import type { SettingsMessage } from "#app/pages/operator/settings.server.ts";
import type { Accent } from "#app/shop/accent.ts";
import {
  isShopPage,
  isText,
  pathOfPage,
  type Setting,
  SETTINGS,
  SHOP_PAGES,
  type ShopSettings,
} from "#app/shop/shop-settings.ts";
import { useKeptHidden } from "#app/components/kept-forms.tsx";
import { words } from "#app/words/operator-settings.ts";
import { PlainField } from "./plain-field.tsx";
import { Refused } from "./told.tsx";

interface Props {
  settings: ShopSettings;
  /** Of the settings that the form was filled with. */
  edition: number;
  /** What pages make of the accent; null where there is none. */
  accent: Accent | null;
  /** Settings that the environment has made. */
  fixed: string[];
  zones: string[];
  /** Its writer has just made another edition of the settings, by another form. */
  hasNewLogo: boolean;
  message: SettingsMessage | undefined;
}

const LONG = new Set<Setting>(["intro", "address"]);

export function SettingsForm({ settings, edition, accent, fixed, zones, hasNewLogo, message }: Props) {
  // A session that is ended reads the settings again: what this form is about stays as it was, until its writer is told of another.
  const atFirst = useKeptHidden("settings", { edition: String(edition) });
  const [seen, setSeen] = useState(message?.seen ?? Number(atFirst.edition));
  if (hasNewLogo && seen !== edition) setSeen(edition);
  if (message?.seen !== undefined && message.seen !== seen) setSeen(message.seen);
  const one = (setting: Setting) => (
    <OneSetting
      key={setting}
      setting={setting}
      value={message?.entered[setting] ?? settings[setting]}
      saved={settings[setting]}
      error={message?.mistakes[setting]}
      isFixed={fixed.includes(setting)}
      accent={accent}
    />
  );
  return (
    <Form method="post" noValidate data-settings data-kept="settings" className="grid gap-y-6">
      {message && <Refused news={message}>{message.says}</Refused>}
      <input type="hidden" name="edition" value={seen} />
      {SETTINGS.filter((setting) => !isShopPage(setting)).map(one)}
      <fieldset aria-describedby="pages-hint" className="mt-4 grid gap-y-6">
        <legend className="font-display text-2xl font-semibold tracking-tight">{words.pages.title}</legend>
        <p id="pages-hint" className="mt-2 text-sm text-pretty text-quiet">
          {words.pages.hint}
        </p>
        {SHOP_PAGES.map(one)}
      </fieldset>
      <datalist id="zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <button className="button w-full sm:w-fit">{words.save}</button>
    </Form>
  );
}

/** Of a text as many as it has lines, as far as they can be overlooked. */
function rowsOf(value: string): number {
  return Math.min(12, Math.max(3, value.split("\n").length + 1));
}

interface OneProps {
  setting: Setting;
  value: string;
  /** As it is now. */
  saved: string;
  error: string | undefined;
  isFixed: boolean;
  accent: Accent | null;
}

function OneSetting({ setting, value, saved, error, isFixed, accent }: OneProps) {
  const own = { name: setting, defaultValue: value, disabled: isFixed, className: "field" };
  const hint = (
    <>
      {words.hint[setting] !== undefined && <p>{words.hint[setting]}</p>}
      {setting === "accent" &&
        accent?.adjusted.map((scheme) => (
          <p key={scheme} data-adjusted={scheme}>
            {words.adjusted[scheme](accent[scheme].accent)}
          </p>
        ))}
      {isShopPage(setting) && isText(saved) && (
        <p>
          {words.pages.at}{" "}
          <a href={pathOfPage(setting)} className="link">
            {pathOfPage(setting)}
          </a>
        </p>
      )}
      {isFixed && <p>{words.fixed(`SHOP_${setting.toUpperCase()}`)}</p>}
    </>
  );
  return (
    <PlainField id={setting} label={words.label[setting]} hint={hint} error={error}>
      {(described) =>
        setting === "credit" ? (
          <select {...own} {...described}>
            <option value="on">{words.credit.on}</option>
            <option value="off">{words.credit.off}</option>
          </select>
        ) : isShopPage(setting) || LONG.has(setting) ? (
          <textarea {...own} {...described} rows={isShopPage(setting) ? rowsOf(value) : 3} />
        ) : (
          <input
            {...own}
            {...described}
            type="text"
            autoComplete="off"
            {...(setting === "zone" && { list: "zones" })}
          />
        )
      }
    </PlainField>
  );
}
