import { version } from '@tasktracker/service-kit';

/** What a browser shows at `/`. Its links are relative, so that they hold below a path prefix too; it loads nothing. */
export const frontPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <title>TaskTracker</title>
  </head>
  <body>
    <h1>TaskTracker</h1>
    <p>The API of TaskTracker ${version} is running here.</p>
    <ul>
      <li><a href="docs">Try it in the interactive documentation</a></li>
      <li><a href="openapi.json">The OpenAPI document, for generators</a></li>
      <li><a href="health">The health of each service</a></li>
    </ul>
  </body>
</html>
`;
