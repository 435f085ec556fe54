/** TypeBox in one file. It is gone with the modules that it was made from. */
export const bundleFile: URL = new URL('../../../node_modules/.cache/tasktracker-typebox.js', import.meta.url);
