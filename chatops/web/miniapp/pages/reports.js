/** How incidents went: times as medians and p90 with their counts, never a mean alone. */
import { ask } from '../api.js';
import { Chart } from '../charts.js';
import { useLoaded } from '../load.js';
import { Choice, PlaceChoices } from '../parts/filters.js';
import { Figure, HeatMap, Table } from '../parts/figures.js';
import { Page } from '../parts/frame.js';
import { html } from '../parts/html.js';
import { Pairs, SEVERITIES, severityWord } from '../parts/marks.js';
import { Failed, Skeleton, State } from '../parts/states.js';
import { route } from '../router.js';
import { count, dayName, number, percent, say, span, weekday } from '../words.js';

const PERIODS = /** @type {const} */ ([['30', 'period.month'], ['90', 'period.quarter'], ['365', 'period.year']]);

export default function Reports() {
  const { query } = route.value;
  const asked = { days: query.get('days') || '7', namespace: query.get('namespace'), zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const places = useLoaded(() => ask('places'), []);
  const { data, error, again } = useLoaded((signal) => ask('statistics', { query: asked, signal }), [JSON.stringify(asked)]);
  return html`
    <${Page} title=${say('reports.title')} root>
      <div class="filters"><div class="chips">
        <${Choice} name="days" label=${say('period.label')} all=${say('period.week')} values=${PERIODS.map(([value, key]) => [value, say(key)])} />
        <${PlaceChoices} places=${places.data?.places || []} clustered=${false} />
      </div></div>
      ${error && html`<${Failed} error=${error} again=${again} />`}
      ${!data && !error && html`<${Skeleton} rows=${8} />`}
      ${data && (data.incidents ? html`<${Figures} data=${data} />` : html`<${State} title=${say('reports.empty')} />`)}
    <//>`;
}

const timeOf = (/** @type {number | null} */ seconds) => (seconds === null || seconds === undefined ? '—' : span(seconds));

/** @param {{data: any}} props */
const Figures = ({ data }) => html`
  <p class="hint">${say('reports.between', { since: dayName(data.since), until: dayName(data.until) })}</p>
  <div class="figures">
    <${Numbers} data=${data} />
    <${Times} data=${data} what="taken" />
    <${Times} data=${data} what="resolved" />
    <${ByDay} days=${data.by_day} />
    <${Hours} hours=${data.hours} />
    <${Noisiest} rows=${data.noisiest} />
    <${Helped} rows=${data.helped} />
  </div>`;

/** @param {{data: any}} props */
const Numbers = ({ data }) => html`
  <section class="card" aria-labelledby="numbers"><h2 id="numbers">${count('reports.incidents', data.incidents)}</h2>
    <p>${data.before === null || data.before === undefined ? '' : say('reports.before', { n: number(data.before) })}</p>
    <${Pairs} pairs=${[
      ...SEVERITIES.map((each) => [severityWord(each), number(data.severities[each] || 0)]),
      ...['open', 'night', 'never_taken', 'healed', 'acted', 'closed_by_hand', 'rejected'].map((name) => [say(NUMBERS[name]), number(data[name])]),
    ]} />
    <p class="hint">${say('reports.numbersMean')}</p>
  </section>`;

const NUMBERS = /** @type {Record<string, string>} */ ({
  open: 'reports.open', night: 'reports.night', never_taken: 'reports.neverTaken', healed: 'reports.healed',
  acted: 'reports.acted', closed_by_hand: 'reports.byHand', rejected: 'reports.rejected',
});

const TIMES = /** @type {Record<string, Record<string, string>>} */ ({
  taken: { title: 'reports.taken', mean: 'reports.takenMeans' },
  resolved: { title: 'reports.resolved', mean: 'reports.resolvedMeans' },
});

/** @param {{data: any, what: string}} props */
function Times({ data, what }) {
  const all = data[what];
  const weeks = data.by_week.map((/** @type {any} */ each) => ({ ...each, median: each[`${what}_median`], p90: each[`${what}_p90`] }));
  const labels = weeks.map((/** @type {any} */ each) => weekName(each.week));
  const series = [
    { label: say('reports.median'), values: weeks.map((/** @type {any} */ each) => each.median), colour: '--link' },
    { label: say('reports.p90'), values: weeks.map((/** @type {any} */ each) => each.p90), colour: '--warning', dashed: true },
  ];
  const rows = weeks.map((/** @type {any} */ each) => [weekName(each.week), timeOf(each.median), timeOf(each.p90), number(each.count)]);
  const title = say(TIMES[what].title);
  const summary = all ? say('reports.timesAre', { median: span(all.median), p90: span(all.p90), n: number(all.count) }) : say('reports.noTimes');
  const table = html`<${Table} caption=${title} head=${[say('reports.week'), say('reports.median'), say('reports.p90'), say('reports.n')]} rows=${rows} />`;
  return html`
    <${Figure} id=${what} title=${title} summary=${summary} definition=${say(TIMES[what].mean)} table=${all && table}>
      ${all && html`<${Chart} labels=${labels} series=${series} shown=${(/** @type {number} */ value) => span(value, 1)} />`}<//>`;
}

/** @param {string} week a date, or as 2026-W48 */
const weekName = (week) => (/^\d{4}-\d\d-\d\d$/.test(week) ? dayName(week) : week);

/** @param {{days: any[]}} props */
function ByDay({ days }) {
  const total = (/** @type {any} */ day) => SEVERITIES.reduce((sum, each) => sum + (day[each] || 0), 0);
  const worst = days.reduce((a, b) => (total(b) > total(a) ? b : a), days[0]);
  const series = SEVERITIES.map((each) => ({ label: severityWord(each), values: days.map((day) => day[each] || 0), colour: `--${each}` }));
  const head = [say('reports.day'), ...SEVERITIES.map(severityWord)];
  const rows = days.map((day) => [dayName(day.day), ...SEVERITIES.map((each) => number(day[each] || 0))]);
  const summary = worst && total(worst) ? say('reports.worstDay', { day: dayName(worst.day), n: number(total(worst)) }) : say('reports.empty');
  return html`
    <${Figure} id="by-day" title=${say('reports.byDay')} summary=${summary} definition=${say('reports.byDayMeans')}
      table=${html`<${Table} caption=${say('reports.byDay')} head=${head} rows=${rows} />`}>
      <${Chart} labels=${days.map((day) => dayName(day.day))} series=${series} stacked />
    <//>`;
}

/** @param {{hours: number[][]}} props */
function Hours({ hours }) {
  const cells = hours.flatMap((row, day) => row.map((value, hour) => ({ value, day, hour })));
  const most = cells.reduce((a, b) => (b.value > a.value ? b : a));
  const total = cells.reduce((sum, each) => sum + each.value, 0);
  const summary = most.value ? say('reports.worstHour', { day: weekday(most.day), hour: `${most.hour}:00`, n: number(most.value), share: percent(most.value / total) }) : say('reports.empty');
  return html`<${Figure} id="hours" title=${say('reports.hours')} summary=${summary} definition=${say('reports.hoursMean')}>
    <${HeatMap} caption=${say('reports.hours')} hours=${hours} /><//>`;
}

/** @param {{rows: any[]}} props */
function Noisiest({ rows }) {
  const table = rows.map((each) => [each.title, [each.cluster, each.namespace].filter(Boolean).join(' / ') || '—', number(each.times), number(each.actions), number(each.noise), (each.fixed_by ? `${each.fixed_by.title} ${say('reports.of', { helped: number(each.fixed_by.helped), tried: number(each.fixed_by.tried) })}` : '') || (each.actions ? '—' : say('reports.muteOrFix'))]);
  const head = ['reports.alert', 'reports.place', 'reports.times', 'reports.actions', 'reports.noise', 'reports.fixedBy'].map((key) => say(key));
  const summary = rows.length ? say('reports.noisiestIs', { title: rows[0].title, n: number(rows[0].times) }) : say('reports.empty');
  return html`<${Figure} id="noisiest" title=${say('reports.noisiest')} summary=${summary} definition=${say('reports.noisiestMeans')}>
    ${rows.length > 0 && html`<${Table} caption=${say('reports.noisiest')} head=${head} rows=${table} />`}<//>`;
}

/** @param {{rows: any[]}} props */
function Helped({ rows }) {
  const table = rows.map((each) => [each.title || each.action, say('reports.of', { helped: number(each.helped), tried: number(each.tried) }), each.tried ? percent(each.helped / each.tried) : '—']);
  const summary = rows.length ? say('reports.helpedIs', { title: rows[0].title || rows[0].action, helped: number(rows[0].helped), tried: number(rows[0].tried) }) : say('reports.nothingDone');
  return html`<${Figure} id="helped" title=${say('reports.helped')} summary=${summary} definition=${say('reports.helpedMeans')}>
    ${rows.length > 0 && html`<${Table} caption=${say('reports.helped')} head=${[say('reports.action'), say('reports.helpedOf'), say('reports.share')]} rows=${table} />`}<//>`;
}
