import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const repositoryDir = fileURLToPath(new URL('../../../', import.meta.url));
