import { readErrorCatalogue } from './error-catalogue.ts';

/** The text of `docs/errors.md`: one row per code of any service. */
export async function errorsDocument(): Promise<string> {
  const rows = (await readErrorCatalogue()).map(
    ({ code, status, title, detail }) => `| <a id="${code}"></a>\`${code}\` | ${status} ${title} | ${detail} |`,
  );
  return `# Errors

Every error is an RFC 9457 problem (\`application/problem+json\`) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and
\`request_id\`; a 422 also lists \`errors\`. Act on \`code\`: it is stable. Show \`detail\`. Quote \`request_id\` when you ask for help:
the logs carry it. A 422's \`detail\` describes its first fault.

<!-- Made by \`npm run docs:write\` from the …-errors.ts of packages/errors and of each service. -->

| code | status | detail |
|---|---|---|
${rows.join('\n')}
`;
}
