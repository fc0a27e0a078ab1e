// Lines over time, drawn by Chart.js, which is loaded when the first is drawn.
import {time} from "./text.js";

const charts = new Map(); // by canvas
const hour = 3600;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Where nothing is known for longer than two steps, a line is broken.
function points(times, values, step) {
  const found = [];
  times.forEach((at, index) => {
    if (index > 0 && at - times[index - 1] > 2 * step) found.push({x: at - step, y: null});
    found.push({x: at, y: values[index] ?? null});
  });
  return found;
}

const clock = (at, span) => (span <= 24 * hour ? time(at).slice(11, 16) : time(at).slice(0, 10));

function options({unit, from, to, ahead}) {
  const end = Math.max(to, ...ahead.filter(Boolean).map(([, last]) => last.x));
  const ticks = {color: colour("--quiet"), maxRotation: 0};
  const grid = {color: colour("--line")};
  return {
    animation: false,
    maintainAspectRatio: false,
    normalized: true,
    parsing: false,
    spanGaps: false,
    interaction: {mode: "nearest", axis: "x", intersect: false},
    elements: {point: {radius: 0, hitRadius: 8}, line: {borderWidth: 2}},
    scales: {
      x: {
        type: "linear",
        min: from,
        max: end,
        grid,
        ticks: {...ticks, maxTicksLimit: 7, callback: (at) => clock(at, to - from)},
      },
      y: {min: 0, grid, ticks: {...ticks, maxTicksLimit: 6, callback: (value) => unit(value)}},
    },
    plugins: {
      legend: {labels: {color: colour("--text"), boxWidth: 24, boxHeight: 2}},
      tooltip: {
        callbacks: {
          title: ([one]) => time(one.parsed.x),
          label: (one) => `${one.dataset.label}: ${unit(one.parsed.y)}`,
        },
      },
    },
  };
}

// `lines` are [name, values]; a value that is not known is null. The second line is dashed: colours are not all there is.
// `ahead` has for each line, where it is foreseen, its way on: two points, drawn by dots.
export async function plot(canvas, what) {
  try {
    await import("./chart.js");
  } catch {
    return; // the daemon went away meanwhile, as the page tells: it is drawn when the history is asked for again
  }
  const colours = [colour("--link"), colour("--bad")];
  const datasets = what.lines.map(([label, values], index) => ({
    label,
    data: points(what.times, values, what.step),
    borderColor: colours[index],
    backgroundColor: colours[index],
    borderDash: index === 0 ? [] : [6, 4],
  }));
  what.ahead.forEach((data, index) => {
    if (data)
      datasets.push({
        ...datasets[index],
        label: `${what.lines[index][0]}, at this rate`,
        data,
        borderDash: [2, 4],
      });
  });
  const there = charts.get(canvas);
  if (!there) {
    charts.set(canvas, new globalThis.Chart(canvas, {type: "line", data: {datasets}, options: options(what)}));
    return;
  }
  there.data.datasets = datasets;
  there.options = options(what);
  there.update();
}
