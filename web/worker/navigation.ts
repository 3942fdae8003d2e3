/** How long the network may take to answer with a document, in ms, where there is one at hand. */
const ANSWER_WITHIN_MS = 4_000

/**
 * Opens a document: from the network, since that is the newest; where it does not answer in time or cannot serve now,
 * the one at hand, which then says what is wrong.
 */
export async function openDocument(
  event: FetchEvent,
  shell: () => Promise<Response | undefined>,
): Promise<Response> {
  const answer = fetch(event.request)
  try {
    const response = await within(ANSWER_WITHIN_MS, answer)
    if (response !== undefined && response.status < 500) return response
  } catch {
    // No network: below.
  }
  return (await shell()) ?? answer
}

/** Undefined where the answer takes longer. */
function within(ms: number, answer: Promise<Response>): Promise<Response | undefined> {
  return Promise.race([answer, new Promise<undefined>((resolve) => setTimeout(resolve, ms))])
}
