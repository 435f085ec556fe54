import { catalogue } from '@tasktracker/errors';

/** The text of `docs/errors.md`: one row per code, in the catalogue's order. */
export function errorsDocument(): string {
  const rows = Object.entries(catalogue).map(
    ([code, { status, title, detail }]) => `| <a id="${code}"></a>\`${code}\` | ${status} ${title} | ${detail} |`,
  );
  return `# Errors

Every error is an RFC 9457 problem (\`application/problem+json\`) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and
\`request_id\`; a 422 also lists \`errors\`. Act on \`code\`: it is stable. Show \`detail\`. Quote \`request_id\` when you ask for help:
the logs carry it. A 422's \`detail\` is its first fault in words.

<!-- Made by \`npm run docs:write\` from packages/errors/src/catalogue.ts. -->

| code | status | detail |
|---|---|---|
${rows.join('\n')}
`;
}
