/** casefold() and the built-in collation that goes with it need Postgres 18. */
const requiredVersion = 18;

/** Asks for what `faultOfServer` looks at. */
export const serverVersion = "current_setting('server_version')";

/** Why a server of this version can't be used, in words for an operator; undefined for one that can. */
export function faultOfServer(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= requiredVersion) return undefined;
  return `TaskTracker needs Postgres ${requiredVersion} or newer, but this server is ${version}. Nothing was changed there.`;
}
