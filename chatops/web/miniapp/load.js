/** Loading for components: what was there stays when a later attempt fails. */
import { useEffect, useRef, useState } from './parts/html.js';

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {any[]} deps loaded anew when these change
 * @returns {{data: T | null, error: Error | null, loading: boolean, again: () => Promise<void>}}
 */
export function useLoaded(load, deps) {
  const [state, setState] = useState({ data: /** @type {any} */ (null), error: /** @type {any} */ (null), loading: true });
  const current = useRef({ turn: 0, stop: () => {} });
  const run = async (/** @type {boolean} */ fresh) => {
    current.current.stop();
    const controller = new AbortController();
    const turn = current.current.turn + 1;
    current.current = { turn, stop: () => controller.abort() };
    setState((before) => ({ data: fresh ? null : before.data, error: fresh ? null : before.error, loading: true }));
    let next;
    try {
      const data = await load(controller.signal);
      next = () => ({ data, error: null, loading: false });
    } catch (error) {
      next = (/** @type {any} */ before) => ({ data: before.data, error, loading: false });
    }
    if (current.current.turn === turn && !controller.signal.aborted) setState(next);
  };
  useEffect(() => {
    run(true);
    return () => current.current.stop();
  }, deps);
  return { ...state, again: () => run(false) };
}
