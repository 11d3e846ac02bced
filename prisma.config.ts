import { defineConfig } from "prisma/config";

// `prisma generate` does not use the schema engine, but looks for it, and would download it.
// Naming any existing file keeps `npm ci` working without internet beyond the package registry.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
});
