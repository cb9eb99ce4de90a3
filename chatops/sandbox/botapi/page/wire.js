// Talking to the server: a long poll for changes, and what the visitor does.

/** Ask for changes after a revision; waits on the server. Rejects when the server is away. */
export async function changes(person, after, run, signal) {
  const query = new URLSearchParams({ as: person, after, run });
  const response = await fetch(`/chat/changes?${query}`, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

/** Do something as a person: "open", "send", "press" or "launch". Rejects with the server's reason. */
export async function act(what, body) {
  const response = await fetch(`/chat/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer;
}
