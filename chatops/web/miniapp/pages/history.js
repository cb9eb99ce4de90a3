/** Incidents that are over, or all of them: filters in the address, an endless list, exports of what is shown. */
import { ask } from '../api.js';
import { historyList } from '../lists.js';
import { useLoaded } from '../load.js';
import { Choice, LabelChips, OneChip, PlaceChoices, SearchField, setQuery, ToggleChip } from '../parts/filters.js';
import { Page } from '../parts/frame.js';
import { html, useEffect } from '../parts/html.js';
import { SEVERITIES, SeverityIcon, severityWord } from '../parts/marks.js';
import { Rows } from '../parts/rows.js';
import { Failed, Skeleton, State } from '../parts/states.js';
import { route } from '../router.js';
import { csv, save } from '../save.js';
import { now } from '../clock.js';
import { count, say } from '../words.js';

const PERIODS = /** @type {const} */ ([['1', 'period.day'], ['7', 'period.week'], ['30', 'period.month'], ['90', 'period.quarter'], ['own', 'period.own']]);
const DAY = 86_400_000;

/** @param {URLSearchParams} query */
function filtersOf(query) {
  const days = query.get('days') || '';
  return {
    status: query.get('status') || 'closed',
    severity: query.getAll('severity'),
    cluster: query.getAll('cluster'),
    namespace: query.getAll('namespace'),
    label: query.getAll('label'),
    owner: query.get('owner') || '',
    q: query.get('q') || '',
    ...(days === 'own' ? { since: startOf(query.get('since'), 0), until: startOf(query.get('until'), 1) } : {}),
    // To the hour: the same filters for as long as somebody scrolls.
    ...(Number(days) ? { since: new Date(Math.floor(now() / 3_600_000) * 3_600_000 - Number(days) * DAY).toISOString() } : {}),
  };
}

/** The beginning of a day of the reader's own zone. @param {string | null} day @param {number} later days */
function startOf(day, later) {
  const date = new Date(`${day}T00:00`);
  if (Number.isNaN(date.getTime())) return '';
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

export default function History() {
  const { query } = route.value;
  const places = useLoaded(() => ask('places'), []);
  useEffect(() => historyList.show(filtersOf(query)), [query.toString()]);
  const statuses = /** @type {Array<[string, string]>} */ ([['resolved', say('history.resolved')], ['rejected', say('history.rejected')], ['all', say('history.all')]]);
  return html`
    <${Page} title=${say('history.title')} root aside=${html`<${Export} />`}>
      <div class="filters">
        <${SearchField} label=${say('filter.search')} />
        <div class="chips">
          <${Choice} name="days" label=${say('period.label')} all=${say('period.any')} values=${PERIODS.map(([value, key]) => [value, say(key)])} />
          <${Choice} name="status" label=${say('history.status')} all=${say('history.closed')} values=${statuses} />
          ${SEVERITIES.slice(0, 3).map((each) => html`
            <${ToggleChip} key=${each} name="severity" value=${each}><${SeverityIcon} of=${each} />${severityWord(each)}<//>`)}
          <${OneChip} name="owner" value="me">${say('filter.mine')}<//>
          <${OneChip} name="owner" value="none">${say('filter.unassigned')}<//>
          <${PlaceChoices} places=${places.data?.places || []} />
          <${LabelChips} />
        </div>
        ${query.get('days') === 'own' && html`<div class="chips"><${Day} name="since" label=${say('period.since')} /><${Day} name="until" label=${say('period.until')} /></div>`}
      </div>
      <${Content} filtered=${query.toString() !== ''} />
    <//>`;
}

/** @param {{name: string, label: string}} props */
const Day = ({ name, label }) => html`
  <label class="day">${label} <input type="date" value=${route.value.query.get(name) || ''}
    onChange=${(/** @type {any} */ event) => setQuery({ [name]: event.target.value })} /></label>`;

/** @param {{filtered: boolean}} props */
function Content({ filtered }) {
  const { rows, error, loading, loaded } = historyList.state.value;
  if (!loaded && error) return html`<${Failed} error=${error} again=${historyList.again} />`;
  if (!loaded) return html`<${Skeleton} />`;
  if (!rows.length) return html`<${State} title=${say(filtered ? 'open.noneFit' : 'history.empty')} />`;
  return html`<${Rows} rows=${rows} more=${historyList.more} />
    ${loading && html`<${Skeleton} rows=${1} />`}${error && html`<${Failed} error=${error} again=${historyList.again} />`}`;
}

function Export() {
  const { rows, loaded } = historyList.state.value;
  if (!loaded || !rows.length) return null;
  return html`<button type="button" class="small" onClick=${() => save('incidents.csv', 'text/csv', csvOf(rows))}>${count('history.csv', rows.length)}</button>`;
}

const COLUMNS = ['id', 'severity', 'status', 'title', 'object', 'cluster', 'namespace', 'opened_at', 'started_at', 'taken_at', 'closed_at', 'reopened', 'merged_into'];

/** @param {any[]} rows */
const csvOf = (rows) => csv([[...COLUMNS, 'taken_by'], ...rows.map((row) => [...COLUMNS.map((name) => row[name]), row.taken_by?.name])]);
