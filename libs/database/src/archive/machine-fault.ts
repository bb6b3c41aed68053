import { StartError } from '@tapewatch/model';

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space there, and try again',
  EDQUOT: 'this user’s share of the disk is used up. Free some space there, and try again',
  EACCES: 'this user may not. Give it the right to, or run this as another user',
  EPERM: 'this user may not. Give it the right to, or run this as another user',
  EROFS: 'the disk can only be read. Mount it for writing, or name another place',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n), and try again',
  ENFILE: 'too many files are open on this machine. Close other programs, and try again',
};

/** SQLite's words for the same (sqlite.org/rescode.html). */
const sqliteCauses: Readonly<Record<number, string>> = { 8: 'EROFS', 13: 'ENOSPC', 14: 'EACCES' };

/**
 * What is no fault of a file's content but of the place where it lies, or is to lie, told by what was to be done ("read FILE"). Undefined for
 * everything else.
 */
export function machineFault(thrown: unknown, doing: string): StartError | undefined {
  if (thrown instanceof StartError) return undefined;
  const cause = causes[systemCode(thrown) ?? ''];
  return cause === undefined ? undefined : cannot(doing, cause, thrown);
}

/** Calls work that writes: whatever the system has against it is a fault of the place. */
export async function writing<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const code = systemCode(thrown);
    if (thrown instanceof StartError || code === undefined) throw thrown;
    const doing = `write to ${place}`;
    throw (
      machineFault(thrown, doing) ?? cannot(doing, `the system says ${code}. Look at the disk and the path`, thrown)
    );
  }
}

function cannot(doing: string, cause: string, thrown: unknown): StartError {
  return new StartError('UNAVAILABLE', `cannot ${doing}: ${cause}.`, { cause: thrown });
}

/** `ENOSPC` and the like; undefined for what is no failure of the system. */
function systemCode(thrown: unknown): string | undefined {
  const { code, errcode, systemCode: told } = thrown as { code?: unknown; errcode?: unknown; systemCode?: unknown };
  if (typeof told === 'string') return told;
  if (typeof errcode === 'number') return sqliteCauses[errcode & 0xff];
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
