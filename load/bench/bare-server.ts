/** The least that answers from memory, and that tells thousands of clients: Node's own http server, a Set, and a loop. */
import { createServer, type ServerResponse } from "node:http";

const clients = new Set<ServerResponse>();
let version = 0;

/** As large as what the shop says of an item. */
const item = {
  ...{ id: "tin-comet", name: "Tin Comet", quantity: 5, version: 6, edition: 1, epoch: 1, run: 1, state: "available" },
  ...{ price: { amount: 4200, currency: "EUR" }, opensAt: null, maxPerOrder: 2, limitPerBuyer: 2 },
};

createServer((request, response) => {
  if (request.url === "/item") {
    response.writeHead(200, { "Content-Type": "application/json" });
    return void response.end(JSON.stringify(item));
  }
  if (request.url === "/healthz") return void response.end("ok");
  if (request.url === "/tell") {
    version += 1;
    const stock = { id: "hot-0", quantity: 1, version, run: version, state: "available" };
    const event = Buffer.from(`event: stock\ndata: ${JSON.stringify(stock)}\n\n`);
    const at = Date.now();
    for (const client of clients) client.write(event);
    return void response.end(JSON.stringify({ mark: `"version":${version},`, at }));
  }
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform" });
  response.write("event: ping\ndata: {}\n\n");
  clients.add(response);
  response.once("close", () => clients.delete(response));
}).listen(Number(process.env.PORT), "127.0.0.1");
