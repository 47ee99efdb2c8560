/** Paths that a model's file names: those of files beside it. */

/** Whether a path stays in the folder that it starts from, on every system. */
export function staysInFolder(location: string): boolean {
  const parts = location.split(/[/\\]/);
  return (
    !location.includes('\0') &&
    !/^[A-Za-z]:/.test(location) &&
    parts.every((part, at) => part !== '..' && (part !== '' || at > 0)) &&
    !['', '.'].includes(parts[parts.length - 1])
  );
}
