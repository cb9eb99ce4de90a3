/** Charts over time, drawn by uPlot in the theme's colours, and drawn anew when those or the width change. */
import uPlot from './vendor/uplot.js';
import { html, useEffect, useRef } from './parts/html.js';
import { themeVersion } from './theme.js';
import { number } from './words.js';

const HEIGHT = 220;
const COUNTS = [1, 2, 5].flatMap((each) => [each, each * 10, each * 100, each * 1000, each * 10_000]).sort((a, b) => a - b);
/** Round lengths of time, in seconds. */
const SPANS = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800, 2_592_000];

/** @typedef {{label: string, values: Array<number | null>, colour: string, dashed?: boolean}} Series `colour` names a variable of the style sheet */

const style = (/** @type {string} */ name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const sheet = () => {
  if (document.getElementById('uplot-style')) return;
  const link = document.createElement('link');
  Object.assign(link, { id: 'uplot-style', rel: 'stylesheet', href: new URL('./vendor/uplot.css', import.meta.url).href });
  document.head.append(link);
};

/** @param {string[]} labels @param {(value: number) => string} shown @param {number[]} steps @returns {any} */
function axes(labels, shown, steps) {
  const common = { stroke: style('--hint'), grid: { stroke: style('--line'), width: 1 }, ticks: { stroke: style('--line'), width: 1 }, font: '12px system-ui, sans-serif' };
  const every = (/** @type {any} */ _u, /** @type {number[]} */ at) => at.map((each) => (Number.isInteger(each) ? labels[each] ?? '' : ''));
  const values = (/** @type {any} */ _u, /** @type {number[]} */ at) => at.map(shown);
  return [{ ...common, values: every, space: 70, incrs: [1, 2, 5, 10, 20, 50, 100] }, { ...common, values, size: 64, incrs: steps }];
}

/**
 * @param {HTMLElement} into @param {string[]} labels @param {Series[]} series @param {(value: number) => string} shown
 * @param {boolean} stacked bars on top of each other instead of lines
 */
function draw(into, labels, series, shown, stacked) {
  const sums = labels.map(() => 0);
  const data = series.map(({ values }) => (stacked ? values.map((value, at) => (sums[at] += value || 0)) : values));
  const bars = stacked ? uPlot.paths.bars({ size: [0.8, 40], align: 0 }) : undefined;
  const drawn = series.map(({ label, colour, dashed }, at) => ({
    label, stroke: style(colour), width: stacked ? 0 : 2, spanGaps: true, dash: dashed ? [6, 4] : undefined,
    fill: stacked ? style(colour) : undefined, paths: bars, points: { show: !stacked, size: 6 }, data: data[at],
  }));
  // The tallest first: the others are drawn over it.
  if (stacked) drawn.reverse();
  const options = {
    width: into.clientWidth, height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [8, 8, 0, 0],
    scales: { x: { time: false, range: [-0.6, labels.length - 0.4] }, y: { range: (/** @type {any} */ _u, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(1, high * 1.1)] } },
    axes: axes(labels, shown, stacked ? COUNTS : SPANS),
    series: [{}, ...drawn],
  };
  return new uPlot(options, [labels.map((_, at) => at), ...drawn.map((each) => each.data)], into);
}

/**
 * The picture beside its twins: a sentence and a table say the same.
 * @param {{labels: string[], series: Series[], shown?: (value: number) => string, stacked?: boolean}} props
 */
export function Chart({ labels, series, shown = number, stacked = false }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    sheet();
    const element = box.current;
    if (!element) return undefined;
    let plot = draw(element, labels, series, shown, stacked);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth && element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => (observer.disconnect(), plot.destroy());
  }, [JSON.stringify([labels, series]), themeVersion.value]);
  return html`
    <ul class="legend">${series.map(({ label, colour, dashed }) => html`
      <li key=${label}><span class=${dashed ? 'swatch dashed' : 'swatch'} style=${{ color: `var(${colour})` }} aria-hidden="true"></span>${label}</li>`)}</ul>
    <div class="chart" ref=${box} aria-hidden="true"></div>`;
}
