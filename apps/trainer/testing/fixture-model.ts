/** The trained model among the fixtures. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeModel } from '@longhand/training';

export const fixtureFile = fileURLToPath(new URL('../fixtures/lenet-documented.safetensors', import.meta.url));
export const fixtureModel = decodeModel(readFileSync(fixtureFile), fixtureFile);
