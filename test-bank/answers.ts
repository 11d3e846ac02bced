/** An answer of the bank's interface for programs. */
export interface BankAnswer {
  status: number;
  body: string;
  /** Whether a repeat under the same key is answered alike: all that was begun is, an error, too. */
  kept: boolean;
}

export function ok(object: Record<string, unknown>): BankAnswer {
  return { status: 200, body: JSON.stringify(object, null, 2), kept: true };
}

interface Fault {
  type?: string;
  code?: string;
  decline_code?: string;
  param?: string;
  message: string;
}

/** `kept: false`: of a request that was not even begun. */
export function fault(
  status: number,
  { type = "invalid_request_error", ...said }: Fault,
  { kept = true } = {},
): BankAnswer {
  return { status, body: JSON.stringify({ error: { type, ...said } }, null, 2), kept };
}

export function malformed(message: string, param?: string): BankAnswer {
  return fault(400, { message, ...(param !== undefined && { param }) }, { kept: false });
}

export function missing(what: string, id: string): BankAnswer {
  return fault(404, { code: "resource_missing", message: `No such ${what}: '${id}'` }, { kept: false });
}
