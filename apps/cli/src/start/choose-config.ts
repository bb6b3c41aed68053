export interface ConfigChoice {
  readonly file: string;
  /** The simulator is started, too. */
  readonly demo: boolean;
}

export interface StartArguments {
  readonly config?: string;
  readonly demo?: boolean;
}

const ownConfig = 'tapewatch.yaml';

/** --config, else ./tapewatch.yaml, else the demo; --demo adds the simulator, and passes over ./tapewatch.yaml. */
export function chooseConfig(
  args: StartArguments,
  demoConfig: string,
  exists: (file: string) => boolean,
): ConfigChoice {
  const demo = args.demo === true;
  if (args.config !== undefined) return { file: args.config, demo };
  if (!demo && exists(ownConfig)) return { file: ownConfig, demo: false };
  return { file: demoConfig, demo: true };
}
