/**
 * The only module that talks to the service. Answers are JSON; errors are one of three: `Refused` (the service said
 * no, and why), `Unreachable` (nobody answered), `SessionOver` (who asks is not known any more).
 */
import { setClock } from './clock.js';
import { language } from './words.js';

const BASE = new URL('../api/v1/', document.baseURI);
/** In ms. An answer may come from a cluster, and the service waits half a minute for that. */
const PATIENCE = 45_000;
const MOST_KEPT = 40;

export class Refused extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}
export class Unreachable extends Error {}
export class SessionOver extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

let authorization = '';
let whenOver = (/** @type {string} */ _code) => {};

/** @param {string} header what is sent as Authorization; empty: nobody */
export function actAs(header) {
  authorization = header;
  keptAnswers.clear();
}

/** @param {(code: string) => void} told called when an answer says that the session is over */
export function onSessionOver(told) {
  whenOver = told;
}

/** Answers by address with their ETag: what did not change is not sent again. @type {Map<string, {tag: string, data: any}>} */
const keptAnswers = new Map();

/**
 * @param {string} path below /api/v1/, parts already encoded
 * @param {{method?: string, query?: Record<string, any>, body?: any, as?: string, text?: boolean, signal?: AbortSignal, patience?: number}} [options]
 */
export async function ask(path, options = {}) {
  const { method = 'GET', query, body, as = authorization, text = false, signal, patience = PATIENCE } = options;
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(query || {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== '' && each !== null && each !== undefined) url.searchParams.append(name, String(each));
    }
  }
  const headers = new Headers({ 'Accept-Language': language.value });
  if (as) headers.set('Authorization', as);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const key = `${url} ${language.value}`;
  const kept = method === 'GET' ? keptAnswers.get(key) : undefined;
  if (kept) headers.set('If-None-Match', kept.tag);
  const response = await reach(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }, patience, signal);
  setClock(response.headers.get('Date'));
  if (response.status === 304 && kept) return kept.data;
  if (!response.ok) throw await errorOf(response, Boolean(as));
  if (response.status === 204) return null;
  const data = await read(response, text);
  const tag = response.headers.get('ETag');
  if (method === 'GET' && tag) keepAnswer(key, tag, data);
  return data;
}

/** @param {URL} url @param {RequestInit} request @param {number} patience in ms @param {AbortSignal} [signal] */
async function reach(url, request, patience, signal) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  signal?.addEventListener('abort', () => late.abort());
  try {
    return await fetch(url, { ...request, cache: 'no-store', credentials: 'omit', signal: late.signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Response} response @param {boolean} text */
async function read(response, text) {
  try {
    return await (text ? response.text() : response.json());
  } catch (error) {
    // The connection broke in the middle, or a proxy answered with a page of its own.
    throw new Unreachable(String(error));
  }
}

/** @param {Response} response @param {boolean} known */
async function errorOf(response, known) {
  const problem = await response.json().catch(() => ({}));
  const code = String(problem.code || '');
  if (response.status === 401) {
    if (known) whenOver(code);
    return new SessionOver(code);
  }
  // A proxy in front answers so while the service restarts.
  if ([502, 503, 504].includes(response.status) && !code) return new Unreachable(`status ${response.status}`);
  return new Refused(response.status, code, String(problem.detail || ''));
}

/** @param {string} key @param {string} tag @param {any} data */
function keepAnswer(key, tag, data) {
  keptAnswers.delete(key);
  keptAnswers.set(key, { tag, data });
  if (keptAnswers.size > MOST_KEPT) keptAnswers.delete(keptAnswers.keys().next().value ?? '');
}

/** A reference to an object as the query of logs, describe and offers. @param {any} ref */
export const refQuery = ({ kind, name, namespace, uid, cluster }) => ({ kind, name, namespace, uid, cluster });
