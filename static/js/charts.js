// Draws <figure data-chart="spec-id"> with ECharts in the colours of tokens.css; the table beside it is the same for everyone.
import { load } from "./words.js";

const charts = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--text"),
    muted: read("--muted"),
    line: read("--line"),
    surface: read("--raised"),
    series: [read("--accent"), read("--line-strong"), read("--muted"), read("--accent-strong")],
    state: [0, 1, 2, 3, 4].map((level) => read(`--state-${level}-full`)),
    font: style.getPropertyValue("--font"),
    size: parseFloat(getComputedStyle(document.body).fontSize) * 0.86,
  };
}

function series(spec, palette, still) {
  return spec.series.map((one, i) => {
    const colour = one.level === undefined || one.level === null ? palette.series[i % 4] : palette.state[one.level];
    return {
      name: one.name,
      type: spec.kind === "line" ? "line" : "bar",
      data: one.values,
      stack: spec.stacked ? "all" : undefined,
      barMaxWidth: 28,
      symbol: "circle",
      symbolSize: 6,
      lineStyle: { width: 2, type: i % 2 ? "dashed" : "solid" },
      itemStyle: { color: colour },
      animation: !still,
      animationDuration: 150,
    };
  });
}

/** Every name of a bar is shown: on one line, broken, or slanted, as the width allows. Dates of a line may skip. */
function labels(spec, room, size) {
  if (spec.across) return { interval: 0 };
  const widest = Math.max(...spec.labels.map((label) => Array.from(String(label)).reduce((sum, c) => sum + (c > "\u2e80" ? 1 : 0.6), 0))) * size;
  if (widest < room - 4) return { interval: 0 };
  if (spec.kind === "line" || spec.labels.length > 20) return { hideOverlap: true };
  if (room > size * 4.5) return { interval: 0, width: room - 6, overflow: "break", lineHeight: size * 1.3 };
  return { interval: 0, rotate: 40 };
}

function option(spec, still, width) {
  const palette = colours();
  const words = { color: palette.muted, fontSize: palette.size, fontFamily: palette.font };
  const names = { type: "category", data: spec.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: palette.line } } };
  const room = (width - 60) / spec.labels.length;
  names.axisLabel = { ...words, ...labels(spec, room, palette.size) };
  if (spec.across) names.inverse = true;
  const values = { type: "value", min: spec.kind === "line" ? undefined : 0, minInterval: spec.whole === false ? 0 : 1 };
  values.axisLabel = words;
  values.splitLine = { lineStyle: { color: palette.line } };
  return {
    textStyle: words,
    legend: spec.series.length > 1 ? { top: 0, left: 0, itemHeight: 10, itemWidth: 18, textStyle: { ...words, color: palette.text } } : undefined,
    grid: { left: 4, right: 16, top: spec.series.length > 1 ? 36 : 16, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      axisPointer: { type: spec.kind === "line" ? "line" : "shadow" },
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: palette.size, fontFamily: palette.font },
    },
    xAxis: spec.across ? values : names,
    yAxis: spec.across ? names : values,
    series: series(spec, palette, still),
  };
}

function draw(figure) {
  const spec = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const canvas = figure.querySelector("[data-chart-canvas]");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let chart = charts.get(canvas);
  if (!chart) {
    chart = window.echarts.init(canvas, null, { renderer: "canvas" });
    charts.set(canvas, chart);
    if (window.ResizeObserver) new ResizeObserver(() => chart.resize()).observe(canvas);
    else window.addEventListener("resize", () => chart.resize());
  }
  chart.setOption(option(spec, still, canvas.clientWidth), true);
}

/** Draw every chart in `root`. */
export async function mountAll(root) {
  const figures = root.matches && root.matches("[data-chart]") ? [root] : Array.from(root.querySelectorAll("[data-chart]"));
  await load("echartsJs");
  figures.forEach(draw);
}

function again() {
  charts.forEach((chart, canvas) => {
    if (canvas.isConnected) draw(canvas.closest("[data-chart]"));
    else {
      chart.dispose();
      charts.delete(canvas);
    }
  });
}
new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "data-text-size"] });
