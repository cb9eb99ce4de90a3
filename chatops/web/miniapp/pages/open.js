/** What is open now: the worst and the unowned first. */
import { ask } from '../api.js';
import { openList } from '../lists.js';
import { askNow, connection } from '../live.js';
import { useLoaded } from '../load.js';
import { LabelChips, OneChip, PlaceChoices, SearchField, setQuery, ToggleChip } from '../parts/filters.js';
import { Page } from '../parts/frame.js';
import { html, useEffect } from '../parts/html.js';
import { SEVERITIES, SeverityIcon, severityWord } from '../parts/marks.js';
import { Rows } from '../parts/rows.js';
import { Failed, Skeleton, State } from '../parts/states.js';
import { route } from '../router.js';
import { me } from '../session.js';
import { clock, count, say } from '../words.js';

/** @param {URLSearchParams} query */
const filtersOf = (query) => ({
  status: 'active',
  severity: query.getAll('severity'),
  cluster: query.getAll('cluster'),
  namespace: query.getAll('namespace'),
  label: query.getAll('label'),
  owner: query.get('owner') || '',
  q: query.get('q') || '',
});

export default function Open() {
  const { query } = route.value;
  const places = useLoaded(() => ask('places'), []);
  useEffect(() => openList.show(filtersOf(query)), [query.toString()]);
  // Coming back from an incident: what was shown before is shown at once, and asked about.
  useEffect(() => void (openList.state.value.loaded && askNow()), []);
  return html`
    <${Page} title=${say('open.title')} root aside=${html`<${Total} />`}>
      <div class="filters">
        <${SearchField} label=${say('filter.search')} />
        <div class="chips">
          <${OneChip} name="owner" value="me">${say('filter.mine')}<//>
          <${OneChip} name="owner" value="none">${say('filter.unassigned')}<//>
          ${SEVERITIES.slice(0, 3).map((each) => html`
            <${ToggleChip} key=${each} name="severity" value=${each}><${SeverityIcon} of=${each} />${severityWord(each)}<//>`)}
          <${PlaceChoices} places=${places.data?.places || []} />
          <${LabelChips} />
        </div>
      </div>
      <${Content} filtered=${query.toString() !== ''} />
    <//>`;
}

function Total() {
  const { rows, next, loaded } = openList.state.value;
  if (!loaded) return null;
  return html`<span class="total">${next ? say('total.atLeast', { n: rows.length }) : count('total', rows.length)}</span>`;
}

/** @param {{filtered: boolean}} props */
function Content({ filtered }) {
  const { rows, error, loading, loaded } = openList.state.value;
  if (!me.value?.rights.read) return html`<${State} title=${say('state.noRight')} hint=${say('state.noRightHint')} />`;
  if (!loaded && error) return html`<${Failed} error=${error} again=${openList.again} />`;
  if (!loaded) return html`<${Skeleton} />`;
  if (!rows.length && filtered) {
    const everything = () => setQuery({ severity: [], cluster: [], namespace: [], label: [], owner: '', q: '' });
    return html`<${State} title=${say('open.noneFit')}><button type="button" onClick=${everything}>${say('filter.clear')}</button><//>`;
  }
  if (!rows.length) return html`<${State} title=${say('open.quiet')} hint=${say('open.quietHint', { time: clock(connection.value.asOf) })} />`;
  return html`<${Rows} rows=${rows} more=${openList.more} />
    ${loading && html`<${Skeleton} rows=${1} />`}${error && html`<${Failed} error=${error} again=${openList.again} />`}`;
}
