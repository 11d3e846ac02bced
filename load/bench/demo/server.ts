/** The demo's way where there is no Python: the same three statements a buyer, behind a bare Node server. */
import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const LOCK = { name: "lock", text: "SELECT quantity FROM plain_items WHERE id = $1 FOR UPDATE" };
const TAKE = { name: "take", text: "UPDATE plain_items SET quantity = quantity - 1 WHERE id = $1" };
const ORDER = { name: "order", text: "INSERT INTO plain_orders (item_id, placed_at) VALUES ($1, clock_timestamp())" };
const STATUS = { name: "status", text: "SELECT id, quantity FROM plain_items WHERE id = $1" };

interface Row {
  quantity: number;
}

async function purchase(itemId: string): Promise<[number, unknown]> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const [item] = (await client.query<Row>({ ...LOCK, values: [itemId] })).rows;
    if (!item || item.quantity <= 0) {
      await client.query("ROLLBACK");
      return item ? [409, { detail: "Sold out" }] : [404, { detail: "Item not found" }];
    }
    await client.query({ ...TAKE, values: [itemId] });
    await client.query({ ...ORDER, values: [itemId] });
    await client.query("COMMIT");
    return [200, { id: itemId, quantity: item.quantity - 1 }];
  } finally {
    client.release();
  }
}

async function status(itemId: string): Promise<[number, unknown]> {
  const [item] = (await pool.query<Row>({ ...STATUS, values: [itemId] })).rows;
  return item ? [200, item] : [404, { detail: "Item not found" }];
}

createServer((request, response) => {
  const [, , itemId = "", verb] = (request.url ?? "").split("/");
  void (verb === "purchase" ? purchase(itemId) : status(itemId)).then(([code, body]) => {
    response.writeHead(code, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
