/** A browser for tests of pages, where the machine has one. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where Chromium is: what LONGHAND_CHROMIUM says, or the first on the PATH; undefined where there is none. */
export const chromium: string | undefined = [
  ...(process.env.LONGHAND_CHROMIUM ? [process.env.LONGHAND_CHROMIUM] : []),
  ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
].find(isProgram);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
