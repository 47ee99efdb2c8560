/**
 * Puts the built playground into `dist/page`, where `longhand serve` looks for it. The digits stay behind: the command has them from
 * the installed package.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../playground/dist');
const target = join(import.meta.dirname, 'dist/page');

rmSync(target, { recursive: true, force: true });
cpSync(source, target, { recursive: true, filter: (path) => path !== join(source, 'mnist') });
