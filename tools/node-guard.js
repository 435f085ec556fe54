// Preloaded into every program started from a package.json (`node --import`). Plain JavaScript, so that any Node can
// say what is wrong: without it, an old one ends with `Unknown file extension ".ts"`, a missing package with a stack.
// It stays out of the way otherwise, and keeps compiled code and stripped TypeScript from one run to the next: without,
// `npm start` strips 370 ms of its own source each time. A `NODE_COMPILE_CACHE` of the shell goes first; `npm ci` empties ours.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/tasktracker', import.meta.url)));

const missingPackage = /^Cannot find package '([^']+)'/;

if (process.features.typescript === undefined || process.features.typescript === false) {
  process.stderr.write(
    `This is Node ${process.versions.node}, and TaskTracker brings its own, which is not installed: run \`npm ci\`, or \`npm rebuild\` after \`npm ci --ignore-scripts\`.\n`,
  );
  process.exit(1);
}

process.on('uncaughtExceptionMonitor', (error) => {
  const name = error?.code === 'ERR_MODULE_NOT_FOUND' ? missingPackage.exec(error.message)?.[1] : undefined;
  if (name === undefined) return;
  process.stderr.write(`The package ${name} is not installed: run \`npm ci\`.\n`);
  process.exit(1);
});
