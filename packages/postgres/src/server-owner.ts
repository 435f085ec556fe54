/** The installation that owns the roles on a server: `id` identifies it, `place` describes it to people. */
export interface ServerOwner {
  /** 32 hexadecimal digits, the same for each start of one installation. */
  id: string;
  /** Where it is, such as `with the data folder /home/ada/tasktracker on ada-laptop`. */
  place: string;
}

/** What a role of this owner has as its comment. */
export function toMark({ id, place }: ServerOwner): string {
  return `TaskTracker ${id} ${place}`;
}

export function readMark(comment: string | null): ServerOwner | undefined {
  const [, id, place] = /^TaskTracker ([0-9a-f]{32}) (.*)$/s.exec(comment ?? '') ?? [];
  return id === undefined || place === undefined ? undefined : { id, place };
}
