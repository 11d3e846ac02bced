/** What an operator takes along as a file. */
import { actsTable } from "#app/operator/acts-table.server.ts";
import { ordersTable } from "#app/operator/orders-table.server.ts";
import { csv } from "./csv.server.ts";
import { wantedOrders } from "./orders-wanted.server.ts";

/** All orders, or those that the list is narrowed to. */
export const ordersCsv = csv("orders.csv", (query) => ordersTable(wantedOrders(query)));

export const actsCsv = csv("acts.csv", actsTable);
