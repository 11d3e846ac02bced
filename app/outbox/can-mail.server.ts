import { env } from "#app/env.server.ts";

/** Whether buyers can be written to. Links lead to where the shop is. In the demo mails are kept, and its operator reads them. */
export const canMail = env.SHOP_URL !== undefined && (env.SMTP_URL !== undefined || env.DEMO);
