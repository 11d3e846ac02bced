-- An item's price is never below nothing, and so no order's is. Not looked for in what is there: that would hold all buyers up
-- for as long as it takes to read every order.
ALTER TABLE "orders" ADD CONSTRAINT "orders_price_not_negative" CHECK ("price_amount" >= 0) NOT VALID;
