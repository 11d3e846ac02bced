/** The shop sells, and takes no money: the one sentence that says so, wherever somebody may wonder. */
export const PAYMENT = "Payment is arranged with the seller.";
