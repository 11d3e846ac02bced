/** The real k6: where it is, and a run of one of its scripts. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const reports = path.join(root, "load/reports");

/** Undefined where there is none, which it says. */
export function findK6(): string | undefined {
  const found = ["k6", path.join(homedir(), "go/bin/k6")].find(
    (candidate) => spawnSync(candidate, ["version"]).status === 0,
  );
  if (!found)
    process.stderr.write(
      "This needs k6, which is neither on PATH nor in ~/go/bin.\nGet it with `go install go.k6.io/k6@v1.8.1`, or from your system's packages (grafana.com/docs/k6).\n",
    );
  return found;
}

/** Runs `load/<name>.ts` with these settings: 0 when all thresholds hold. Its report is written to load/reports. */
export async function runK6(k6: string, name: string, settings: Record<string, string | number>): Promise<number> {
  mkdirSync(reports, { recursive: true });
  const report = path.join(reports, `${name}-${new Date().toISOString().replaceAll(":", "")}.html`);
  const given = Object.entries(settings).flatMap(([setting, value]) => ["-e", `${setting}=${value}`]);
  const child = spawn(k6, ["run", "--quiet", "--no-usage-report", ...given, `load/${name}.ts`], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      K6_WEB_DASHBOARD: "true",
      K6_WEB_DASHBOARD_PORT: "-1",
      K6_WEB_DASHBOARD_PERIOD: "1s",
      K6_WEB_DASHBOARD_EXPORT: report,
    },
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (existsSync(report)) process.stdout.write(`Report: ${path.relative(root, report)}\n`);
  return code ?? 1;
}
