/** A small line chart as SVG that is readable on light and dark pages: the x axis is logarithmic, y starts at 0. */

export interface Chart {
  title: string;
  x: number[];
  panels: { label: string; lines: { name: string; y: number[] }[] }[];
}

const WIDTH = 400;
const HEIGHT = 240;
const GAP = 76;
const TOP = 56;
const COLOURS = ["#b93a1c", "#2f6f9f", "#5b8a3c", "#8a5a9f", "#8a6a2f"];

export function chart({ title, x, panels }: Chart): string {
  const width = panels.length * (WIDTH + GAP) + GAP / 2;
  const names = panels[0]?.lines.map(({ name }) => name) ?? [];
  const height = TOP + HEIGHT + 52 + names.length * 20;
  const legend = names.map((name, index) => {
    const y = TOP + HEIGHT + 58 + index * 20;
    return `<line x1="${GAP}" x2="${GAP + 24}" y1="${y}" y2="${y}" stroke="${colour(index)}" stroke-width="2.5"/><text x="${GAP + 34}" y="${y + 4}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff" rx="8"/>
<text x="${GAP}" y="24" font-size="15" font-weight="600">${title}</text>
${panels.map((panel, index) => drawPanel(panel, x, GAP + index * (WIDTH + GAP))).join("\n")}
${legend.join("\n")}
</svg>
`;
}

function drawPanel({ label, lines }: Chart["panels"][number], x: number[], left: number): string {
  const most = niceCeiling(Math.max(...lines.flatMap(({ y }) => y)));
  const [first, last] = [Math.min(...x), Math.max(...x)];
  const across = (value: number) => left + (WIDTH * Math.log(value / first)) / Math.log(last / first);
  const up = (value: number) => TOP + HEIGHT * (1 - value / most);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = up(share * most);
    return `<line x1="${left}" x2="${left + WIDTH}" y1="${y}" y2="${y}" stroke="#ddd"/><text x="${left - 8}" y="${y + 4}" text-anchor="end">${(share * most).toLocaleString("en")}</text>`;
  });
  const ticks = x.map(
    (value) =>
      `<text x="${across(value)}" y="${TOP + HEIGHT + 20}" text-anchor="middle">${value.toLocaleString("en")}</text>`,
  );
  const drawn = lines.map(({ y }, index) => {
    const points = y.map((value, at) => `${across(x[at] ?? first).toFixed(1)},${up(value).toFixed(1)}`);
    const dots = points.map(
      (point) =>
        `<circle cx="${point.split(",")[0] ?? ""}" cy="${point.split(",")[1] ?? ""}" r="3" fill="${colour(index)}"/>`,
    );
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour(index)}" stroke-width="2.5"/>${dots.join("")}`;
  });
  return [`<text x="${left}" y="${TOP - 10}" font-weight="600">${label}</text>`, ...grid, ...ticks, ...drawn].join(
    "\n",
  );
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? "#000";
}

/** The next of 1, 2, 2.5, 5 times a power of ten, so that a quarter of it is a round number, too. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}
