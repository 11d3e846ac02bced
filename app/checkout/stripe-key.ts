/** Whether a secret key of Stripe's, restricted or not, charges real cards. */
export function isLiveKey(secretKey: string): boolean {
  return /^(sk|rk)_live_/.test(secretKey);
}
