/** What the operator's pages say. They are in English alone. */
import type { Verb } from "#app/shop/acts.server.ts";

export const words = {
  nav: { items: "Items", orders: "Orders", outbox: "Outbox", acts: "Acts", settings: "Settings", signOut: "Sign out" },
  signIn: {
    title: "Sign in to run the shop",
    password: "Password",
    who: "Your name",
    whoHint: "Optional. It stands beside everything that you do.",
    button: "Sign in",
    wrong: "That is not the password.",
    wait: (seconds: number) =>
      `Too many tries. Wait ${seconds === 1 ? "a second" : `${seconds} seconds`}, then try again.`,
    notSet: "Nobody can sign in yet: start the shop with OPERATOR_PASSWORD set to a password of at least 8 characters.",
  },
  acts: {
    title: "What was done",
    none: "Nothing was done yet.",
    verb: {
      item_added: "added",
      item_changed: "changed",
      draft_added: "added the draft",
      draft_changed: "changed the draft",
      draft_deleted: "deleted the draft",
      item_published: "published",
      restocked: "restocked",
      corrected: "corrected the count",
      run_started: "started a new run",
      hold_ended: "ended a hold",
      order_cancelled: "cancelled the order",
      order_refunded: "refunded",
      order_noted: "wrote a note",
      order_sent: "marked as sent",
      task_retried: "had it tried again",
      settings_changed: "changed the settings",
      password_changed: "changed the password",
      session_ended: "ended a session",
    } satisfies Record<Verb, string>,
    older: "Older",
    csv: "As a table (CSV)",
    fields: (count: number) => `${count} fields`,
    nothing: "nothing",
    yes: "yes",
    no: "no",
  },
  sessions: {
    title: "Who is signed in",
    here: "this browser",
    since: (began: string, seen: string) => `since ${began}, last seen ${seen}`,
    end: "End",
  },
};
