/** A table as a file to keep. */
import type { FileHandle } from "node:fs/promises";
import type { Endpoint } from "#app/http/endpoint.server.ts";
import type { Exchange } from "#app/http/exchange.server.ts";
import { ExportIsBusy, exportTable, type Table } from "#app/operator/export.server.ts";
import { NOT_KEPT, requireOperator } from "./session.server.ts";

/** Bytes that are read of the file at once. */
const CHUNK = 64 * 1024;

/** Packed on its way, its length would not be known, and all of it could be taken in before it goes out. */
const AS_IT_IS = { "Cache-Control": `${NOT_KEPT["Cache-Control"]}, no-transform` };

/** `GET` of a file of this name. `tableOf`: what the address asks for. */
export function csv<Row extends object>(
  filename: string,
  tableOf: (query: URLSearchParams) => Table<Row>,
): Endpoint<Response> {
  return {
    GET: async (exchange) => {
      const stranger = await requireOperator().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (stranger instanceof Response) return stranger;
      if (stranger !== undefined) throw stranger;
      const headers = {
        ...AS_IT_IS,
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": `attachment; filename="${filename}"`,
      };
      if (exchange.request.method === "HEAD") return new Response(null, { headers });
      const left = new AbortController();
      const leave = () => left.abort();
      exchange.response.once("close", leave);
      try {
        const file = await exportTable(tableOf(exchange.url.searchParams), left.signal);
        const { size } = await file.stat();
        return new Response(streamOf(file, exchange), { headers: { ...headers, "Content-Length": String(size) } });
      } catch (error) {
        // Nobody is there to be answered.
        if (left.signal.aborted) return new Response(null, { status: 499 });
        if (!(error instanceof ExportIsBusy)) throw error;
        const says = "Another export is under way. Try again in a minute.";
        return new Response(says, { status: 429, headers: { ...AS_IT_IS, "Retry-After": "60" } });
      } finally {
        exchange.response.off("close", leave);
      }
    },
  };
}

/** Read as fast as its reader takes it. */
function streamOf(file: FileHandle, { response }: Exchange): ReadableStream<Uint8Array> {
  const close = () => file.close().catch(() => undefined);
  response.once("close", () => void close());
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        // Remix writes whatever it is given, and would keep the whole file for a reader who takes none of it.
        if (response.writableNeedDrain && !response.destroyed) await drained(response);
        if (response.destroyed) {
          // It may have left before anybody listened for it.
          await close();
          return controller.close();
        }
        const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK), 0, CHUNK, at);
        at += bytesRead;
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await close();
        controller.close();
      },
      cancel: () => close(),
    },
    { highWaterMark: 0 },
  );
}

function drained(response: Exchange["response"]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
