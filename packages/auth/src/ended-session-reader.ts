import { EndedSessionChanges, EndedSessions, endedSessionChangesSuffix } from '@tasktracker/contracts';
import type { EndedSessionSet } from './ended-session-set.ts';
import { getJson, UnexpectedStatus, type GetJsonOptions } from './get-json.ts';

/** Reads from the user service into a set. */
export interface EndedSessionReader {
  /** Reads what is new; false if there was more of it than there was time for. Throws when the source fails. */
  read(): Promise<boolean>;
}

type Source = Omit<GetJsonOptions<typeof EndedSessions>, 'schema' | 'etag'>;

/** What is left then is read the next time. */
const longestWalkMs = 5_000;

/**
 * Page by page; one that was read is never read again, so that a source which is slow or breaks off is caught up with in
 * the end. A user service of the release before has only the whole list: that is read instead.
 */
export function createEndedSessionReader(source: Source, set: EndedSessionSet): EndedSessionReader {
  let cursor: string | undefined;
  let etag: string | undefined;

  async function getPage(after: string | undefined): Promise<EndedSessionChanges> {
    const query = after === undefined ? '' : `?cursor=${encodeURIComponent(after)}`;
    const url = `${source.url}${endedSessionChangesSuffix}${query}`;
    const answer = await getJson({ ...source, url, schema: EndedSessionChanges });
    if (!answer) throw new Error('answered without a document');
    const { has_more: hasMore, next_cursor: nextCursor } = answer.document;
    if (hasMore && nextCursor === after) throw new Error('answered the same page again');
    return answer.document;
  }

  async function keep({ ended, next_cursor: nextCursor }: EndedSessionChanges): Promise<void> {
    for (const { until, sids } of ended) set.add(sids, until);
    cursor = nextCursor;
  }

  /** The next page is under way while one is kept. */
  async function readChanges(): Promise<boolean> {
    const startedAt = performance.now();
    let page = await getPage(cursor);
    while (page.has_more && performance.now() - startedAt < longestWalkMs) {
      const [next] = await Promise.all([getPage(page.next_cursor), keep(page)]);
      page = next;
    }
    await keep(page);
    return !page.has_more;
  }

  async function readWholeList(): Promise<void> {
    const answer = await getJson({ ...source, schema: EndedSessions, etag });
    if (!answer) return;
    for (const { sid, until } of answer.document.sessions) set.add(sid, until);
    etag = answer.etag;
  }

  return {
    async read() {
      try {
        return await readChanges();
      } catch (error) {
        if (!(error instanceof UnexpectedStatus && error.status === 404)) throw error;
        await readWholeList();
        return true;
      }
    },
  };
}
