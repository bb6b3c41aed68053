export const manifestName = 'manifest.json';
export const stateName = 'state.db';
export const archiveFormat = 1;

/** The first entry of an archive: what is in it, and how to tell that it is whole. */
export interface ArchiveManifest {
  readonly program: 'tapewatch';
  /** Of the archive. A reader refuses one that it does not know. */
  readonly format: number;
  /** Of the program that made it. */
  readonly version: string;
  readonly createdAt: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** Records of the state by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Steps of the schema that the state has behind it. */
  readonly migrations: readonly string[];
}

/** Undefined when it is none. */
export function parseManifest(text: string): ArchiveManifest | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<ArchiveManifest> | null;
    const whole =
      parsed?.program === 'tapewatch' &&
      typeof parsed.format === 'number' &&
      Array.isArray(parsed.files) &&
      Array.isArray(parsed.migrations) &&
      typeof parsed.rows === 'object';
    return whole ? (parsed as ArchiveManifest) : undefined;
  } catch {
    return undefined;
  }
}
