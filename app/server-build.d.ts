/** What Remix's Vite plugin makes of app/: its routes and their assets, inside the bundle itself. */
declare module "virtual:remix/server-build" {
  const build: import("@remix-run/node").ServerBuild;
  export = build;
}
